"""The path between regions: every pair once, and both ways."""

from __future__ import annotations

from itertools import permutations

import pulumi
import pulumi_aws as aws
import pytest

from components.network.backbone import Backbone, BackboneArgs, BackboneEnd, peerings
from components.scope import Scope

from .conftest import Made, Parts

GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
ACCEPTER = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
ROUTE = "aws:ec2transitgateway/route:Route"
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-1", "us-west-1", "sa-east-1")
SIZES = pytest.mark.parametrize("size", range(1, 6))


def _backbone(made: Made, size: int) -> Parts:
    def program() -> None:
        ends = {
            f"r-{aws_region}": BackboneEnd(aws_region, f"10.{number}.0.0/16", _in(aws_region))
            for number, aws_region in enumerate(REGIONS[:size])
        }
        Backbone("backbone", BackboneArgs(Scope("prod"), "123456789012", ends))

    return made(program)


def _in(aws_region: str) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(providers={"aws": aws.Provider(aws_region, region=aws_region)})


def _place(provider: str) -> str:
    """The AWS region of a resource, from its provider's reference."""
    return provider.split("::")[-2]


@SIZES
def test_every_pair_is_once_in_the_list(size: int) -> None:
    pairs = peerings(REGIONS[:size])
    assert len(pairs) == size * (size - 1) // 2
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert all(pair.requester != pair.accepter for pair in pairs)


def test_pairs_do_not_depend_on_the_order_of_regions() -> None:
    assert {tuple(peerings(order)) for order in permutations(REGIONS[:4])} == {tuple(peerings(REGIONS[:4]))}


@pytest.mark.parametrize("new", REGIONS)
def test_a_new_region_changes_no_pair_that_there_is(new: str) -> None:
    others = [region for region in REGIONS if region != new]
    assert set(peerings(others)) < set(peerings(REGIONS))


def test_one_region_has_nowhere_to_go(made: Made) -> None:
    parts = _backbone(made, 1)
    assert not [kind for kind in parts if kind.startswith("aws:")]


@SIZES
def test_every_region_has_a_gateway_and_a_route_to_each_other(size: int, made: Made) -> None:
    parts = _backbone(made, size)
    here = [f"r-{region}" for region in REGIONS[:size]] if size > 1 else []
    assert set(parts.get(GATEWAY, {})) == {f"backbone-{region}" for region in here}
    assert set(parts.get(ROUTE, {})) == {f"backbone-{one}-to-{other}" for one, other in permutations(here, 2)}
    assert len(parts.get(PEERING, {})) == len(parts.get(ACCEPTER, {})) == size * (size - 1) // 2


def test_a_peering_is_asked_for_on_one_side_and_accepted_on_the_other(made: Made) -> None:
    parts = _backbone(made, 2)
    (asked,), (accepted,) = parts[PEERING].values(), parts[ACCEPTER].values()
    assert (_place(asked.provider), _place(accepted.provider)) == ("eu-central-1", "us-east-1")
    assert asked.inputs["transitGatewayId"] == f"id of {GATEWAY} backbone-r-eu-central-1"
    assert asked.inputs["peerTransitGatewayId"] == f"id of {GATEWAY} backbone-r-us-east-1"
    assert (asked.inputs["peerRegion"], asked.inputs["peerAccountId"]) == ("us-east-1", "123456789012")
    assert accepted.inputs["transitGatewayAttachmentId"] == f"id of {PEERING} {asked.name}"


@pytest.mark.parametrize(
    ("region", "other", "cidr"),
    [("us-east-1", "eu-central-1", "10.1.0.0/16"), ("eu-central-1", "us-east-1", "10.0.0.0/16")],
)
def test_routes_are_where_they_start_and_wait_for_the_peering(region: str, other: str, cidr: str, made: Made) -> None:
    parts = _backbone(made, 2)
    route = parts[ROUTE][f"backbone-r-{region}-to-r-{other}"]
    assert _place(route.provider) == region
    assert route.inputs["destinationCidrBlock"] == cidr
    (accepted,) = parts[ACCEPTER].values()
    assert accepted.urn in route.depends_on
