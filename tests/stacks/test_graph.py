"""What every stack of every environment registers, under mocks: the graph, and what a rename would break."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

import pytest
from pulumi.runtime.rpc import is_rpc_secret
from syrupy.assertion import SnapshotAssertion

from .conftest import CLUSTER, ENVIRONMENTS, INSTANCE, KEY, STACKS, Registers

if TYPE_CHECKING:
    from tests.conftest import Registered

GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
LOCK_TABLE = "aws:dynamodb/table:Table"
HOLDS_DATA = (CLUSTER, INSTANCE, GLOBAL_CLUSTER, KEY, LOCK_TABLE, "aws:route53/zone:Zone")
TAKES_NO_TAGS = {"aws:kms/alias:Alias"}


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_stays(stack: str, graph: Registers, snapshot: SnapshotAssertion) -> None:
    """A changed URN here is a replaced resource, unless the component carries `aliases` for its old name."""
    assert "\n".join(sorted(_text(each) for each in graph(stack).resources)) == snapshot


@pytest.mark.parametrize("stack", STACKS)
def test_what_holds_data_is_protected_outside_local(stack: str, graph: Registers) -> None:
    data = [each for each in graph(stack).resources if each.type in HOLDS_DATA]
    expected = {GLOBAL_CLUSTER, KEY, LOCK_TABLE, "aws:route53/zone:Zone"} if stack in ENVIRONMENTS else None
    assert {each.type for each in data} == (expected or {CLUSTER, INSTANCE, KEY})
    assert {each.protect for each in data} == {not stack.startswith("local")}


@pytest.mark.parametrize("stack", STACKS)
def test_everything_in_aws_says_whose_it_is(stack: str, graph: Registers) -> None:
    in_aws = [each for each in graph(stack).resources if each.type.startswith("aws:")]
    assert {each.type for each in in_aws if not _takes_tags(each.type)} == TAKES_NO_TAGS
    for each in in_aws:
        if each.type not in TAKES_NO_TAGS:
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
    table = graph(stack).one(LOCK_TABLE).inputs
    assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": f"arn of {KEY} key"}
    assert table["pointInTimeRecovery"] == {"enabled": True}
    assert table["deletionProtectionEnabled"] is (stack != "local")


@pytest.mark.parametrize("stack", STACKS)
def test_keys_rotate(stack: str, graph: Registers) -> None:
    assert graph(stack).one(KEY).inputs["enableKeyRotation"] is True


def _text(resource: Registered) -> str:
    """The URN, and below it what is set of the options, and the names of the inputs that are secret."""
    options = {
        "protect": ["yes"] if resource.protect else [],
        "ignore changes": resource.ignore_changes,
        "secret": sorted(name for name, value in resource.inputs.items() if is_rpc_secret(value)),
        "depends on": sorted(_short(urn) for urn in resource.depends_on),
    }
    lines = [f"  {option}: {value}" for option, values in options.items() for value in values]
    return "\n".join([resource.urn, *lines])


def _short(urn: str) -> str:
    """The resource's own type and its name: "aws:kms/key:Key::key"."""
    *_, types, name = urn.split("::")
    return f"{types.rsplit('$', 1)[-1]}::{name}"


def _takes_tags(type_token: str) -> bool:
    """Whether the official SDK's class for "aws:rds/cluster:Cluster" has an argument `tags`."""
    _, path, name = type_token.split(":")
    arguments = getattr(importlib.import_module(f"pulumi_aws.{path.split('/')[0]}"), f"{name}Args")
    return "tags" in inspect.signature(arguments).parameters
