"""A region's VPC: tiers, and the ways out that each has."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from components.network.regional_network import RegionalNetwork, RegionalNetworkArgs
from components.scope import Scope
from regions.load import load_fleet

from .conftest import Made, Parts

FLEET = load_fleet()
REGIONS = pytest.mark.parametrize("region", FLEET.regions)
SUBNET, TABLE = "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable"
ROUTE, ASSOCIATION = "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"
NAT, INTERNET, ADDRESS = (
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/eip:Eip",
)
TIERS = ("public", "private", "database")


def _network(made: Made, region: str) -> Parts:
    args = RegionalNetworkArgs(Scope("prod", region), FLEET.region(region).network)
    return made(lambda: RegionalNetwork("network", args))


def _zones(region: str) -> tuple[str, ...]:
    return FLEET.region(region).network.zones


def _table_of(parts: Parts, subnet: str) -> str:
    """The name of the only route table that a subnet is associated with."""
    wanted = f"id of {SUBNET} {subnet}"
    (table,) = [
        each.inputs["routeTableId"] for each in parts[ASSOCIATION].values() if each.inputs["subnetId"] == wanted
    ]
    return table.removeprefix(f"id of {TABLE} ")


def _targets(parts: Parts, table: str) -> dict[str, str]:
    """Where a table's routes lead: destination -> target."""
    own = [each.inputs for each in parts[ROUTE].values() if each.inputs["routeTableId"] == f"id of {TABLE} {table}"]
    return {each["destinationCidrBlock"]: each.get("natGatewayId") or each["gatewayId"] for each in own}


@REGIONS
def test_every_zone_has_a_subnet_of_each_tier(region: str, made: Made) -> None:
    subnets = _network(made, region)[SUBNET]
    assert set(subnets) == {f"network-{tier}-{zone}" for tier in TIERS for zone in _zones(region)}
    ranges = [IPv4Network(each.inputs["cidrBlock"]) for each in subnets.values()]
    whole = IPv4Network(FLEET.region(region).network.vpc_cidr)
    assert all(each.subnet_of(whole) for each in ranges)
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one is not other)
    for name, each in subnets.items():
        assert name.endswith(each.inputs["availabilityZone"])
        assert each.inputs["mapPublicIpOnLaunch"] is False


@REGIONS
def test_every_zone_leaves_by_a_nat_gateway_of_its_own(region: str, made: Made) -> None:
    parts = _network(made, region)
    assert len(parts[NAT]) == len(parts[ADDRESS]) == len(_zones(region))
    for zone in _zones(region):
        table = _table_of(parts, f"network-private-{zone}")
        assert _targets(parts, table) == {"0.0.0.0/0": f"id of {NAT} network-{zone}"}
        nat = parts[NAT][f"network-{zone}"]
        assert nat.inputs["subnetId"] == f"id of {SUBNET} network-public-{zone}"
    assert len({_table_of(parts, f"network-private-{zone}") for zone in _zones(region)}) == len(_zones(region))


@REGIONS
def test_databases_have_no_way_out(region: str, made: Made) -> None:
    parts = _network(made, region)
    for zone in _zones(region):
        assert _targets(parts, _table_of(parts, f"network-database-{zone}")) == {}


@REGIONS
def test_public_subnets_alone_meet_the_internet(region: str, made: Made) -> None:
    parts = _network(made, region)
    for zone in _zones(region):
        table = _table_of(parts, f"network-public-{zone}")
        assert _targets(parts, table) == {"0.0.0.0/0": f"id of {INTERNET} network"}
    to_internet = [each for each in parts[ROUTE].values() if "gatewayId" in each.inputs]
    assert len(to_internet) == 1


def test_nat_gateways_come_after_the_internet_gateway_and_go_before_it(made: Made) -> None:
    parts = _network(made, "eu-central-1")
    internet = parts[INTERNET]["network"].urn
    for each in (*parts[NAT].values(), *parts[ADDRESS].values()):
        assert internet in each.depends_on


def test_the_default_group_lets_nobody_in_or_out(made: Made) -> None:
    (group,) = _network(made, "eu-central-1")["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"].values()
    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])


def test_load_balancers_find_their_subnets(made: Made) -> None:
    for name, each in _network(made, "us-east-1")[SUBNET].items():
        roles = {tag for tag in each.inputs["tags"] if tag.startswith("kubernetes.io/role/")}
        tier = name.split("-")[1]
        expected = {"public": {"kubernetes.io/role/elb"}, "private": {"kubernetes.io/role/internal-elb"}}
        assert roles == expected.get(tier, set())
