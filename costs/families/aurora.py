"""Aurora: capacity, storage, I/O, backups, and what a global database copies between regions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costs import tokens
from costs.errors import CannotPriceError
from costs.items import Item
from costs.lines import Line
from costs.quote import Quote, number, percent, same
from costs.resources import Resource

_MILLION = 1_000_000
_SERVERLESS = "db.serverless"
_IO_OPTIMIZED = "aurora-iopt1"


def cluster(quote: Quote) -> Iterator[Line]:
    """Price what a cluster keeps and what is asked of its storage."""
    resource, use = quote.resource, quote.basis.usage.database
    stored = storage_gb(quote, resource)
    optimized = _is_io_optimized(resource)
    key = Item.AURORA_STORAGE_IO_OPTIMIZED if optimized else Item.AURORA_STORAGE
    yield quote.line("storage", key, stored, f"usage file: {number(stored)} GB of data")
    if not optimized:
        requests = _operations(quote) * use.requests_per_operation / _MILLION
        yield quote.line(
            "I/O requests", Item.AURORA_IO, requests, f"{number(use.requests_per_operation)} requests an operation"
        )
    days = resource.number("backupRetentionPeriod", 1)
    yield quote.line(
        "backups",
        Item.AURORA_BACKUP,
        stored * percent(use.changed_percent_a_day) * days,
        f"{number(use.changed_percent_a_day)} % of the data changes a day, kept {number(days)} days; one copy is free",
    )
    if is_worldwide(resource) and not _is_writer(resource):
        yield from _copied(quote)


def instance(quote: Quote) -> Iterator[Line]:
    """Price an instance's capacity by the season plan's floors, and who watches it."""
    resource, basis = quote.resource, quote.basis
    size = resource.text("instanceClass")
    if size != _SERVERLESS:
        raise CannotPriceError(f"instanceClass is {size}: the price book has {_SERVERLESS} alone")
    name = resource.text("clusterIdentifier")
    owner = quote.needed(tokens.DATABASE_CLUSTER, same("clusterIdentifier", name), f"cluster {name}")
    least = owner.number("serverlessv2ScalingConfiguration.minCapacity")
    most = owner.number("serverlessv2ScalingConfiguration.maxCapacity")
    factor = basis.usage.database.capacity_factor
    capacity = basis.season.acu_hours(least, most) * factor
    why = f"hours at the season plan's floor (declared: {number(least)} to {number(most)}), times {number(factor)}"
    optimized = _is_io_optimized(owner)
    yield quote.line("capacity", Item.ACU_HOUR_IO_OPTIMIZED if optimized else Item.ACU_HOUR, capacity, why)
    if owner.text("databaseInsightsMode", "standard") == "advanced":
        yield quote.line("Database Insights", Item.DATABASE_INSIGHTS, capacity, why)
    if resource.number("monitoringInterval", 0):
        gigabytes = basis.usage.database.monitoring_gb
        yield quote.line(
            "enhanced monitoring", Item.LOGS_INGESTED, gigabytes, f"usage file: {number(gigabytes)} GB an instance"
        )


def storage_gb(quote: Quote, owner: Resource) -> Decimal:
    """Return the data of a cluster, GB."""
    use = quote.basis.usage.database
    return use.storage_gb if is_worldwide(owner) else use.resident_storage_gb


def is_worldwide(owner: Resource) -> bool:
    """Return whether a cluster is a member of a global one."""
    return owner.has("globalClusterIdentifier")


def owner_of(quote: Quote, name: str) -> Resource:
    """Return the cluster whose identifier a name begins with: of its exports' bucket, of its state machine.

    Raises:
        CannotPriceError: there is none.
    """

    def begins(each: Resource) -> bool:
        return name.startswith(f"{each.text('clusterIdentifier')}-")

    return quote.needed(tokens.DATABASE_CLUSTER, begins, f"the cluster of {name}")


def _is_writer(owner: Resource) -> bool:
    """Only who starts as the writer declares credentials: Aurora refuses them on the others."""
    return owner.has("masterUsername")


def _is_io_optimized(owner: Resource) -> bool:
    return owner.text("storageType", "") == _IO_OPTIMIZED


def _operations(quote: Quote) -> Decimal:
    """Operations a month that reach a cluster's storage: its region's reads, and all writes if it is the writer."""
    basis, use = quote.basis, quote.basis.usage.database
    writes, resident = percent(use.write_percent), percent(use.resident_percent)
    own = basis.monthly_operations * basis.share
    if not is_worldwide(quote.resource):
        return own * resident
    has_resident = quote.other(tokens.DATABASE_CLUSTER, lambda each: not is_worldwide(each)) is not None
    reads = own * (1 - resident if has_resident else 1) * (1 - writes)
    return reads + (basis.monthly_operations * writes if _is_writer(quote.resource) else 0)


def _copied(quote: Quote) -> Iterator[Line]:
    basis, use = quote.basis, quote.basis.usage
    writes = basis.monthly_operations * percent(use.database.write_percent) * use.database.requests_per_operation
    yield quote.line(
        "replicated writes", Item.AURORA_REPLICATED_WRITE, writes / _MILLION, "every write of the fleet, once a member"
    )
    sent = use.network.replication_gb
    yield quote.line(
        "changes from the writer's region",
        Item.OTHER_REGION,
        sent,
        f"usage file: {number(sent)} GB; paid in {basis.home}, which sends it",
        basis.home,
    )
