"""Freeze windows against an oracle that reads clocks minute by minute and knows nothing of intervals.

The oracle's reading of the rules: a day starts at the first minute that reads midnight and ends at the last one that
reads the next midnight; where no minute reads it, at the first that reads later. Blocked is each minute that is within
the pads of a blocked day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regions.load import load_fleet
from regions.model import Workloads
from regions.model.base import time_zone_names
from regions.model.demand import Event
from regions.zones import time_zone
from seasons.freeze import Window, zone_windows
from seasons.intervals import Interval
from seasons.local_days import local_day

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
SATURDAY = 5
WORKLOADS = load_fleet().workloads


class Rules(NamedTuple):
    """Pads in minutes, and the event days as (month, day)."""

    before: int = 120
    after: int = 240
    events: Collection[tuple[int, int]] = ((2, 14), (12, 31))

    @property
    def workloads(self) -> Workloads:
        """The project's, with these rules."""
        protection = WORKLOADS.saturday_protection.model_copy(
            update={"pad_before_hours": self.before / 60, "pad_after_hours": self.after / 60}
        )
        events = tuple(Event(name=f"event_{m}_{d}", title="Event", month=m, day=d, factor=8.0) for m, d in self.events)
        demand = WORKLOADS.demand.model_copy(update={"events": events})
        return WORKLOADS.model_copy(update={"saturday_protection": protection, "demand": demand})


# --- the oracle


@cache
def midnights(zone: str, day: date, reach: timedelta) -> tuple[datetime, datetime]:
    """The first and the last minute that read 00:00 of `day`; `reach` is how far a clock may be changed around it."""
    wanted, clock = datetime.combine(day, time.min), time_zone(zone)
    utc = wanted.replace(tzinfo=UTC)
    nominal = utc - (utc.astimezone(clock).utcoffset() or timedelta())
    minutes = [nominal + minute * MINUTE for minute in range(-int(reach / MINUTE), int(reach / MINUTE) + 1)]
    read = [minute.astimezone(clock).replace(tzinfo=None) for minute in minutes]
    assert read[0] < wanted < read[-1], "reach is too short"
    hits = [minute for minute, shown in zip(minutes, read, strict=True) if shown == wanted]
    later = [minute for minute, shown in zip(minutes, read, strict=True) if shown > wanted]
    return (hits[0], hits[-1]) if hits else (later[0], later[0])


def whole_day(zone: str, day: date, reach: timedelta = 4 * HOUR) -> tuple[datetime, datetime] | None:
    start, end = midnights(zone, day, reach)[0], midnights(zone, day + DAY, reach)[1]
    return (start, end) if start < end else None


def blocked_minutes(zones: Collection[str], rules: Rules, within: Interval, reach: timedelta) -> bytearray:
    """One byte for each minute of the range: 1 where changes are blocked."""
    marks = bytearray(int((within.end - within.start) / MINUTE))
    for zone in zones:
        day = within.start.date() - 5 * DAY
        while day <= within.end.date() + 5 * DAY:
            if (day.weekday() == SATURDAY or (day.month, day.day) in rules.events) and (
                whole := whole_day(zone, day, reach)
            ):
                first = int((whole[0] - within.start) / MINUTE) - rules.before
                last = int((whole[1] - within.start) / MINUTE) + rules.after
                for minute in range(max(first, 0), min(last, len(marks))):
                    marks[minute] = 1
            day += DAY
    return marks


def expected(zones: Collection[str], rules: Rules, within: Interval, reach: timedelta = 4 * HOUR) -> list[Interval]:
    """The runs of blocked minutes."""
    marks = bytes(blocked_minutes(zones, rules, within, reach))
    return [
        Interval(within.start + run.start() * MINUTE, within.start + run.end() * MINUTE)
        for run in re.finditer(b"\1+", marks)
    ]


# --- the rule sets of all zones


def changes(zone: str) -> Iterator[datetime]:
    """When the zone's offset changes from 2020 to 2040: the first minute of the new one. None lasts under two days."""
    clock, at = time_zone(zone), FIRST
    while at < LAST:
        end = at + 2 * DAY
        if at.astimezone(clock).utcoffset() != end.astimezone(clock).utcoffset():
            before, after = 0, int((end - at) / MINUTE)
            while after - before > 1:
                middle = (before + after) // 2
                same = (at + middle * MINUTE).astimezone(clock).utcoffset() == at.astimezone(clock).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            yield at + after * MINUTE
        at = end


@pytest.fixture(scope="module")
def rule_sets() -> Mapping[str, tuple[datetime, ...]]:
    """One zone of all those whose clocks go alike from 2020 to 2040, and when its clock is changed."""
    zones: dict[object, tuple[str, tuple[datetime, ...]]] = {}
    for zone in sorted(time_zone_names()):
        when = tuple(changes(zone))
        offsets = tuple(at.astimezone(time_zone(zone)).utcoffset() for at in (FIRST, *when))
        zones.setdefault((when, offsets), (zone, when))
    return dict(zones.values())


def intervals(windows: Collection[Window]) -> list[Interval]:
    return [window.during for window in windows]


def test_the_zones_are_about_eighty_rule_sets(rule_sets: Mapping[str, tuple[datetime, ...]]) -> None:
    assert 70 <= len(rule_sets) <= 120 < len(time_zone_names())
    assert sum(len(when) for when in rule_sets.values()) > 1000


def test_days_around_every_change_of_every_rule_set(rule_sets: Mapping[str, tuple[datetime, ...]]) -> None:
    for zone, when in rule_sets.items():
        for at in when:
            near = at.astimezone(time_zone(zone)).date()
            saturday = near + ((SATURDAY - near.weekday()) % 7) * DAY
            for day in {near - DAY, near, near + DAY, saturday - 7 * DAY, saturday}:
                whole = whole_day(zone, day)
                assert local_day(time_zone(zone), day) == (whole and Interval(*whole)), f"{day} in {zone}"


def test_windows_around_every_change_of_every_rule_set(rule_sets: Mapping[str, tuple[datetime, ...]]) -> None:
    """The days on which the clock is changed are event days, so that edges lie as close to the change as they can."""
    for zone, when in rule_sets.items():
        for at in when:
            days = {(at + shift).astimezone(time_zone(zone)).date() for shift in (-MINUTE, timedelta(), HOUR)}
            rules = Rules(events=frozenset((day.month, day.day) for day in days))
            within = Interval(at - 4 * DAY, at + 4 * DAY)
            found = intervals(zone_windows(rules.workloads, [zone], within))
            assert found == expected([zone], rules, within), f"around {at} in {zone}"


def test_windows_of_zones_whose_clocks_are_never_changed(rule_sets: Mapping[str, tuple[datetime, ...]]) -> None:
    still = [zone for zone, when in rule_sets.items() if not when]
    within = Interval(datetime(2027, 12, 20, tzinfo=UTC), datetime(2028, 1, 12, tzinfo=UTC))
    for zone in still:
        assert intervals(zone_windows(WORKLOADS, [zone], within)) == expected([zone], Rules(), within), zone
    assert len(still) > 30


@pytest.mark.parametrize(
    ("zone", "left_out"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
def test_windows_around_a_day_that_was_left_out(zone: str, left_out: date) -> None:
    rules = Rules(events=[(left_out.month, left_out.day)])
    start = datetime.combine(left_out, time.min, UTC)
    within = Interval(start - 5 * DAY, start + 9 * DAY)
    found = zone_windows(rules.workloads, [zone], within)
    assert intervals(found) == expected([zone], rules, within, reach=28 * HOUR)
    assert str(left_out) not in str(found)


zones = st.lists(st.sampled_from(sorted(time_zone_names())), min_size=1, max_size=3, unique=True)
ranges = st.builds(
    lambda start, length: Interval(start, start + length),
    st.datetimes(datetime(2020, 1, 10), datetime(2040, 12, 1)).map(  # noqa: DTZ001 - bounds of what is made aware
        lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
    st.timedeltas(MINUTE, 16 * DAY).map(lambda length: length // MINUTE * MINUTE),
)
quarters = st.integers(0, 4 * 48).map(lambda quarter: 15 * quarter)
event_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
all_rules = st.builds(Rules, quarters, quarters, st.frozensets(event_days, max_size=3))


@settings(deadline=None)
@given(zones, all_rules, ranges)
def test_windows_cover_exactly_what_the_oracle_covers(zones: list[str], rules: Rules, within: Interval) -> None:
    """Its runs are sorted and disjoint, and have gaps between them: so do the windows."""
    assert intervals(zone_windows(rules.workloads, zones, within)) == expected(zones, rules, within)
