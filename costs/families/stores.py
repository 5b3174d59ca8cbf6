"""Stores beside the databases: cache, files, tables, buckets of exports, images, keys."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costs import tokens
from costs.errors import CannotPriceError
from costs.families.aurora import owner_of, storage_gb
from costs.items import Item, node_key
from costs.lines import Line
from costs.quote import Quote, number, percent, same

_DAYS_A_MONTH = 30
_THOUSAND = 1000
_TEN_THOUSAND = 10_000
_COLDER = {"GLACIER_IR": Item.S3_GLACIER_IR, "DEEP_ARCHIVE": Item.S3_DEEP_ARCHIVE}
_TITLES = {
    Item.S3_STANDARD: "exports, hot",
    Item.S3_GLACIER_IR: "exports, warm",
    Item.S3_DEEP_ARCHIVE: "exports, cold",
}


def cache(quote: Quote) -> Iterator[Line]:
    """Price the nodes of a Redis and its snapshots."""
    resource = quote.resource
    kind = resource.text("nodeType")
    nodes = resource.number("numCacheClusters")
    yield quote.line(f"nodes, {kind}", node_key(kind), nodes * quote.hours, f"{number(nodes)} nodes, every hour")
    kept = max(resource.number("snapshotRetentionLimit", 0) - 1, Decimal(0))
    size = quote.basis.usage.cache_snapshot_gb
    yield quote.line(
        "snapshots", Item.CACHE_BACKUP, kept * size, f"usage file: {number(size)} GB each; the newest one is free"
    )


def file_system(quote: Quote) -> Iterator[Line]:
    """Price what is read from shared files and written to them; what lies there is the claims'."""
    mode = quote.resource.text("throughputMode", "bursting")
    if mode != "elastic":
        raise CannotPriceError(f"throughputMode is {mode}: only elastic throughput can be priced")
    use, share = quote.basis.usage.files, quote.basis.share
    yield quote.line("read", Item.EFS_READ, use.read_gb * share, "usage file, the region's part")
    yield quote.line("written", Item.EFS_WRITE, use.written_gb * share, "usage file, the region's part")


def table(quote: Quote) -> Iterator[Line]:
    """Price a DynamoDB table in its own region and in those that have a replica."""
    resource, use = quote.resource, quote.basis.usage.tables
    mode = resource.text("billingMode", "PROVISIONED")
    if mode != "PAY_PER_REQUEST":
        raise CannotPriceError(f"billingMode is {mode}: only PAY_PER_REQUEST can be priced")
    replicas = resource.parts("replicas")
    write = Item.TABLE_REPLICATED_WRITE if replicas else Item.TABLE_WRITE
    regions = [(quote.aws_region, resource.flag("pointInTimeRecovery.enabled", default=False))]
    regions += [(each.text("regionName"), each.flag("pointInTimeRecovery", default=False)) for each in replicas]
    yield quote.line("reads", Item.TABLE_READ, use.reads_million, "usage file")
    for aws_region, is_recoverable in regions:
        yield quote.line(f"writes in {aws_region}", write, use.writes_million, "usage file: all writes", aws_region)
        yield quote.line(f"storage in {aws_region}", Item.TABLE_STORAGE, use.storage_gb, "usage file", aws_region)
        if is_recoverable:
            yield quote.line(
                f"point-in-time recovery in {aws_region}", Item.TABLE_BACKUP, use.storage_gb, "usage file", aws_region
            )


def bucket(quote: Quote) -> Iterator[Line]:
    """Price the exports in a bucket, each in the tier that its age has brought it to."""
    name = quote.resource.text("bucket")
    use = quote.basis.usage.exports
    size = storage_gb(quote, owner_of(quote, name)) * percent(use.size_percent)
    counts = dict.fromkeys(_TITLES, 0)
    colder = _transitions(quote, name)
    for age in range(use.kept):
        counts[_tier(age * _DAYS_A_MONTH, colder)] += 1
    for item, count in counts.items():
        yield quote.line(_TITLES[item], item, count * size, f"{count} monthly exports of {number(size)} GB")
    yield quote.line("puts", Item.S3_PUT, use.objects / _THOUSAND, "usage file: objects of one export a month")


def state_machine(quote: Quote) -> Iterator[Line]:
    """Price the monthly export of a cluster: its steps, and the snapshot that is read."""
    use = quote.basis.usage.exports
    yield quote.line("steps", Item.STATE_TRANSITION, use.transitions / _THOUSAND, "usage file; one export a month")
    size = storage_gb(quote, owner_of(quote, quote.resource.text("name")))
    yield quote.line("export", Item.AURORA_EXPORT, size, "all of the cluster's data, once a month")


def repository(quote: Quote) -> Iterator[Line]:
    """Price the images of a repository."""
    size = quote.basis.usage.repository_gb
    yield quote.line("images", Item.ECR_STORAGE, size, f"usage file: {number(size)} GB a repository")


def key(quote: Quote) -> Iterator[Line]:
    """Price a key, or a replica of one: each has its own price."""
    yield quote.line("key", Item.KMS_KEY, Decimal(1), "one; each of the first two yearly rotations adds one more")
    requests = quote.basis.usage.key_requests
    yield quote.line("requests", Item.KMS_REQUEST, requests / _TEN_THOUSAND, f"usage file: {number(requests)}")


def _transitions(quote: Quote, name: str) -> list[tuple[Decimal, Item]]:
    """From which day on exports are in which tier, by the bucket's lifecycle rules."""
    rules = quote.other(tokens.LIFECYCLE, same("bucket", name))
    found: list[tuple[Decimal, Item]] = []
    for rule in rules.parts("rules") if rules else ():
        for step in rule.parts("transitions"):
            kind = step.text("storageClass")
            if kind not in _COLDER:
                raise CannotPriceError(f"a lifecycle rule of {name} moves to {kind}, which the price book lacks")
            found.append((step.number("days"), _COLDER[kind]))
    return sorted(found)


def _tier(age: int, colder: list[tuple[Decimal, Item]]) -> Item:
    passed = [item for day, item in colder if age >= day]
    return passed[-1] if passed else Item.S3_STANDARD
