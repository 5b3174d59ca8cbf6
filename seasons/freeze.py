"""Freeze windows: when changes are blocked, because somewhere it is a day that cannot be repeated.

The one evaluator of the rule; which days block is in `blocked_days`.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from regions.fleet import Fleet
from regions.model import Region, Workloads
from seasons.blocked_days import BlockedDay, Place, Rules, bare_place, blocked_days, fleet_rules, places_of, rules_of
from seasons.intervals import Interval
from seasons.local_days import utc

# Blocked days that follow each other make one window, whose reasons are told from its first day on, wherever in it one
# asks. A row of them is followed for this long back, and for as long on: events come every year, so a longer one would
# hardly ever end.
_FAR, _TICK = timedelta(days=366), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Changes are blocked throughout `during`.

    `regions`: where, the first to be blocked first; empty for bare time zones. `reasons`: the days that the window is
    made of, in order; where it was cut to a range, also those outside.
    """

    during: Interval
    regions: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether changes are allowed at an instant (UTC).

    Allowed: no reasons, and `closes_at` is when the next window begins. Blocked: the reasons, and `opens_at` is when
    the window ends, with all the days that make it longer.
    """

    at: datetime
    allowed: bool
    reasons: tuple[str, ...]
    opens_at: datetime | None
    closes_at: datetime | None


def windows(fleet: Fleet, regions: Collection[str], within: Interval) -> tuple[Window, ...]:
    """Return when changes are blocked in any of the regions: sorted, with gaps between, cut to `within`.

    Raises:
        KeyError: the fleet has no region of such a name.
        NaiveInstantError: `within` has no offset from UTC.
    """
    for name in regions:
        fleet.region(name)
    places = [place for name in fleet.regions if name in regions for place in places_of(fleet.region(name))]
    return _cut(places, fleet_rules(fleet), within)


def zone_windows(workloads: Workloads, zones: Collection[str], within: Interval) -> tuple[Window, ...]:
    """Return when changes would be blocked in places with these IANA time zones and no holidays; see `windows`.

    Raises:
        ZoneInfoNotFoundError: there is no time zone of such a name.
        NaiveInstantError: `within` has no offset from UTC.
    """
    return _cut([bare_place(zone) for zone in zones], rules_of(workloads), within)


def check(fleet: Fleet, region: Region, at: datetime) -> Verdict:
    """Return whether changes in the region are allowed at this instant, and when that changes.

    Raises:
        NaiveInstantError: `at` has no offset from UTC.
    """
    at = utc(at)
    found = _merged(places_of(region), fleet_rules(fleet), Interval(at, at))
    # There always is one: no year is without Saturdays.
    window = next(window for window in found if window.during.end > at)
    if at in window.during:
        return Verdict(at, allowed=False, reasons=window.reasons, opens_at=window.during.end, closes_at=None)
    return Verdict(at, allowed=True, reasons=(), opens_at=None, closes_at=window.during.start)


def _cut(places: Collection[Place], rules: Rules, within: Interval) -> tuple[Window, ...]:
    start, end = utc(within.start), utc(within.end)
    found: list[Window] = []
    for window in _merged(places, rules, Interval(start, end)):
        if window.during.start >= end:
            break
        during = Interval(max(window.during.start, start), min(window.during.end, end))
        if during.start < during.end:
            found.append(Window(during, window.regions, window.reasons))
    return tuple(found)


def _merged(places: Collection[Place], rules: Rules, around: Interval) -> Iterator[Window]:
    """Every whole window that ends after `around` begins, until long after it, in order."""
    reach = Interval(_beginning(places, rules, around.start), around.end + _FAR)
    days = heapq.merge(*(blocked_days(place, rules, reach) for place in places), key=attrgetter("during"))
    row: list[BlockedDay] = []
    end = reach.start
    for day in days:
        if row and day.during.start > end:
            yield _window(row, end)
            row = []
        end = max(end, day.during.end)
        row.append(day)
    if row:
        yield _window(row, end)


def _beginning(places: Collection[Place], rules: Rules, at: datetime) -> datetime:
    """Where the window begins that reaches to an instant or touches it; the instant itself if there is none."""
    start = at
    while start > at - _FAR:
        # Also a day that ends at `start`: windows that touch are one.
        near = Interval(start - _TICK, start)
        earliest = [day.during.start for place in places for day in blocked_days(place, rules, near)]
        if not earliest:
            break
        start = min(earliest)
    return start


def _window(row: list[BlockedDay], end: datetime) -> Window:
    return Window(
        Interval(row[0].during.start, end),
        tuple(dict.fromkeys(day.region for day in row if day.region)),
        tuple(dict.fromkeys(day.reason for day in row)),
    )
