"""The calendars of markets as one list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from regions.fleet import Fleet
from regions.model import Market, Region
from seasons.calendar import market_calendar, weddings
from seasons.intervals import Interval, clip

Kind = Literal["phase", "saturday", "rush", "special day", "sabbath", "weddings"]


class Entry(NamedTuple):
    """An interval of a market's calendar: of its kind, the one that is called so."""

    during: Interval
    region: str
    market: Market
    kind: Kind
    name: str


def entries(fleet: Fleet, region: Region, within: Interval) -> list[Entry]:
    """Return what the calendars of a region's markets have in a range, cut to it, market by market and in order."""
    return [
        Entry(during, region.name, market, kind, name)
        for market in region.markets
        for during, kind, name in sorted(_of_market(fleet, region, market, within))
    ]


def _of_market(fleet: Fleet, region: Region, market: Market, within: Interval) -> Iterator[tuple[Interval, Kind, str]]:
    calendar = market_calendar(fleet, region, market, within)
    rows: list[tuple[Kind, str, tuple[Interval, ...]]] = [
        *(("phase", phase, spans) for phase, spans in calendar.phases.items()),
        ("saturday", "Saturday", calendar.saturdays),
        *(("rush", workload, spans) for workload, spans in calendar.rushes.items()),
        *(("special day", occasion.name, spans) for occasion, spans in calendar.occasions),
        ("sabbath", "Sabbath", calendar.sabbaths),
        *(("weddings", culture, spans) for culture, spans in weddings(fleet, market, within).items()),
    ]
    for kind, name, spans in rows:
        for during in clip(spans, within):
            yield during, kind, name
