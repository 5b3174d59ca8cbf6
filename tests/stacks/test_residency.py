"""No copy, backup, log or export of a resident cluster leaves its jurisdiction; and what would, is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pulumi.runtime.rpc import unwrap_rpc_secret

from delivery.residency import GROUP_TAG, StackResource, from_export, mentions, violations

from .conftest import CLUSTER, FLEET, INSTANCE, KEY, STACKS, Registers

STACK = "prod-eu-central-1"
RESIDENCY = FLEET.region("eu-central-1").residency
GROUP = "resident-eu"
LOG_GROUP, BUCKET = "aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucket:Bucket"

Resources = list[StackResource]


@pytest.fixture(scope="module")
def resources(graph: Registers) -> Resources:
    return _resources(graph, STACK)


def _resources(graph: Registers, stack: str) -> Resources:
    return [
        StackResource(each.urn, each.type, unwrap_rpc_secret(each.inputs), each.provider, each.depends_on)
        for each in graph(stack).resources
    ]


def _violations(resources: Resources) -> list[str]:
    assert RESIDENCY is not None
    return violations(resources, RESIDENCY)


def _resident(resources: Resources, type_token: str) -> list[StackResource]:
    return [each for each in resources if each.type == type_token and each.inputs["tags"].get(GROUP_TAG) == GROUP]


@pytest.mark.parametrize("environment", ["local", "staging", "prod"])
def test_nothing_leaves(environment: str, graph: Registers) -> None:
    assert _violations(_resources(graph, f"{environment}-eu-central-1")) == []


def test_all_that_holds_the_data_is_known_as_such(resources: Resources) -> None:
    for type_token, count in {CLUSTER: 1, INSTANCE: 2, LOG_GROUP: 2, BUCKET: 1}.items():
        assert len(_resident(resources, type_token)) == count, type_token


@pytest.mark.parametrize("stack", [stack for stack in STACKS if not stack.endswith("eu-central-1")])
def test_no_other_stack_knows_of_it(stack: str, graph: Registers) -> None:
    assert mentions(_resources(graph, stack), GROUP) == []


def test_a_mention_would_be_found(resources: Resources) -> None:
    assert mentions(resources, GROUP)


def _changed(type_token: str, name: str, **inputs: Any) -> Callable[[Resources], Resources]:
    """One resource with other inputs."""

    def change(resources: Resources) -> Resources:
        changed = [
            replace(each, inputs={**each.inputs, **inputs}) if (each.type, _name(each)) == (type_token, name) else each
            for each in resources
        ]
        assert changed != resources, f"there is no {type_token} {name}"
        return changed

    return change


def _added(type_token: str, to: tuple[str, str], **inputs: Any) -> Callable[[Resources], Resources]:
    """One resource more, in the region, that refers to an existing one."""

    def add(resources: Resources) -> Resources:
        referred = next(each for each in resources if (each.type, _name(each)) == to)
        urn = f"urn:pulumi:{STACK}::wedsync::{type_token}::added"
        return [*resources, StackResource(urn, type_token, inputs, referred.provider, [referred.urn])]

    return add


def _provider_elsewhere(resources: Resources) -> Resources:
    return _changed("pulumi:providers:aws", "aws", region="us-east-1")(resources)


def _a_plan_that_copies(resources: Resources) -> Resources:
    """A backup plan is not the data's; the selection that puts the cluster into it is."""
    (cluster,) = _resident(resources, CLUSTER)
    copy = {"copyActions": [{"destinationVaultArn": "arn:aws:backup:us-east-1:123456789012:backup-vault:far"}]}
    plan = StackResource("urn:::plan", "aws:backup/plan:Plan", {"rules": [copy]}, cluster.provider, [])
    selection = StackResource(
        "urn:::s", "aws:backup/selection:Selection", {}, cluster.provider, [plan.urn, cluster.urn]
    )
    return [*resources, plan, selection]


def _an_instance_less_tag(resources: Resources) -> Resources:
    return [each for each in resources if not (each.type == CLUSTER and _name(each) == "resident-database")]


DATABASE, EXPORTS, RESIDENT_KEY = (CLUSTER, "resident-database"), (BUCKET, "resident-database"), (KEY, "resident-key")
BROKEN: dict[str, tuple[Callable[[Resources], Resources], str]] = {
    "the provider's region": (_provider_elsewhere, "is in us-east-1"),
    "the cluster's region": (_changed(*DATABASE, region="us-east-1"), "is in us-east-1"),
    "London is not in the EU": (_changed(*DATABASE, region="eu-west-2"), "is in eu-west-2"),
    "the log's region": (_changed(LOG_GROUP, "resident-database", region="us-west-1"), "is in us-west-1"),
    "the bucket's region": (_changed(*EXPORTS, region="ap-southeast-1"), "is in ap-southeast-1"),
    "a zone elsewhere": (_changed(*DATABASE, availabilityZones=["us-east-1a"]), "names us-east-1"),
    "a multi-region key": (_changed(*RESIDENT_KEY, multiRegion=True), "is a multi-region key"),
    "another region's key": (
        _changed(*DATABASE, kmsKeyId="arn:aws:kms:us-east-1:123456789012:key/far"),
        "names us-east-1",
    ),
    "a replica of the key": (
        _added("aws:kms/replicaKey:ReplicaKey", RESIDENT_KEY, region="eu-west-1"),
        "copies data to another place",
    ),
    "the worldwide group": (_changed(*DATABASE, globalClusterIdentifier="wedsync-prod-worldwide"), "is in the global"),
    "a source elsewhere": (
        _changed(*DATABASE, replicationSourceIdentifier="arn:aws:rds:us-east-1:123456789012:cluster:far"),
        "names us-east-1",
    ),
    "a replicated bucket": (
        _added("aws:s3/bucketReplicationConfig:BucketReplicationConfig", EXPORTS, rules=[]),
        "copies data to another place",
    ),
    "replicated backups": (
        _added(
            "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", DATABASE, kmsKeyId=""
        ),
        "copies data to another place",
    ),
    "a copied snapshot": (
        _added("aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy", DATABASE, destinationRegion="us-east-1"),
        "copies data to another place",
    ),
    "a backup plan that copies": (_a_plan_that_copies, "names us-east-1"),
    "a log that is sent on": (
        _added(
            "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
            (LOG_GROUP, "resident-database"),
            destinationArn="arn:aws:logs:us-east-1:123456789012:destination:far",
        ),
        "names us-east-1",
    ),
    "a secret with a replica": (
        _added("aws:secretsmanager/secret:Secret", RESIDENT_KEY, replicas=[{"region": "us-east-1"}]),
        "names us-east-1",
    ),
    "an export to a bucket elsewhere": (
        _changed(
            "aws:sfn/stateMachine:StateMachine",
            "resident-database",
            definition=json.dumps({"S3": "https://far.s3.us-east-1.amazonaws.com/"}),
        ),
        "names us-east-1",
    ),
    "alarms that tell another region": (
        _changed(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            "resident-database-cpu",
            alarmActions=["arn:aws:sns:us-east-1:123456789012:far"],
        ),
        "names us-east-1",
    ),
    "no cluster at all": (_an_instance_less_tag, "There is no cluster of group resident-eu"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_each_way_out_is_found(broken: str, resources: Resources) -> None:
    change, sentence = BROKEN[broken]
    found = _violations(change(resources))
    assert any(sentence in each for each in found), found


def test_a_state_is_read_as_it_is_exported() -> None:
    exported = {
        "deployment": {
            "resources": [
                {
                    "urn": "urn:a",
                    "type": CLUSTER,
                    "inputs": {"tags": {GROUP_TAG: GROUP}, "region": "us-east-1"},
                    "provider": "urn:provider::id",
                    "dependencies": ["urn:b"],
                    "propertyDependencies": {"kmsKeyId": ["urn:c"], "engine": None},
                },
                {"urn": "urn:component", "type": "wedsync:database:RegionalDatabase"},
            ]
        }
    }
    cluster, component = from_export(json.dumps(exported))
    assert (cluster.depends_on, component.inputs) == (["urn:b", "urn:c"], {})
    assert [each for each in _violations([cluster, component]) if "urn:a is in us-east-1" in each]


def _name(resource: StackResource) -> str:
    return resource.urn.rsplit("::", 1)[-1]
