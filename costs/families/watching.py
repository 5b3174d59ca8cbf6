"""Names, health checks, logs, alarms, and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costs.errors import CannotPriceError
from costs.items import Item, WorldwideItem
from costs.lines import Line
from costs.quote import Quote, number, percent

_REST = "other"
_FAST_SECONDS = 10
_A_MINUTE = 60
_DAYS_A_MONTH = 30
_HUNDRED_THOUSAND = 100_000
_FREE_PROTOCOLS = ("sqs", "lambda")


def zone(quote: Quote) -> Iterator[Line]:
    """Price a hosted zone and what is asked of it."""
    yield quote.line("zone", WorldwideItem.ZONE, Decimal(1), "one")
    queries = quote.basis.usage.queries_million
    yield quote.line("queries", WorldwideItem.QUERIES, queries, f"usage file: {number(queries)} million")


def health_check(quote: Quote) -> Iterator[Line]:
    """Price a health check of an endpoint in AWS, and its features: HTTPS, an interval of 10 s, text, latency."""
    resource = quote.resource
    kind = resource.text("type")
    yield quote.line("health check", WorldwideItem.HEALTH_CHECK, Decimal(1), "one; the free 50 are left out")
    features = [
        name
        for name, is_on in (
            ("HTTPS", kind.startswith("HTTPS")),
            ("10 s interval", resource.number("requestInterval", 30) == _FAST_SECONDS),
            ("text", kind.endswith("STR_MATCH")),
            ("latency", resource.flag("measureLatency", default=False)),
        )
        if is_on
    ]
    if features:
        yield quote.line("features", WorldwideItem.HEALTH_CHECK_FEATURE, Decimal(len(features)), ", ".join(features))


def log_group(quote: Quote) -> Iterator[Line]:
    """Price what a group takes in a month, and what it keeps once it is as full as its retention lets it be."""
    use, share = quote.basis.usage.logs, quote.basis.share
    part = quote.resource.text("name").rsplit("/", 1)[-1]
    taken = use.ingested_gb.get(part, use.ingested_gb[_REST]) * share
    yield quote.line("taken in", Item.LOGS_INGESTED, taken, f"usage file: {number(taken)} GB, the region's part")
    days = quote.resource.number("retentionInDays")
    if not days:
        raise CannotPriceError("retentionInDays is 0: what is kept for ever has no monthly cost")
    kept = taken * percent(use.stored_percent) * days / _DAYS_A_MONTH
    yield quote.line("kept", Item.LOGS_STORED, kept, f"{number(days)} days' logs at {number(use.stored_percent)} %")


def alarm(quote: Quote) -> Iterator[Line]:
    """Price an alarm by the metrics that it looks at."""
    resource = quote.resource
    queries = resource.parts("metricQueries")
    metrics = [each for each in queries if each.has("metric")]
    periods = [each.number("metric.period", _A_MINUTE) for each in metrics]
    periods += [] if queries else [resource.number("period", _A_MINUTE)]
    is_fast = any(period < _A_MINUTE for period in periods)
    count = Decimal(max(len(metrics), 1))
    item = Item.ALARM_HIGH_RESOLUTION if is_fast else Item.ALARM
    yield quote.line("alarm", item, count, f"{number(count)} metrics, every {'few seconds' if is_fast else 'minute'}")


def composite_alarm(quote: Quote) -> Iterator[Line]:
    """Price an alarm over other alarms."""
    yield quote.line("composite alarm", Item.ALARM_COMPOSITE, Decimal(1), "one")


def subscription(quote: Quote) -> Iterator[Line]:
    """Price the messages of a subscription."""
    protocol = quote.resource.text("protocol")
    if protocol in _FREE_PROTOCOLS:
        return
    if not protocol.startswith("email"):
        raise CannotPriceError(f"protocol is {protocol}: only e-mails can be priced")
    mails = quote.basis.usage.emails
    yield quote.line("e-mails", Item.SNS_EMAIL, mails / _HUNDRED_THOUSAND, f"usage file: {number(mails)} e-mails")
