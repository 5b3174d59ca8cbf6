"""Every type of a network through its whole life at the local endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from .life import ABROAD, HOME, Case, live_through
from .network_site import (
    ACCEPTER,
    ADDRESS,
    ASSOCIATION,
    ATTACHMENT,
    ENDPOINT,
    FLOW_LOG,
    INTERNET,
    NAT,
    PEERING,
    PREFIXES,
    ROUTE,
    TABLE,
    TRANSIT,
    TRANSIT_ROUTE,
    Site,
    interface,
    peering,
    prefixes,
    transit_route,
)

NOBODY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'

CASES: list[Case[Site]] = [
    Case(INTERNET, lambda site: {"vpcId": site.vpc()}, {"vpcId": None}, {"arn", "ownerId"}),
    Case(ADDRESS, lambda _: {"domain": "vpc"}, {}, {"allocationId", "arn", "publicIp", "publicDns"}),
    Case(
        NAT,
        lambda site: {"subnetId": site.subnet(), "allocationId": site.connected().address()},
        {},
        {"publicIp", "associationId", "networkInterfaceId", "privateIp"},
    ),
    Case(TABLE, lambda site: {"vpcId": site.vpc()}, {}, {"arn", "ownerId"}),
    Case(
        ROUTE,
        lambda site: {
            "routeTableId": site.table(),
            "destinationCidrBlock": "0.0.0.0/0",
            "gatewayId": site.internet(),
        },
        lambda site: {"gatewayId": None, "natGatewayId": site.nat()},
        {"state", "origin"},
    ),
    Case(
        ROUTE,
        lambda site: {
            "routeTableId": site.table(),
            "destinationPrefixListId": site.prefixes(),
            "gatewayId": site.internet(),
        },
        {},
        {"state"},
    ),
    Case(
        ASSOCIATION,
        lambda site: {"routeTableId": site.table(), "subnetId": site.subnet()},
        lambda site: {"routeTableId": site.table()},
    ),
    Case(
        PREFIXES,
        prefixes,
        {
            "maxEntries": 9,
            "entries": [{"cidr": "10.8.0.0/16", "description": "europe"}, {"cidr": "10.6.0.0/16"}],
        },
        {"arn", "ownerId", "version"},
    ),
    Case(
        ENDPOINT,
        lambda site: {
            "vpcId": site.vpc(),
            "serviceName": f"com.amazonaws.{HOME}.s3",
            "vpcEndpointType": "Gateway",
            "routeTableIds": [site.table(), site.table()],
        },
        lambda site: {"routeTableIds": [site.table()], "policy": NOBODY},
        {"prefixListId", "cidrBlocks", "arn", "state"},
    ),
    Case(
        ENDPOINT,
        interface,
        lambda site: {
            "subnetIds": [site.subnet(3)],
            "securityGroupIds": [site.group()],
            "privateDnsEnabled": False,
        },
        {"dnsEntries", "networkInterfaceIds", "arn"},
    ),
    Case(
        FLOW_LOG,
        lambda site: {
            "vpcId": site.vpc(),
            "trafficType": "ALL",
            "logDestination": site.log_group(),
            "iamRoleArn": "arn:aws:iam::123456789012:role/logs",
        },
        {},
        {"arn"},
    ),
    Case(
        TRANSIT,
        lambda _: {"description": "path"},
        {"description": "way", "dnsSupport": "disable"},
        {"arn", "associationDefaultRouteTableId", "propagationDefaultRouteTableId", "ownerId"},
    ),
    Case(
        ATTACHMENT,
        lambda site: {
            "transitGatewayId": site.transit().identifier,
            "vpcId": site.vpc(),
            "subnetIds": [site.subnet(1)],
        },
        lambda site: {"subnetIds": [site.subnet(2)], "applianceModeSupport": "enable"},
        {"arn", "vpcOwnerId"},
    ),
    Case(PEERING, peering, {}, {"arn", "state"}),
    Case(
        ACCEPTER,
        lambda site: {"transitGatewayAttachmentId": site.peering(ABROAD, HOME)},
        {},
        {"peerTransitGatewayId", "transitGatewayId", "peerRegion", "peerAccountId"},
    ),
    Case(TRANSIT_ROUTE, transit_route, {}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, case: Case[Site]) -> None:
    live_through(aws, resource, Site(aws, resource), case)
