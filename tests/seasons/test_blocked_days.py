"""Blocked days of one place, over the edges of a range and of a year."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from regions.load import load_fleet
from seasons.blocked_days import bare_place, blocked_days, rules_of
from seasons.intervals import Interval

RULES = rules_of(load_fleet().workloads)
TICK = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def reasons(zone: str, start: datetime, end: datetime) -> list[str]:
    return [day.reason for day in blocked_days(bare_place(zone), RULES, Interval(start, end))]


@pytest.mark.parametrize(
    ("zone", "start", "reason"),
    [
        # By its pad, a day of the year before.
        ("America/New_York", "2027-01-01T08:00Z", "New Year's Eve 2026-12-31 in America/New_York"),
        # By its pad and its offset, a day of the next year.
        ("Pacific/Kiritimati", "2027-12-31T09:00Z", "Saturday 2028-01-01 in Pacific/Kiritimati"),
    ],
)
def test_a_day_of_another_year_reaches_into_a_range(zone: str, start: str, reason: str) -> None:
    assert reason in reasons(zone, at(start), at(start) + TICK)


def test_days_that_only_touch_the_range_are_not_in_it() -> None:
    start, end = at("2026-11-27T22:00Z"), at("2026-11-29T04:00Z")
    assert reasons("UTC", start - timedelta(hours=1), start) == []
    assert reasons("UTC", end, end + timedelta(hours=1)) == []
    for inside in (start, end - TICK):
        assert reasons("UTC", inside, inside + TICK) == ["Saturday 2026-11-28 in UTC"]


def test_days_come_in_order() -> None:
    found = list(blocked_days(bare_place("UTC"), RULES, Interval(at("2026-01-02T00:00Z"), at("2028-12-31T23:00Z"))))
    assert found == sorted(found, key=lambda day: day.during)
    # 157 Saturdays, and two events a year.
    assert len(found) == 157 + 3 * 2
