"""Times as people there read them, beside UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from regions.model import Region
from regions.zones import time_zone


class Clock(NamedTuple):
    """A clock, and whose it is; `region` is empty for a bare time zone's."""

    region: str
    name: str
    zone: tzinfo


_UTC = Clock("", "UTC", UTC)


def market_clocks(regions: Iterable[Region]) -> list[Clock]:
    """Return the clock of every market of the regions."""
    return [Clock(region.name, market.name, market.zone) for region in regions for market in region.markets]


def zone_clocks(names: Iterable[str]) -> list[Clock]:
    """Return the clocks of IANA time zones."""
    return [Clock("", name, time_zone(name)) for name in names]


def times(instants: Sequence[datetime], clocks: Iterable[Clock]) -> list[list[str]]:
    """Return a row for UTC and for each clock: its name, and what it shows at each instant, to the minute.

    As in "Fri 2026-11-27 22:00 EST": what comes twice when clocks are turned back differs in the time's abbreviation.
    """
    return [
        [clock.name, *(f"{instant.astimezone(clock.zone):%a %Y-%m-%d %H:%M %Z}" for instant in instants)]
        for clock in (_UTC, *clocks)
    ]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as lines of which the columns are below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def duration(length: timedelta) -> str:
    """Return days, hours and minutes without those that are zero: "1 d 7 h"."""
    minutes = length // timedelta(minutes=1)
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    return " ".join(f"{count} {unit}" for unit, count in parts.items() if count) or "less than a minute"
