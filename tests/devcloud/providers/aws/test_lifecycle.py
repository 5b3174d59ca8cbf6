"""The types of databases, keys, zones and networks that there were first, through their whole life."""

from __future__ import annotations

from typing import Any

import pytest

from .life import ALLOW, DENY, TRUST, Case, Inputs, World, live_through

ATTRIBUTES = [{"name": "lock", "type": "S"}, {"name": "owner", "type": "S"}]
INDEX = {"name": "of-owner", "hashKey": "owner", "rangeKey": "lock", "projectionType": "KEYS_ONLY"}
INGRESS = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8", "10.1.0.0/16"]}
EGRESS = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}


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


CASES: list[Case[World]] = [
    Case(
        "aws:rds/globalCluster:GlobalCluster",
        lambda world: {
            "globalClusterIdentifier": f"{world.title}-globe",
            "engine": "aurora-postgresql",
            "storageEncrypted": True,
        },
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
            "clusterIdentifier": world.make("aws:rds/cluster:Cluster", cluster_inputs(world)).identifier,
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
        lambda world: {"vpcId": world.vpc(), "cidrBlock": "10.9.9.0/24", "availabilityZone": "us-east-1c"},
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
        lambda world: {"role": world.role().identifier, "policy": DENY % "s3:*"},
        {"policy": DENY % "rds:*"},
    ),
    Case("aws:cloudwatch/logGroup:LogGroup", lambda _: {"retentionInDays": 7}, {"retentionInDays": 14}, {"arn"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, case: Case[World]) -> None:
    live_through(aws, resource, World(aws, resource), case)
