"""Days by a local clock, as intervals of UTC. A clock may jump over midnight, strike it twice or leave out a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from seasons.intervals import Interval

_DAY = timedelta(days=1)


class NaiveInstantError(ValueError):
    """An instant without an offset: nobody knows when it is."""


def utc(instant: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        NaiveInstantError: it has no offset.
    """
    if instant.utcoffset() is None:
        raise NaiveInstantError(f"{instant.isoformat()} has no offset from UTC: write {instant.isoformat()}Z or +02:00")
    return instant.astimezone(UTC)


@lru_cache(maxsize=8192)
def clock(zone: ZoneInfo, day: date, at: time) -> tuple[datetime, datetime]:
    """Return when the clock of `zone` shows this first, and when last, in UTC: one instant, but for changed clocks.

    A time that the clock jumps over counts as the first instant after the gap.
    """
    once = datetime.combine(day, at, zone)
    again = once.replace(fold=1)
    first = once.astimezone(UTC)
    if again.utcoffset() == once.utcoffset():
        return first, first  # nearly always
    last = again.astimezone(UTC)
    if last >= first:
        return first, last
    after = _jump(zone, last, first)
    return after, after


@lru_cache(maxsize=8192)
def local_day(zone: ZoneInfo, day: date) -> Interval | None:
    """Return the whole day from its first midnight to the last midnight after it; None if the zone left the day out."""
    start, end = clock(zone, day, time.min)[0], clock(zone, day + _DAY, time.min)[1]
    return Interval(start, end) if start < end else None


def local_hours(zone: ZoneInfo, day: date, start_hour: int, end_hour: int) -> Interval | None:
    """Return these hours of the day; an `end_hour` of 24 is the day's end. None if the clock jumps over all of them."""
    start = clock(zone, day, time(start_hour))[0]
    end = clock(zone, day + _DAY, time.min)[1] if end_hour == 24 else clock(zone, day, time(end_hour))[1]
    return Interval(start, end) if start < end else None


def dates(zone: ZoneInfo, within: Interval) -> Iterator[date]:
    """Every local date of which a part may lie in `within`, in order; those at the ends may lie outside."""
    # A day on either side, for a clock that is turned back over midnight shows the day before once more.
    day = within.start.astimezone(zone).date() - _DAY
    last = within.end.astimezone(zone).date() + _DAY
    while day <= last:
        yield day
        day += _DAY


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant, to the second, at which the zone's offset changes between two instants."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)
