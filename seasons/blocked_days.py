"""Which days block changes: each Saturday and each event day of a place by its own clock, with their pads."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from regions.fleet import Fleet
from regions.model import Market, Region, Workloads
from regions.zones import time_zone
from seasons.identity import Same
from seasons.intervals import Interval
from seasons.local_days import dates, local_day

_SATURDAY, _DAY, _WEEK = 5, timedelta(days=1), timedelta(weeks=1)


class Rules(NamedTuple):
    """How much elapsed time around a day is blocked, and by what beside Saturdays.

    `events`: those that have a date, as (title, month, day). `fleet`: set where a public holiday or a lunar event may
    block as well.
    """

    before: timedelta
    after: timedelta
    events: tuple[tuple[str, int, int], ...]
    fleet: Same[Fleet] | None = None


class Place(NamedTuple):
    """Whose clock counts, and how to call it: a market of a region, or a bare time zone."""

    name: str
    zone: ZoneInfo
    region: str = ""
    market: Same[Market] | None = None


class BlockedDay(NamedTuple):
    """One day of one place with its pads, in UTC; `region` is empty for a bare time zone."""

    during: Interval
    region: str
    reason: str


def rules_of(workloads: Workloads) -> Rules:
    """Return the rules for places of which nothing but the clock is known: they have no holidays."""
    pads, high = workloads.saturday_protection, workloads.protection.high_event_factor
    return Rules(
        before=timedelta(hours=pads.pad_before_hours),
        after=timedelta(hours=pads.pad_after_hours),
        events=tuple(
            (event.title, event.month, event.day) for event in workloads.demand.events if event.factor >= high
        ),
    )


def fleet_rules(fleet: Fleet) -> Rules:
    """Return the rules for the fleet's markets."""
    demand, high = fleet.workloads.demand, fleet.workloads.protection.high_event_factor
    others = (demand.holidays.factor, *(event.factor for event in demand.lunar_events))
    return rules_of(fleet.workloads)._replace(fleet=Same(fleet) if max(others) >= high else None)


def places_of(region: Region) -> list[Place]:
    """Return the region's markets."""
    return [Place(f"{each.name} ({each.time_zone})", each.zone, region.name, Same(each)) for each in region.markets]


def bare_place(zone: str) -> Place:
    """Return the place of an IANA time zone.

    Raises:
        ZoneInfoNotFoundError: there is none of this name.
    """
    return Place(zone, time_zone(zone))


def blocked_days(place: Place, rules: Rules, within: Interval) -> Iterator[BlockedDay]:
    """Every blocked day of a place of which a part, pads included, lies in `within`: whole, in order."""
    # Pads and a clock's offset reach from one year into another, but never by a week.
    for year in range((within.start - _WEEK).year, (within.end + _WEEK).year + 1):
        days = _blocked_in(place, rules, year)
        for day in days[bisect_right(days, within.start, key=_end) :]:
            if day.during.start >= within.end:
                return
            yield day


def _end(day: BlockedDay) -> datetime:
    return day.during.end


@lru_cache(maxsize=1024)
def _blocked_in(place: Place, rules: Rules, year: int) -> tuple[BlockedDay, ...]:
    """The blocked days of a year by the place's own calendar, in order; without those that its clock left out."""
    named = [*_saturdays(year), *_events(rules, year), *_others(place, rules, year)]
    return tuple(
        BlockedDay(
            Interval(whole.start - rules.before, whole.end + rules.after), place.region, f"{name} {day} in {place.name}"
        )
        for day, name in sorted(named, key=itemgetter(0))
        if (whole := local_day(place.zone, day))
    )


def _saturdays(year: int) -> Iterator[tuple[date, str]]:
    first = date(year, 1, 1)
    day = first + (_SATURDAY - first.weekday()) % 7 * _DAY
    while day.year == year:
        yield day, "Saturday"
        day += _WEEK


def _events(rules: Rules, year: int) -> Iterator[tuple[date, str]]:
    for title, month, day in rules.events:
        if day <= monthrange(year, month)[1]:
            yield date(year, month, day), title


def _others(place: Place, rules: Rules, year: int) -> Iterator[tuple[date, str]]:
    """The public holidays and lunar events that block in a market."""
    if rules.fleet is None or place.market is None:
        return
    from seasons.events import occasions  # it loads other calendars, for which a quick check must not wait

    fleet, market = rules.fleet.it, place.market.it
    demand = fleet.workloads.demand.model_copy(update={"events": ()})
    around = Interval(datetime(year, 1, 1, tzinfo=UTC) - _DAY, datetime(year + 1, 1, 1, tzinfo=UTC) + _DAY)
    for occasion, spans in occasions(demand, fleet.observed_dates, market, around):
        if occasion.factor >= fleet.workloads.protection.high_event_factor:
            for day in (day for span in spans for day in _days_in(place.zone, span) if day.year == year):
                yield day, occasion.name


def _days_in(zone: ZoneInfo, span: Interval) -> Iterator[date]:
    """The days that a span of whole days is made of."""
    for day in dates(zone, span):
        whole = local_day(zone, day)
        if whole and span.start <= whole.start and whole.end <= span.end:
            yield day
