"""Days whose midnight does not exist, comes twice, or that a zone left out: from the zones' published rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions.zones import time_zone
from seasons.intervals import Interval
from seasons.local_days import NaiveInstantError, clock, dates, local_day, local_hours, utc

ZONES = (
    *("America/New_York", "America/Havana", "America/Santiago", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu"),
    *(
        "Africa/Cairo",
        "Africa/Casablanca",
        "Antarctica/Troll",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(zone: str, text: str) -> Interval | None:
    return local_day(time_zone(zone), date.fromisoformat(text))


@pytest.mark.parametrize(
    ("zone", "text", "start", "end"),
    [
        # An ordinary day, and those that are an hour, or half of one, shorter and longer.
        ("America/New_York", "2026-11-28", "2026-11-28T05:00Z", "2026-11-29T05:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", "2026-04-05T13:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30Z", "2026-10-04T13:00Z"),
        # Offsets of 30 and 45 minutes.
        ("Asia/Kolkata", "2026-11-28", "2026-11-27T18:30Z", "2026-11-28T18:30Z"),
        ("Asia/Kathmandu", "2026-11-28", "2026-11-27T18:15Z", "2026-11-28T18:15Z"),
        ("Pacific/Chatham", "2026-11-28", "2026-11-27T10:15Z", "2026-11-28T10:15Z"),
        ("Pacific/Marquesas", "2026-11-28", "2026-11-28T09:30Z", "2026-11-29T09:30Z"),
        # Midnight is jumped over: the day after starts, and the day before ends, at the first instant after the gap.
        ("Asia/Beirut", "2026-03-28", "2026-03-27T22:00Z", "2026-03-28T22:00Z"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00Z", "2026-03-29T21:00Z"),
        ("America/Santiago", "2026-09-05", "2026-09-05T04:00Z", "2026-09-06T04:00Z"),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00Z", "2026-09-07T03:00Z"),
        ("America/Asuncion", "2023-09-30", "2023-09-30T04:00Z", "2023-10-01T04:00Z"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
        ("America/Havana", "2024-03-09", "2024-03-09T05:00Z", "2024-03-10T05:00Z"),
        # The clock is turned back at 24:00, to 23:00 of the same day.
        ("Asia/Beirut", "2026-10-24", "2026-10-23T21:00Z", "2026-10-24T22:00Z"),
        ("America/Santiago", "2026-04-04", "2026-04-04T03:00Z", "2026-04-05T04:00Z"),
        # Midnight comes twice: Saturday ends at the later one, Sunday starts at the earlier.
        ("America/Havana", "2024-11-02", "2024-11-02T04:00Z", "2024-11-03T05:00Z"),
        ("America/Havana", "2024-11-03", "2024-11-03T04:00Z", "2024-11-04T05:00Z"),
        # … as it did where the clock was turned back at 00:01, so that a minute of Sunday was followed by Saturday.
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30Z", "2010-11-07T03:30Z"),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z", "2010-11-08T03:30Z"),
        # The days around one that was left out.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z"),
        ("Pacific/Kwajalein", "1993-08-20", "1993-08-20T12:00Z", "1993-08-21T12:00Z"),
        ("Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00Z", "1993-08-22T12:00Z"),
        # The year's end and a leap day.
        ("Asia/Tokyo", "2026-12-31", "2026-12-30T15:00Z", "2026-12-31T15:00Z"),
        ("Europe/Berlin", "2028-02-29", "2028-02-28T23:00Z", "2028-02-29T23:00Z"),
    ],
)
def test_a_day_is_from_its_first_midnight_to_the_last_one_after_it(zone: str, text: str, start: str, end: str) -> None:
    assert day(zone, text) == Interval(at(start), at(end))


@pytest.mark.parametrize(("zone", "text"), [("Pacific/Apia", "2011-12-30"), ("Pacific/Kwajalein", "1993-08-21")])
def test_a_day_that_the_zone_left_out_is_none(zone: str, text: str) -> None:
    assert day(zone, text) is None


def test_a_clock_shows_a_time_twice_when_it_is_turned_back() -> None:
    shown = clock(time_zone("America/New_York"), date(2026, 11, 1), time(1, 30))
    assert shown == (at("2026-11-01T05:30Z"), at("2026-11-01T06:30Z"))


def test_a_time_that_is_jumped_over_is_the_first_instant_after_the_gap() -> None:
    gap = clock(time_zone("America/New_York"), date(2026, 3, 8), time(2, 30))
    assert gap == (at("2026-03-08T07:00Z"),) * 2


@pytest.mark.parametrize(
    ("text", "hours", "expected"),
    [
        ("2026-11-28", (8, 12), ("2026-11-28T13:00Z", "2026-11-28T17:00Z")),
        ("2026-11-28", (22, 24), ("2026-11-29T03:00Z", "2026-11-29T05:00Z")),
        ("2026-11-01", (0, 24), ("2026-11-01T04:00Z", "2026-11-02T05:00Z")),
        ("2026-11-01", (1, 2), ("2026-11-01T05:00Z", "2026-11-01T07:00Z")),  # twice from one to two
        ("2026-03-08", (1, 3), ("2026-03-08T06:00Z", "2026-03-08T07:00Z")),
    ],
)
def test_hours_of_a_day(text: str, hours: tuple[int, int], expected: tuple[str, str]) -> None:
    found = local_hours(time_zone("America/New_York"), date.fromisoformat(text), *hours)
    assert found == Interval(at(expected[0]), at(expected[1]))


def test_hours_that_are_jumped_over_are_none() -> None:
    assert local_hours(time_zone("America/New_York"), date(2026, 3, 8), 2, 3) is None


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(1993, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.timedeltas(timedelta(minutes=1), timedelta(days=4)),
)
def test_no_local_date_of_a_range_is_left_out(name: str, start: datetime, length: timedelta) -> None:
    zone = time_zone(name)
    within = Interval(start, start + length)
    found = list(dates(zone, within))
    assert found == sorted(set(found))
    minutes = range(0, int(length / timedelta(minutes=1)), 7)
    shown = {(start + timedelta(minutes=minute)).astimezone(zone).date() for minute in minutes}
    touching = {
        each for each in found if (whole := local_day(zone, each)) and whole.start < within.end and whole.end > start
    }
    assert shown <= touching
    for outside in (found[0] - timedelta(days=1), found[-1] + timedelta(days=1)):
        whole = local_day(zone, outside)
        assert whole is None or whole.end <= start or whole.start >= within.end


def test_a_clock_that_is_turned_back_over_midnight_shows_the_day_before_once_more() -> None:
    """At 00:01 on Sunday, to 23:01 on Saturday."""
    minutes = Interval(at("2010-11-07T02:30Z"), at("2010-11-07T02:32Z"))
    assert {date(2010, 11, 6), date(2010, 11, 7)} <= set(dates(time_zone("America/St_Johns"), minutes))


def test_an_instant_is_told_in_utc() -> None:
    told = utc(at("2026-11-28T01:30+05:30"))
    assert told == at("2026-11-27T20:00Z")
    assert told.tzinfo is UTC


def test_an_instant_without_an_offset_is_refused_with_the_fix() -> None:
    with pytest.raises(NaiveInstantError, match=r"2026-11-28T10:00:00 has no offset from UTC: write .*Z or"):
        utc(at("2026-11-28T10:00"))
