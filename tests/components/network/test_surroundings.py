"""What is around a region's VPC: its flow logs, endpoints of AWS services, and its end of the path between regions."""

from __future__ import annotations

import json

import pytest

from components.network.backbone_attachment import BackboneAttachment, BackboneAttachmentArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from components.place import Place
from components.scope import Scope
from tests.delivery.bootstrap.policies import Request, allows

from .conftest import Made, Parts

SCOPE = Scope("prod", "eu-central-1")
PLACE = Place("123456789012", "eu-central-1")
GROUP, RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ENDPOINT, LOG_GROUP = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:cloudwatch/logGroup:LogGroup"
PREFIXES, ROUTE = "aws:ec2/managedPrefixList:ManagedPrefixList", "aws:ec2/route:Route"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


def _logs(made: Made) -> Parts:
    return made(lambda: FlowLogs("flow-logs", FlowLogsArgs(SCOPE, PLACE, "vpc", "key", 365)))


def _endpoints(made: Made) -> Parts:
    args = VpcEndpointsArgs(SCOPE, PLACE, "vpc", "10.30.0.0/16", ["subnet-a", "subnet-b"], ["table-a", "table-b"])
    return made(lambda: VpcEndpoints("endpoints", args))


def _attachment(made: Made, **remote: str) -> Parts:
    args = BackboneAttachmentArgs(
        scope=SCOPE,
        vpc_id="vpc",
        transit_gateway_id="tgw",
        subnet_ids=["subnet-a", "subnet-b"],
        route_table_ids={"eu-central-1a": "table-a", "eu-central-1b": "table-b"},
        remote_ranges=remote,
    )
    return made(lambda: BackboneAttachment("backbone", args))


def test_all_traffic_is_written_down_encrypted(made: Made) -> None:
    parts = _logs(made)
    (log,) = parts["aws:ec2/flowLog:FlowLog"].values()
    (group,) = parts[LOG_GROUP].values()
    assert (log.inputs["vpcId"], log.inputs["trafficType"]) == ("vpc", "ALL")
    assert log.inputs["logDestination"] == f"arn of {LOG_GROUP} flow-logs"
    assert (group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) == ("key", 365)


def test_the_role_writes_to_its_log_group_for_its_account_and_region_alone(made: Made) -> None:
    parts = _logs(made)
    (role,) = parts["aws:iam/role:Role"].values()
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"] == "arn:aws:ec2:eu-central-1:123456789012:vpc-flow-log/*"
    (policy,) = parts["aws:iam/rolePolicy:RolePolicy"].values()
    writes, finds = json.loads(policy.inputs["policy"])["Statement"]
    group = f"arn of {LOG_GROUP} flow-logs"
    assert writes["Resource"] == [group, f"{group}:*"]
    assert finds == {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}
    assert parts["aws:ec2/flowLog:FlowLog"]["flow-logs"].inputs["iamRoleArn"] == "arn of aws:iam/role:Role flow-logs"


def test_the_services_that_secrets_keys_and_images_come_from_are_in_the_vpc(made: Made) -> None:
    endpoints = [each.inputs for each in _endpoints(made)[ENDPOINT].values()]
    by_kind = {
        kind: {each["serviceName"] for each in endpoints if each["vpcEndpointType"] == kind}
        for kind in ("Gateway", "Interface")
    }
    assert by_kind == {
        "Gateway": {"com.amazonaws.eu-central-1.s3"},
        "Interface": {
            f"com.amazonaws.eu-central-1.{service}" for service in ("secretsmanager", "kms", "ecr.api", "ecr.dkr")
        },
    }
    for each in endpoints:
        if each["vpcEndpointType"] == "Gateway":
            assert each["routeTableIds"] == ["table-a", "table-b"]
        else:
            assert each["privateDnsEnabled"] is True
            assert each["subnetIds"] == ["subnet-a", "subnet-b"]
            assert each["securityGroupIds"] == [f"id of {GROUP} endpoints"]


def test_endpoints_are_open_to_the_vpc_for_https_alone(made: Made) -> None:
    (rule,) = _endpoints(made)[RULE].values()
    opening = {name: rule.inputs[name] for name in ("cidrIpv4", "ipProtocol", "fromPort", "toPort", "description")}
    assert opening == {
        "cidrIpv4": "10.30.0.0/16",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "description": "HTTPS from vpc",
    }
    assert rule.inputs["securityGroupId"] == f"id of {GROUP} endpoints"


OURS = {"aws:PrincipalAccount": PLACE.account_id, "aws:ResourceAccount": PLACE.account_id}
AWS_REPOSITORY = "arn:aws:ecr:eu-central-1:602401143452:repository/eks/coredns"
LAYER = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/layer"


@pytest.mark.parametrize(
    ("service", "action", "resource", "context", "allowed"),
    [
        ("s3", "s3:GetObject", "arn:aws:s3:::ours/a", OURS, True),
        ("s3", "s3:PutObject", "arn:aws:s3:::theirs/a", {**OURS, "aws:ResourceAccount": "999999999999"}, False),
        ("s3", "s3:PutObject", "arn:aws:s3:::ours/a", {**OURS, "aws:PrincipalAccount": "999999999999"}, False),
        ("s3", "s3:GetObject", LAYER, {}, True),
        ("s3", "s3:PutObject", LAYER, {}, False),
        ("s3", "s3:GetObject", LAYER.replace("eu-central", "us-east"), {}, False),
        ("ecr-dkr", "ecr:BatchGetImage", AWS_REPOSITORY, {**OURS, "aws:ResourceAccount": "602401143452"}, True),
        ("ecr-dkr", "ecr:PutImage", AWS_REPOSITORY, {**OURS, "aws:ResourceAccount": "602401143452"}, False),
        ("ecr-api", "ecr:GetAuthorizationToken", "*", {"aws:PrincipalAccount": PLACE.account_id}, True),
        ("ecr-api", "ecr:GetAuthorizationToken", "*", {"aws:PrincipalAccount": "999999999999"}, False),
        ("secretsmanager", "secretsmanager:GetSecretValue", PLACE.arn("secretsmanager", "secret:a"), OURS, True),
        ("secretsmanager", "secretsmanager:GetSecretValue", "*", {"aws:PrincipalAccount": PLACE.account_id}, False),
        ("kms", "kms:Decrypt", PLACE.arn("kms", "key/1"), OURS, True),
        ("kms", "kms:Encrypt", "*", {**OURS, "aws:ResourceAccount": "999999999999"}, False),
    ],
)
def test_endpoints_lead_to_the_accounts_own_and_to_images(
    made: Made, service: str, action: str, resource: str, context: dict[str, str], allowed: bool
) -> None:
    policy = json.loads(_endpoints(made)[ENDPOINT][f"endpoints-{service}"].inputs["policy"])
    assert allows(policy, Request(action, resource, context)) is allowed


def test_every_zone_routes_the_other_regions_to_the_transit_gateway(made: Made) -> None:
    parts = _attachment(made, **{"us-east-1": "10.10.0.0/16", "asia-pacific-1": "10.40.0.0/16"})
    (prefixes,) = parts[PREFIXES].values()
    assert prefixes.inputs["entries"] == [
        {"cidr": "10.40.0.0/16", "description": "asia-pacific-1"},
        {"cidr": "10.10.0.0/16", "description": "us-east-1"},
    ]
    (attachment,) = parts[ATTACHMENT].values()
    assert attachment.inputs["subnetIds"] == ["subnet-a", "subnet-b"]
    routes = parts[ROUTE].values()
    assert {each.inputs["routeTableId"] for each in routes} == {"table-a", "table-b"}
    for each in routes:
        assert each.inputs["transitGatewayId"] == "tgw"
        assert each.inputs["destinationPrefixListId"] == f"id of {PREFIXES} backbone"
        assert attachment.urn in each.depends_on


def test_more_regions_make_no_more_resources(made: Made) -> None:
    few = _attachment(made, one="10.10.0.0/16")
    many = _attachment(made, **{f"region-{number}": f"10.{number}.0.0/16" for number in range(24)})
    assert {kind: set(parts) for kind, parts in few.items()} == {kind: set(parts) for kind, parts in many.items()}
    (prefixes,) = many[PREFIXES].values()
    assert len(prefixes.inputs["entries"]) <= prefixes.inputs["maxEntries"]
