"""What every stack of every environment registers, under mocks: the graph, and what a rename would break."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

import pytest
from pulumi.runtime.rpc import is_rpc_secret
from syrupy.assertion import SnapshotAssertion

from .conftest import CLUSTER, ENVIRONMENTS, FLEET, INSTANCE, KEY, STACKS, Registers

if TYPE_CHECKING:
    from stacks.recording import Registered

GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
TABLE = "aws:dynamodb/table:Table"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
# The region stack's cache is no data: it is rebuilt from the database.
GLOBAL_DATA = {GLOBAL_CLUSTER, KEY, REPLICA_KEY, TABLE, "aws:route53/zone:Zone", "aws:ecr/repository:Repository"}
REGIONAL_DATA = {
    CLUSTER,
    INSTANCE,
    KEY,
    "aws:s3/bucket:Bucket",
    "aws:efs/fileSystem:FileSystem",
    "kubernetes:core/v1:PersistentVolumeClaim",
}


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_stays(stack: str, graph: Registers, snapshot: SnapshotAssertion) -> None:
    """A changed URN here is a replaced resource, unless the component carries `aliases` for its old name."""
    assert "\n".join(sorted(_text(each) for each in graph(stack).resources)) == snapshot


@pytest.mark.parametrize("stack", STACKS)
def test_what_holds_data_is_protected_outside_local(stack: str, graph: Registers) -> None:
    expected = GLOBAL_DATA if stack in ENVIRONMENTS else REGIONAL_DATA
    data = [each for each in graph(stack).resources if each.type in expected]
    assert {each.type for each in data} == expected
    assert {each.urn for each in data if each.protect == stack.startswith("local")} == set()


@pytest.mark.parametrize("stack", STACKS)
def test_everything_in_aws_says_whose_it_is(stack: str, graph: Registers) -> None:
    in_aws = [each for each in graph(stack).resources if each.type.startswith("aws:")]
    assert len(in_aws) > 100
    for each in in_aws:
        if _takes_tags(each.type):
            tags = each.inputs.get("tags", {})
            assert tags.get("Name", "").startswith("wedsync-"), each.urn
            assert tags.get("wedsync:environment") == stack.split("-")[0], each.urn
            assert tags.get("wedsync:stack") == stack, each.urn


@pytest.mark.parametrize("stack", STACKS)
def test_tagged_names_are_unique_within_a_type(stack: str, graph: Registers) -> None:
    """An interrupted creation is found again by them."""
    tagged = [each for each in graph(stack).resources if "tags" in each.inputs]
    names = [(each.type, each.inputs["tags"]["Name"]) for each in tagged]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_the_global_stack_is_encrypted_and_recoverable(stack: str, graph: Registers) -> None:
    cluster = graph(stack).one(GLOBAL_CLUSTER).inputs
    assert cluster["storageEncrypted"] is True
    assert cluster["deletionProtection"] is (stack != "local")
    elsewhere = {region.aws_region for region in FLEET.regions.values()} - {"us-east-1"}
    for name in ("locks", "audit"):
        table = graph(stack).one(TABLE, name).inputs
        assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": f"arn of {KEY} key"}
        assert table["pointInTimeRecovery"] == {"enabled": True}
        assert table["deletionProtectionEnabled"] is (stack != "local")
        replicas = {each["regionName"]: each for each in table["replicas"]}
        assert set(replicas) == elsewhere
        assert all(each["pointInTimeRecovery"] for each in replicas.values())
        assert {each["kmsKeyArn"] for each in replicas.values()} == {
            f"arn of {REPLICA_KEY} key-{aws_region}" for aws_region in elsewhere
        }


@pytest.mark.parametrize("stack", STACKS)
def test_keys_rotate(stack: str, graph: Registers) -> None:
    keys = graph(stack).all(KEY)
    assert keys
    assert all(key.inputs["enableKeyRotation"] is True for key in keys)


def _text(resource: Registered) -> str:
    """The URN, and below it what is set of the options, and the names of the inputs that are secret."""
    options = {
        "protect": ["yes"] if resource.protect else [],
        "ignore changes": resource.ignore_changes,
        "secret": sorted(name for name, value in resource.inputs.items() if is_rpc_secret(value)),
    }
    lines = [f"  {option}: {value}" for option, values in options.items() for value in values]
    return "\n".join([resource.urn, *lines])


def _takes_tags(type_token: str) -> bool:
    """Whether the official SDK's class for "aws:rds/cluster:Cluster" has an argument `tags`."""
    _, path, name = type_token.split(":")
    arguments = getattr(importlib.import_module(f"pulumi_aws.{path.split('/')[0]}"), f"{name}Args")
    return "tags" in inspect.signature(arguments).parameters
