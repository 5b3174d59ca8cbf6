"""EKS: control planes and nodes, and what objects in a cluster make AWS keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from costs import tokens
from costs.errors import CannotPriceError
from costs.items import Item, instance_key
from costs.lines import Line
from costs.quote import Quote, number, percent
from costs.resources import Resource
from regions.quantities import parse

_TEN_THOUSAND = 10_000
_GB = Decimal(2**30)  # what AWS calls a GB in storage is a GiB
_INTERVAL = re.compile(r"^(?P<count>[1-9][0-9]*)(?P<unit>[smh])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def cluster(quote: Quote) -> Iterator[Line]:
    """Price a control plane."""
    yield quote.line("control plane", Item.EKS_CLUSTER, quote.hours, "every hour; a version in standard support")


def node_group(quote: Quote) -> Iterator[Line]:
    """Price a pool's nodes and their disks by the season plan's floors."""
    resource = quote.resource
    pool = resource.named("labels", tokens.POOL_LABEL) or ""
    least = max(resource.number("scalingConfig.minSize"), resource.number("scalingConfig.desiredSize", 0))
    hours = quote.basis.season.node_hours(pool, least)
    why = f"node hours at the season plan's floor, at least the {number(least)} declared"
    if resource.text("capacityType", "ON_DEMAND") != "ON_DEMAND":
        raise CannotPriceError("capacityType is not ON_DEMAND: the price book has no other prices")
    kinds = resource.items("instanceTypes")
    if len(kinds) != 1:
        raise CannotPriceError(f"instanceTypes are {len(kinds)}: only nodes of one type can be priced")
    yield quote.line(f"nodes, {kinds[0]}", instance_key(str(kinds[0])), hours, why)
    size = _disk_gb(quote)
    yield quote.line("disks", Item.EBS_GP3, hours * size / quote.hours, f"{number(size)} GB a node, as long as it runs")


def service(quote: Quote) -> Iterator[Line]:
    """Price the network load balancer that a Service asks for, if it does."""
    resource, use = quote.resource, quote.basis.usage.network
    if resource.text("spec.type", "ClusterIP") != "LoadBalancer":
        return
    yield quote.line("load balancer", Item.NLB_HOUR, quote.hours, "every hour")
    public = resource.named("metadata.annotations", tokens.SCHEME_ANNOTATION) == "internet-facing"
    units = use.load_balancer_units * quote.basis.share if public else use.internal_load_balancer_units
    yield quote.line("capacity", Item.NLB_LCU, units * quote.hours, f"usage file: {number(units)} units on average")
    if public:
        zones = max(len(quote.others.get(tokens.ELASTIC_IP, ())), 1)  # each zone has its NAT gateway's
        yield quote.line("public addresses", Item.PUBLIC_IPV4, zones * quote.hours, f"one in each of {zones} zones")


def claim(quote: Quote) -> Iterator[Line]:
    """Price what lies in a volume. All storage classes of the platform are of EFS, which is paid by what it holds."""
    use = quote.basis.usage.files
    asked = _gigabytes(quote.resource.text("spec.resources.requests.storage"))
    used = asked * percent(use.used_percent)
    rare = used * percent(use.infrequent_percent)
    why = f"{number(use.used_percent)} % of the {number(round(asked, 1))} GB that it asks for"
    yield quote.line("files", Item.EFS_STANDARD, used - rare, why)
    if rare:
        yield quote.line("files, infrequent access", Item.EFS_INFREQUENT, rare, why)


def external_secret(quote: Quote) -> Iterator[Line]:
    """Price the secrets that an ExternalSecret copies: each one in the first that names it; and its looks at them."""
    resource = quote.resource
    named = _secrets(resource)
    first = [
        key
        for key in named
        if quote.other(tokens.EXTERNAL_SECRET, lambda each, key=key: key in _secrets(each)) is resource
    ]
    if first:
        yield quote.line("secrets", Item.SECRET, Decimal(len(first)), ", ".join(first))
    interval = resource.text("spec.refreshInterval", "1h")
    looks = quote.hours * _SECONDS["h"] / _seconds(interval) * len(named)
    yield quote.line(
        "requests", Item.SECRET_REQUEST, looks / _TEN_THOUSAND, f"{len(named)} secrets, each every {interval}"
    )


def _disk_gb(quote: Quote) -> Decimal:
    """GB of a node's disks: in the launch template that has the group's name in the program."""
    name = quote.resource.name
    template = quote.needed(tokens.LAUNCH_TEMPLATE, lambda each: each.name == name, f"launch template {name}")
    total = Decimal(0)
    for disk in template.parts("blockDeviceMappings"):
        kind = disk.text("ebs.volumeType")
        if kind != "gp3":
            raise CannotPriceError(f"a disk of the nodes is {kind}: the price book has gp3 alone")
        total += disk.number("ebs.volumeSize")
    return total


def _secrets(resource: Resource) -> tuple[str, ...]:
    """The secrets that an ExternalSecret names, each once."""
    return tuple(dict.fromkeys(part.text("remoteRef.key") for part in resource.parts("spec.data")))


def _gigabytes(quantity: str) -> Decimal:
    try:
        return parse(quantity) / _GB
    except ValueError as error:
        raise CannotPriceError(str(error)) from error


def _seconds(interval: str) -> int:
    if not (match := _INTERVAL.match(interval)):
        raise CannotPriceError(f"spec.refreshInterval is {interval!r}, which is none such as '5m'")
    return int(match["count"]) * _SECONDS[match["unit"]]
