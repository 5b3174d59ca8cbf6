"""What EC2 refuses in a network, and what goes together there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from devcloud.providers.plugin import ProviderError, State

from .life import ABROAD, HOME, does_not_drift
from .network_site import (
    ACCEPTER,
    ACCOUNT,
    ADDRESS,
    ASSOCIATION,
    DEFAULT_GROUP,
    ENDPOINT,
    INTERNET,
    NAT,
    PEERING,
    ROUTE,
    SUBNET,
    TRANSIT,
    TRANSIT_ROUTE,
    VPC,
    Site,
    interface,
    peering,
)

ANYTHING = {"IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}


@pytest.fixture
def site(aws: Any, resource: Any) -> Site:
    return Site(aws, resource)


def refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(ProviderError, match=code):
        make()


def delete(aws: Any, site: Site, pulumi_type: str) -> None:
    """Delete the last one of this type."""
    this, state = next((this, state) for this, state in reversed(site.made) if this.type == pulumi_type)
    aws.delete(this, state)


@pytest.mark.parametrize(
    ("make", "victim", "code"),
    [
        (Site.nat, INTERNET, "DependencyViolation.* mapped public address"),
        (Site.nat, SUBNET, "DependencyViolation"),
        (Site.internet, VPC, "DependencyViolation"),
        (lambda site: site.make(ENDPOINT, interface(site)), SUBNET, "DependencyViolation"),
        (lambda site: site.attachment(site.transit().identifier), SUBNET, "DependencyViolation"),
        (lambda site: site.attachment(site.transit().identifier), TRANSIT, "IncorrectState"),
        (lambda site: site.peering(HOME, ABROAD), TRANSIT, "IncorrectState"),
    ],
)
def test_what_is_in_use_cannot_be_deleted(
    aws: Any, site: Site, make: Callable[[Site], object], victim: str, code: str
) -> None:
    make(site)
    refused(lambda: delete(aws, site, victim), code)


def test_a_subnet_has_one_route_table(site: Site) -> None:
    inputs = {"routeTableId": site.table(), "subnetId": site.subnet()}
    site.make(ASSOCIATION, inputs)
    refused(lambda: site.make(ASSOCIATION, inputs | {"routeTableId": site.table()}), "Resource.AlreadyAssociated")


def test_a_route_leads_to_a_transit_gateway_that_the_vpc_is_on(site: Site) -> None:
    gateway = site.transit().identifier
    inputs = {"routeTableId": site.table(), "destinationCidrBlock": "10.8.0.0/16", "transitGatewayId": gateway}
    refused(lambda: site.make(ROUTE, inputs), "InvalidTransitGatewayID.NotFound")
    site.attachment(gateway)
    assert site.make(ROUTE, inputs).outputs["state"] == "active"


def test_without_an_internet_gateway_a_nat_gateway_fails(site: Site) -> None:
    inputs = {"subnetId": site.subnet(), "allocationId": site.address()}
    refused(lambda: site.make(NAT, inputs), "'failed'")


def test_a_peering_carries_nothing_before_it_is_accepted(site: Site) -> None:
    table = site.transit().outputs["associationDefaultRouteTableId"]
    (gateway,) = (state.identifier for _, state in site.made)
    away = site.transit(ABROAD).identifier
    ends = {"transitGatewayId": away, "peerTransitGatewayId": gateway, "peerRegion": HOME, "peerAccountId": ACCOUNT}
    peered = site.make(PEERING, {**ends, "region": ABROAD}).identifier
    route = {
        "transitGatewayRouteTableId": table,
        "transitGatewayAttachmentId": peered,
        "destinationCidrBlock": "10.8.0.0/16",
    }
    refused(lambda: site.make(TRANSIT_ROUTE, route), "IncorrectState")
    site.make(ACCEPTER, {"transitGatewayAttachmentId": peered})
    assert site.make(TRANSIT_ROUTE, route).outputs["transitGatewayAttachmentId"] == peered


def test_both_ends_of_a_peering_have_tags_of_their_own_and_go_together(aws: Any, site: Site) -> None:
    asked = site.make(PEERING, peering(site, ABROAD, HOME))
    accepted = site.make(ACCEPTER, {"transitGatewayAttachmentId": asked.identifier, "tags": site.tags("accepted")})
    (near, far) = (this for this, state in site.made if state.identifier == asked.identifier)
    assert aws.refresh(near, asked).outputs["tags"] == site.tags("peering")
    assert aws.refresh(near, asked).outputs["state"] == "available"
    assert aws.refresh(far, accepted).outputs["tags"] == site.tags("accepted")
    aws.delete(far, accepted)
    assert aws.provider.read(near, asked) is None


def test_an_address_is_free_again_when_its_nat_gateway_is_gone(aws: Any, site: Site) -> None:
    site.nat()
    (this, state) = next((this, state) for this, state in site.made if this.type == ADDRESS)
    assert aws.refresh(this, state).outputs["associationId"]
    delete(aws, site, NAT)
    assert not aws.refresh(this, state).outputs.get("associationId")


def test_a_vpcs_default_group_is_emptied_and_left(aws: Any, resource: Any, site: Site) -> None:
    this, inputs = resource(DEFAULT_GROUP), {"vpcId": site.vpc(), "ingress": [], "egress": [], "tags": site.tags()}
    rules = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
    state = aws.create(this, dict(inputs))
    assert state.outputs["name"] == "default"
    assert live_rules(aws, state) == ([], [])
    does_not_drift(aws, this, state, inputs)

    aws.apis[-1].call("ec2", HOME, "AuthorizeSecurityGroupEgress", {"GroupId": state.identifier, **ANYTHING})
    refreshed = aws.refresh(this, state)
    assert [change.path[0] for change in aws.diff(this, refreshed, inputs).changes] == ["egress"]
    aws.update(this, refreshed, inputs)
    assert live_rules(aws, state) == ([], [])

    opened = aws.update(this, state, {**inputs, "ingress": [rules]})
    assert [rule["FromPort"] for rule in live_rules(aws, state)[0]] == [443]
    aws.delete(this, opened)
    assert aws.provider.read(this, opened) is not None


def live_rules(aws: Any, state: State) -> tuple[list[Any], list[Any]]:
    (group,) = aws.apis[-1].call("ec2", HOME, "DescribeSecurityGroups", {"GroupIds": [state.identifier]})[
        "SecurityGroups"
    ]
    return group["IpPermissions"], group["IpPermissionsEgress"]
