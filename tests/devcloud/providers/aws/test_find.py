"""Find: what a create made whose end nobody saw, and nothing else. (Each type's own: life.py.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import botocore.session
import jmespath
import pytest

from devcloud.providers.aws.api import input_members
from devcloud.providers.aws.table import ResourceType
from devcloud.providers.aws.types import TYPES
from devcloud.providers.plugin import ProviderError

from .life import Inputs, World

SESSION = botocore.session.Session()
ENTRIES = pytest.mark.parametrize("entry", TYPES.values(), ids=TYPES)


def rule(world: World) -> Inputs:
    ports = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432}
    return {"securityGroupId": world.group(), "cidrIpv4": "10.4.0.0/16", "tags": world.tags(), **ports}


WANTED: dict[str, Callable[[World], Inputs]] = {
    "aws:kms/key:Key": lambda world: {"description": "data", "enableKeyRotation": True, "tags": world.tags()},
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
        "cidrBlock": "10.9.7.0/24",
        "availabilityZone": "us-east-1a",
        "tags": world.tags(),
    },
    "aws:ec2/securityGroup:SecurityGroup": lambda world: {"name": "database", "vpcId": world.vpc()},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
}


@pytest.fixture
def world(aws: Any, resource: Any) -> World:
    return World(aws, resource)


def test_a_name_is_found_in_the_services_own_spelling(aws: Any, resource: Any, world: World) -> None:
    this = resource("aws:rds/subnetGroup:SubnetGroup", world.title)
    inputs = {"name": f"{world.title}-Group", "subnetIds": world.subnets()}
    assert aws.create(this, inputs).identifier == f"{world.title}-group"
    assert aws.provider.find(this, aws.checked(this, inputs)) == f"{world.title}-group"


@pytest.mark.parametrize("pulumi_type", ["aws:kms/key:Key", "aws:ec2/vpc:Vpc", "aws:route53/zone:Zone"])
def test_of_several_none_is_taken(aws: Any, resource: Any, world: World, pulumi_type: str) -> None:
    this = resource(pulumi_type, world.title)
    inputs = WANTED[pulumi_type](world)
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
    ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.9.8.0/24"}),
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
    inputs = WANTED[pulumi_type](world)
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
    inputs = WANTED[this.type](world)
    abroad = {**inputs, "region": "eu-central-1"}
    aws.create(this, inputs)
    assert aws.provider.find(this, aws.checked(this, abroad)) is None
    assert aws.create(this, abroad).identifier == aws.provider.find(this, aws.checked(this, abroad))


@pytest.mark.parametrize("missing", ["tags", "vpcId"])
def test_what_cannot_be_told_from_others_is_an_error(aws: Any, resource: Any, world: World, missing: str) -> None:
    kind = {"tags": "aws:ec2/vpc:Vpc", "vpcId": "aws:ec2/securityGroup:SecurityGroup"}[missing]
    this = resource(kind, world.title)
    inputs = {name: value for name, value in WANTED[kind](world).items() if name != missing}
    with pytest.raises(ProviderError, match=f"find {kind} .* it has no {missing}. If you find it in us-east-1"):
        aws.provider.find(this, aws.checked(this, inputs))


def test_an_object_that_is_being_deleted_counts_as_none(
    aws: Any, resource: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local endpoint deletes at once, so the state in between is put into its answer."""
    this = resource("aws:dynamodb/table:Table")
    inputs = WANTED[this.type](world)
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
    chosen = "response" in entry.id
    member = entry.id.rpartition(".")[2]
    named = entry.name is not None and member.lower().endswith((entry.name.input.lower(), "name"))
    assert (entry.find is not None) == (chosen and not named)
