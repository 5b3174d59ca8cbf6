"""Days of the week and months by a local clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from seasons.intervals import Interval, union
from seasons.local_days import clock, local_day

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
MIDNIGHT, NOON = time.min, time(12)

_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def days_of(weekday: int, within: Interval) -> tuple[date, ...]:
    """Return every date of a weekday (Monday is 0) of which a part may lie in `within` by any clock, in order."""
    start, last = (within.start - 2 * _DAY).date(), (within.end + 2 * _DAY).date()
    first = start + (weekday - start.weekday()) % 7 * _DAY
    return tuple(first + weeks * 7 * _DAY for weeks in range((last - first).days // 7 + 1))


@lru_cache(maxsize=64)
def whole_days(zone: ZoneInfo, weekday: int, within: Interval) -> tuple[Interval, ...]:
    """Return the days of a weekday that lie in part in `within`; a day that the zone left out is not there."""
    return overlapping((local_day(zone, day) for day in days_of(weekday, within)), within)


def whole_months(zone: ZoneInfo, months: Iterable[int], within: Interval) -> tuple[Interval, ...]:
    """Return these months (1-12) of every year that lie in part in `within`; months in a row are one interval."""
    wanted = frozenset(months)
    year, month = (within.start - 2 * _DAY).year, (within.start - 2 * _DAY).month
    spans: list[Interval] = []
    while (first := date(year, month, 1)) <= (within.end + 2 * _DAY).date():
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if first.month in wanted:
            spans.append(Interval(clock(zone, first, MIDNIGHT)[0], clock(zone, date(year, month, 1), MIDNIGHT)[1]))
    return overlapping(union(spans), within)


def overlapping(intervals: Iterable[Interval | None], within: Interval) -> tuple[Interval, ...]:
    """Return the intervals of which a part lies in `within`, whole."""
    return tuple(each for each in intervals if each and each.end > within.start and each.start < within.end)
