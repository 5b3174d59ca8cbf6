"""Find: what a create made whose end nobody saw; nothing before, the id after, nothing once it is deleted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import botocore.session
import jmespath
import pytest

from devcloud.providers.aws.api import input_members
from devcloud.providers.aws.table import ResourceType
from devcloud.providers.aws.types import TYPES
from devcloud.providers.plugin import ProviderError, Resource

Inputs = dict[str, Any]
SESSION = botocore.session.Session()
ENTRIES = pytest.mark.parametrize("entry", TYPES.values(), ids=TYPES)
TRUST = '{"Version":"2012-10-17","Statement":[]}'
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
_NUMBERS = itertools.count(1)  # the tests of a session share an endpoint


class World:
    """What a resource needs around it, with names that no other test has."""

    def __init__(self, aws: Any, resource: Callable[..., Resource]) -> None:
        self._aws, self._resource = aws, resource
        self.title = f"found-{next(_NUMBERS)}"

    def tags(self, what: str = "it") -> dict[str, str]:
        """As the project's stacks tag."""
        name = f"wedsync-{self.title}-{what}"
        return {"Name": name, "wedsync:environment": "local", "wedsync:stack": f"local-{self.title}"}

    def make(self, pulumi_type: str, inputs: Inputs) -> str:
        return self._aws.create(self._resource(pulumi_type, f"{self.title}-around"), inputs).identifier

    def vpc(self) -> str:
        return self.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.4.0.0/16", "tags": self.tags("around")})

    def subnets(self) -> list[str]:
        vpc = self.vpc()
        zones = {"us-east-1a": "10.4.1.0/24", "us-east-1b": "10.4.2.0/24"}
        return [
            self.make("aws:ec2/subnet:Subnet", {"vpcId": vpc, "availabilityZone": zone, "cidrBlock": cidr})
            for zone, cidr in zones.items()
        ]

    def group(self) -> str:
        return self.make("aws:ec2/securityGroup:SecurityGroup", {"name": self.title, "vpcId": self.vpc()})

    def key(self) -> str:
        return self.make("aws:kms/key:Key", {"tags": self.tags("around")})

    def cluster(self) -> str:
        return self.make("aws:rds/cluster:Cluster", cluster(self))

    def role(self) -> str:
        return self.make("aws:iam/role:Role", {"assumeRolePolicy": TRUST})


def cluster(world: World) -> Inputs:
    return {
        "clusterIdentifier": f"{world.title}-Cluster",
        "engine": "aurora-postgresql",
        "masterUsername": "wed",
        "masterPasswordWo": "correct-horse",
        "masterPasswordWoVersion": 1,
        "skipFinalSnapshot": True,
    }


def rule(world: World) -> Inputs:
    ports = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}
    return {"securityGroupId": world.group(), "cidrIpv4": "10.4.0.0/16", "tags": world.tags(), **ports}


CASES: dict[str, Callable[[World], Inputs]] = {
    "aws:rds/globalCluster:GlobalCluster": lambda world: {
        "globalClusterIdentifier": f"{world.title}-globe",
        "engine": "aurora-postgresql",
    },
    "aws:rds/cluster:Cluster": cluster,
    "aws:rds/clusterInstance:ClusterInstance": lambda world: {
        "identifier": f"{world.title}-0",
        "clusterIdentifier": world.cluster(),
        "engine": "aurora-postgresql",
        "instanceClass": "db.serverless",
    },
    "aws:rds/subnetGroup:SubnetGroup": lambda world: {"name": world.title, "subnetIds": world.subnets()},
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": lambda world: {
        "name": world.title,
        "family": "aurora-postgresql16",
    },
    "aws:rds/parameterGroup:ParameterGroup": lambda world: {"name": world.title, "family": "aurora-postgresql16"},
    "aws:kms/key:Key": lambda world: {"description": "data", "enableKeyRotation": True, "tags": world.tags()},
    "aws:kms/alias:Alias": lambda world: {"name": f"alias/{world.title}", "targetKeyId": world.key()},
    "aws:route53/zone:Zone": lambda world: {
        "name": "Found.example",
        "comment": world.title,
        "tags": world.tags(),
    },
    "aws:dynamodb/table:Table": lambda world: {
        "name": world.title,
        "hashKey": "lock",
        "attributes": [{"name": "lock", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
    },
    "aws:ec2/vpc:Vpc": lambda world: {"cidrBlock": "10.5.0.0/16", "enableDnsHostnames": True, "tags": world.tags()},
    "aws:ec2/subnet:Subnet": lambda world: {
        "vpcId": world.vpc(),
        "cidrBlock": "10.4.7.0/24",
        "availabilityZone": "us-east-1a",
        "tags": world.tags(),
    },
    "aws:ec2/securityGroup:SecurityGroup": lambda world: {"name": "database", "vpcId": world.vpc()},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": lambda world: {
        "securityGroupId": world.group(),
        "ipProtocol": "-1",
        "cidrIpv4": "0.0.0.0/0",
    },
    "aws:secretsmanager/secret:Secret": lambda world: {"name": world.title},
    "aws:iam/role:Role": lambda world: {"name": world.title, "assumeRolePolicy": TRUST},
    "aws:iam/rolePolicy:RolePolicy": lambda world: {"name": world.title, "role": world.role(), "policy": DENY},
    "aws:cloudwatch/logGroup:LogGroup": lambda world: {"name": f"/wedsync/{world.title}"},
}


@pytest.fixture
def world(aws: Any, resource: Any) -> World:
    return World(aws, resource)


def test_every_type_of_the_table_has_a_case() -> None:
    assert set(CASES) == set(TYPES)


@pytest.mark.parametrize("pulumi_type", CASES)
def test_only_what_exists_is_found(aws: Any, resource: Any, world: World, pulumi_type: str) -> None:
    this = resource(pulumi_type, world.title)
    inputs = CASES[pulumi_type](world)
    checked = aws.checked(this, inputs)
    assert aws.provider.find(this, checked) is None
    state = aws.create(this, inputs)
    assert aws.provider.find(this, checked) == state.identifier
    aws.delete(this, state)
    assert aws.provider.find(this, checked) is None


@pytest.mark.parametrize("pulumi_type", ["aws:kms/key:Key", "aws:ec2/vpc:Vpc", "aws:route53/zone:Zone"])
def test_of_several_none_is_taken(aws: Any, resource: Any, world: World, pulumi_type: str) -> None:
    this = resource(pulumi_type, world.title)
    inputs = CASES[pulumi_type](world)
    first, second = sorted(aws.create(this, inputs).identifier for _ in range(2))
    with pytest.raises(ProviderError) as several:
        aws.provider.find(this, aws.checked(this, inputs))
    assert str(several.value).startswith(f"find {pulumi_type} '{world.title}': 2 objects in us-east-1 are what")
    assert f"{first}, {second}. Delete those" in str(several.value)


DIFFERENCES: list[tuple[str, Inputs]] = [
    ("aws:kms/key:Key", {"tags": {"Name": "another"}}),
    ("aws:kms/key:Key", {"multiRegion": True}),
    ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.6.0.0/16"}),
    ("aws:ec2/vpc:Vpc", {"tags": {"Name": "another"}}),
    ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.4.8.0/24"}),
    ("aws:ec2/subnet:Subnet", {"availabilityZone": "us-east-1b"}),
    ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "vpc-0000"}),
    ("aws:route53/zone:Zone", {"name": "other.example"}),
    ("aws:route53/zone:Zone", {"comment": "another"}),
    ("aws:route53/zone:Zone", {"tags": {"Name": "another"}}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"toPort": 5433}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"ipProtocol": "udp"}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"cidrIpv4": "10.5.0.0/16"}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"cidrIpv4": None, "cidrIpv6": "::/0"}),
]


@pytest.mark.parametrize(("pulumi_type", "difference"), DIFFERENCES)
def test_a_similar_object_is_another(
    aws: Any, resource: Any, world: World, pulumi_type: str, difference: Inputs
) -> None:
    """Also one that differs in what cannot be changed alone: a replacement leaves the old one beside the new."""
    this = resource(pulumi_type, world.title)
    inputs = CASES[pulumi_type](world)
    state = aws.create(this, inputs)
    assert aws.provider.find(this, aws.checked(this, inputs)) == state.identifier
    assert aws.provider.find(this, aws.checked(this, {**inputs, **difference})) is None


def test_a_rule_of_the_other_direction_is_another(aws: Any, resource: Any, world: World) -> None:
    inputs = rule(world)
    aws.create(resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), inputs)
    egress = resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    assert aws.provider.find(egress, aws.checked(egress, inputs)) is None


def test_an_object_in_another_region_is_another(aws: Any, resource: Any, world: World) -> None:
    this = resource("aws:dynamodb/table:Table")
    inputs = CASES[this.type](world)
    abroad = {**inputs, "region": "eu-central-1"}
    aws.create(this, inputs)
    assert aws.provider.find(this, aws.checked(this, abroad)) is None
    assert aws.create(this, abroad).identifier == aws.provider.find(this, aws.checked(this, abroad))


@pytest.mark.parametrize("missing", ["tags", "vpcId"])
def test_what_cannot_be_told_from_others_is_an_error(aws: Any, resource: Any, world: World, missing: str) -> None:
    kind = {"tags": "aws:ec2/vpc:Vpc", "vpcId": "aws:ec2/securityGroup:SecurityGroup"}[missing]
    this = resource(kind, world.title)
    inputs = {name: value for name, value in CASES[kind](world).items() if name != missing}
    with pytest.raises(ProviderError, match=f"find {kind} .* it has no {missing}. If you find it in us-east-1"):
        aws.provider.find(this, aws.checked(this, inputs))


def test_an_object_that_is_being_deleted_counts_as_none(
    aws: Any, resource: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local endpoint deletes at once, so the state in between is put into its answer."""
    this = resource("aws:dynamodb/table:Table")
    inputs = CASES[this.type](world)
    aws.create(this, inputs)
    real = aws.apis[-1].call

    def call(service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        answer = real(service, region, operation, parameters)
        if operation == "DescribeTable":
            answer["Table"]["TableStatus"] = "DELETING"
        return answer

    monkeypatch.setattr(aws.apis[-1], "call", call)
    assert aws.provider.find(this, aws.checked(this, inputs)) is None


@ENTRIES
def test_every_entry_can_be_found(entry: ResourceType) -> None:
    find = entry.find
    if find is None:
        known_by_name = entry.name is not None and entry.inputs[entry.name.input].live is not None
        assert known_by_name or "response" not in entry.id
        return
    model: Any = SESSION.get_service_model(entry.service).operation_model(find.operation)
    assert set(find.send) <= set(input_members(model))
    assert set(model.input_shape.required_members) <= set(find.send)
    assert find.by
    for name in (*find.by, *find.alike):
        assert entry.inputs[name].live is not None, name
    for expression in (*find.send.values(), find.ids):
        jmespath.compile(expression)


@ENTRIES
def test_every_id_that_the_service_chooses_has_a_search(entry: ResourceType) -> None:
    """Only of an id that is called by the name's parameter does the name alone tell it."""
    chosen = entry.id.startswith("response") or "(response" in entry.id
    member = entry.id.rpartition(".")[2]
    named = entry.name is not None and member.lower().endswith((entry.name.input.lower(), "name"))
    assert (entry.find is not None) == (chosen and not named)
