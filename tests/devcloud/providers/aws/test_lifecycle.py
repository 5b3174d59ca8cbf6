"""Every type through its whole life at the local endpoint: nothing drifts by itself, changes arrive, deletes repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from devcloud.providers.plugin import Resource, State

Inputs = dict[str, Any]
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"%s"}}]}'
)
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"%s","Resource":"*"}]}'
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"%s","Resource":"*"}]}'
ATTRIBUTES = [{"name": "lock", "type": "S"}, {"name": "owner", "type": "S"}]
INDEX = {"name": "of-owner", "hashKey": "owner", "rangeKey": "lock", "projectionType": "KEYS_ONLY"}
INGRESS = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8", "10.1.0.0/16"]}
EGRESS = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}


@dataclass(frozen=True)
class Case:
    """One type: inputs (made of what `World` has), what is then changed, and outputs that must be there."""

    pulumi_type: str
    inputs: Callable[[World], Inputs]
    changed: Inputs
    outputs: set[str] = field(default_factory=set[str])


class World:
    """What resources need around them, made by the provider as well."""

    def __init__(self, aws: Any, resource: Callable[..., Resource]) -> None:
        self._aws, self._resource = aws, resource

    def make(self, pulumi_type: str, name: str, inputs: Inputs) -> State:
        return self._aws.create(self._resource(pulumi_type, name), inputs)

    def key(self) -> str:
        return self.make("aws:kms/key:Key", "world", {}).outputs["arn"]

    def vpc(self) -> str:
        return self.make("aws:ec2/vpc:Vpc", "world", {"cidrBlock": "10.0.0.0/16"}).identifier

    def subnets(self) -> list[str]:
        vpc, make = self.vpc(), self.make
        zones = {"us-east-1a": "10.0.1.0/24", "us-east-1b": "10.0.2.0/24"}
        inputs = [{"vpcId": vpc, "availabilityZone": zone, "cidrBlock": cidr} for zone, cidr in zones.items()]
        return [make("aws:ec2/subnet:Subnet", "world", each).identifier for each in inputs]

    def group(self) -> str:
        return self.make("aws:ec2/securityGroup:SecurityGroup", "world", {"vpcId": self.vpc()}).identifier

    def cluster(self, name: str = "world") -> str:
        return self.make("aws:rds/cluster:Cluster", name, cluster_inputs(self)).identifier

    def role(self) -> str:
        return self.make("aws:iam/role:Role", "world", {"assumeRolePolicy": TRUST % "rds.amazonaws.com"}).identifier


def cluster_inputs(_world: World) -> Inputs:
    return {
        "engine": "aurora-postgresql",
        "engineVersion": "16",
        "masterUsername": "admin1",
        "masterPasswordWo": "correct-horse",
        "masterPasswordWoVersion": 1,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8},
        "backupRetentionPeriod": 7,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "skipFinalSnapshot": True,
        "applyImmediately": True,
    }


CASES = [
    Case(
        "aws:rds/globalCluster:GlobalCluster",
        lambda _: {"globalClusterIdentifier": "g", "engine": "aurora-postgresql", "storageEncrypted": True},
        {"deletionProtection": False},
        {"arn", "globalClusterResourceId", "globalClusterMembers", "engineVersionActual"},
    ),
    Case(
        "aws:rds/cluster:Cluster",
        lambda world: {**cluster_inputs(world), "kmsKeyId": world.key(), "storageEncrypted": True},
        {"backupRetentionPeriod": 8, "serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 9}},
        {"arn", "endpoint", "readerEndpoint", "port", "clusterResourceId", "clusterMembers", "hostedZoneId"},
    ),
    Case(
        "aws:rds/clusterInstance:ClusterInstance",
        lambda world: {
            "engine": "aurora-postgresql",
            "clusterIdentifier": world.cluster("around"),
            "instanceClass": "db.serverless",
            "applyImmediately": True,
        },
        {"promotionTier": 2},
        {"arn", "endpoint", "port", "dbiResourceId", "writer"},
    ),
    Case(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda world: {"subnetIds": world.subnets()},
        {"description": "Subnets of databases"},
        {"arn", "vpcId"},
    ),
    Case(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        lambda _: {
            "family": "aurora-postgresql15",
            "parameters": [
                {"name": "work_mem", "value": "8192"},
                {"name": "max_connections", "value": "100", "applyMethod": "pending-reboot"},
                {"name": "lock_timeout", "value": "1000"},
            ],
        },
        {
            "parameters": [
                {"name": "max_connections", "value": "90", "applyMethod": "pending-reboot"},
                {"name": "work_mem", "value": "8192"},
            ]
        },
        {"arn"},
    ),
    Case(
        "aws:rds/parameterGroup:ParameterGroup",
        lambda _: {"family": "aurora-postgresql15", "parameters": [{"name": "work_mem", "value": "8192"}]},
        {"parameters": [{"name": "work_mem", "value": "4096"}]},
        {"arn"},
    ),
    Case(
        "aws:kms/key:Key",
        lambda _: {
            "description": "data",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "policy": ALLOW % "kms:*",
        },
        {"description": "all data", "enableKeyRotation": False, "policy": ALLOW % "kms:D*"},
        {"arn", "keyId"},
    ),
    Case(
        "aws:kms/alias:Alias",
        lambda world: {"targetKeyId": world.key()},
        {},
        {"arn", "targetKeyArn"},
    ),
    Case(
        "aws:route53/zone:Zone",
        lambda _: {"name": "Wedsync.example", "comment": "names"},
        {"comment": "all names"},
        {"arn", "zoneId", "nameServers", "primaryNameServer"},
    ),
    Case(
        "aws:dynamodb/table:Table",
        lambda world: {
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "lock",
            "attributes": ATTRIBUTES,
            "globalSecondaryIndexes": [{"name": "by-owner", "hashKey": "owner", "projectionType": "ALL"}],
            "pointInTimeRecovery": {"enabled": True},
            "ttl": {"enabled": True, "attributeName": "expires_at"},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": world.key()},
            "streamEnabled": True,
            "streamViewType": "NEW_AND_OLD_IMAGES",
        },
        {
            "globalSecondaryIndexes": [INDEX],
            "pointInTimeRecovery": {"enabled": False},
            "ttl": {"enabled": False},
            "deletionProtectionEnabled": False,
        },
        {"arn", "streamArn"},
    ),
    Case(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.8.0.0/16", "enableDnsHostnames": True},
        {"enableDnsHostnames": False},
        {"arn", "defaultSecurityGroupId", "defaultNetworkAclId", "mainRouteTableId", "ownerId"},
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda world: {"vpcId": world.vpc(), "cidrBlock": "10.0.9.0/24", "availabilityZone": "us-east-1c"},
        {"mapPublicIpOnLaunch": True},
        {"arn", "ownerId"},
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda world: {"vpcId": world.vpc(), "ingress": [{**INGRESS, "self": True}], "egress": [EGRESS]},
        {"ingress": [{**INGRESS, "cidrBlocks": ["10.0.0.0/8"]}], "egress": []},
        {"arn", "ownerId"},
    ),
    Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda world: {
            "securityGroupId": world.group(),
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrIpv4": "10.0.0.0/8",
            "description": "SQL",
        },
        {"toPort": 5433},
        {"arn", "securityGroupRuleId"},
    ),
    Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        lambda world: {"securityGroupId": world.group(), "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        {"cidrIpv4": "10.0.0.0/8"},
        {"arn"},
    ),
    Case(
        "aws:secretsmanager/secret:Secret",
        lambda _: {"description": "password", "recoveryWindowInDays": 7, "policy": DENY % "secretsmanager:*"},
        {"description": "a password"},
        {"arn"},
    ),
    Case(
        "aws:iam/role:Role",
        lambda _: {"assumeRolePolicy": TRUST % "rds.amazonaws.com"},
        {"assumeRolePolicy": TRUST % "ec2.amazonaws.com", "maxSessionDuration": 7200},
        {"arn", "uniqueId", "createDate"},
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: {"role": world.role(), "policy": DENY % "s3:*"},
        {"policy": DENY % "rds:*"},
    ),
    Case("aws:cloudwatch/logGroup:LogGroup", lambda _: {"retentionInDays": 7}, {"retentionInDays": 14}, {"arn"}),
]
EVERY_TYPE = pytest.mark.parametrize("case", CASES, ids=[case.pulumi_type for case in CASES])
WITHOUT_TAGS = {"aws:kms/alias:Alias", "aws:iam/rolePolicy:RolePolicy"}
NEVER_TOLD = {
    "skipFinalSnapshot",
    "applyImmediately",
    "masterPasswordWoVersion",
    "deletionWindowInDays",
    "recoveryWindowInDays",
}
"""Inputs whose value the service does not report: after an import it is not known, and no reason to replace."""


@EVERY_TYPE
def test_life(aws: Any, resource: Any, case: Case) -> None:
    """One resource for all its ages: a cluster for each of four tests would take minutes."""
    name = case.pulumi_type.rsplit(":", 1)[-1].lower()
    inputs = case.inputs(World(aws, lambda kind, around: resource(kind, f"{name}-{around}")))
    if case.pulumi_type not in WITHOUT_TAGS:
        inputs["tags"] = {"team": "platform", "stage": "test"}
    this = resource(case.pulumi_type, name)
    state = aws.create(this, inputs)
    assert case.outputs <= {name for name, value in state.outputs.items() if value is not None}
    assert state.outputs["id"] == state.identifier
    does_not_drift(aws, this, state, inputs)
    imported_is_not_replaced(aws, this, state, inputs)
    updated = changes_arrive(aws, this, state, {**inputs, **case.changed})
    delete_can_be_repeated(aws, this, updated)


def does_not_drift(aws: Any, this: Resource, state: State, inputs: Inputs) -> None:
    refreshed = aws.refresh(this, state)
    assert refreshed.inputs == state.inputs
    assert refreshed.outputs == state.outputs
    assert aws.diff(this, refreshed, inputs).changes == []


def imported_is_not_replaced(aws: Any, this: Resource, state: State, inputs: Inputs) -> None:
    imported = aws.imported(this, state)
    assert aws.checked(this, imported.inputs, imported.inputs) == imported.inputs
    changes = aws.diff(this, imported, inputs).changes
    assert {change.path[0] for change in changes} <= NEVER_TOLD
    assert not any(change.replace for change in changes)


def changes_arrive(aws: Any, this: Resource, state: State, wanted: Inputs) -> State:
    if "tags" in wanted:
        wanted["tags"] = {"team": "database"}
    updated = aws.update(this, state, wanted)
    refreshed = aws.refresh(this, updated)
    assert refreshed.inputs == aws.checked(this, wanted, state.inputs)
    assert refreshed.outputs == updated.outputs
    assert refreshed.outputs.get("tagsAll", {}) == wanted.get("tags", {})
    assert aws.diff(this, refreshed, wanted).changes == []
    return updated


def delete_can_be_repeated(aws: Any, this: Resource, state: State) -> None:
    aws.delete(this, state)
    assert aws.provider.read(this, state) is None
    aws.delete(this, state)
