"""Networks: gateways, endpoints, the paths between regions, and what goes over them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costs.errors import CannotPriceError
from costs.items import Item
from costs.lines import Line
from costs.quote import Quote, number

_TB = 1024  # GB; the tiers of transfer to the internet are in TB
_INTERNET = (
    (Item.EGRESS_FIRST, 10 * _TB),
    (Item.EGRESS_SECOND, 40 * _TB),
    (Item.EGRESS_THIRD, 100 * _TB),
    (Item.EGRESS_REST, None),
)


def network(quote: Quote) -> Iterator[Line]:
    """Price what leaves a VPC, and what goes from zone to zone in it."""
    use, share = quote.basis.usage.network, quote.basis.share
    crossing = use.cross_zone_gb * share
    yield quote.line(
        "between zones", Item.CROSS_ZONE, 2 * crossing, f"usage file: {number(crossing)} GB, paid on both sides"
    )
    sent = use.internet_gb * share
    tiers = [(key.value, None if size is None else Decimal(size)) for key, size in _INTERNET]
    yield from quote.tiers("to the internet", tiers, sent, f"usage file: {number(sent)} GB in all")


def nat_gateway(quote: Quote) -> Iterator[Line]:
    """Price a NAT gateway; the region's traffic is split evenly among its gateways."""
    yield quote.line("NAT gateway", Item.NAT_HOUR, quote.hours, "every hour")
    gateways = len(quote.others[quote.resource.type])
    through = quote.basis.usage.network.nat_gb * quote.basis.share / gateways
    yield quote.line("through it", Item.NAT_DATA, through, f"usage file: {number(through)} GB, one of {gateways}")


def elastic_ip(quote: Quote) -> Iterator[Line]:
    """Price a public IPv4 address."""
    yield quote.line("public address", Item.PUBLIC_IPV4, quote.hours, "every hour, in use or not")


def endpoint(quote: Quote) -> Iterator[Line]:
    """Price an interface endpoint in each of its zones; a gateway endpoint is free."""
    resource, basis = quote.resource, quote.basis
    kind = resource.text("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return
    if kind != "Interface":
        raise CannotPriceError(f"vpcEndpointType is {kind}: only Gateway and Interface can be priced")
    zones = len(resource.items("subnetIds"))
    yield quote.line("endpoint", Item.ENDPOINT_HOUR, quote.hours * zones, f"every hour in {zones} zones")
    interfaces = [
        each for each in quote.others[resource.type] if each.text("vpcEndpointType", "Gateway") == "Interface"
    ]
    through = basis.usage.network.endpoints_gb * basis.share / len(interfaces)
    yield quote.line(
        "through it", Item.ENDPOINT_DATA, through, f"usage file: {number(through)} GB, one of {len(interfaces)}"
    )


def transit_attachment(quote: Quote) -> Iterator[Line]:
    """Price the VPC's way to other regions and what goes over it."""
    yield quote.line("attachment", Item.TGW_ATTACHMENT, quote.hours, "every hour")
    sent = quote.basis.usage.network.backbone_gb * quote.basis.share
    why = f"usage file: {number(sent)} GB"
    yield quote.line("through the transit gateway", Item.TGW_DATA, sent, why)
    yield quote.line("to other regions", Item.OTHER_REGION, sent, why)


def peering(quote: Quote) -> Iterator[Line]:
    """Price one side of a peering: each side pays for an attachment."""
    yield quote.line("attachment", Item.TGW_ATTACHMENT, quote.hours, "every hour, on each side")
