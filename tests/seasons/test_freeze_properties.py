"""What holds for the freeze windows of any zones over any range."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from regions.fleet import Fleet
from regions.load import load_fleet
from regions.model.base import time_zone_names
from seasons.freeze import Verdict, Window, check, windows, zone_windows
from seasons.intervals import Interval, clip

FLEET = load_fleet()
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)

names = st.sampled_from(sorted(time_zone_names()))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ranges = st.builds(lambda start, length: Interval(start, start + length), instants, st.timedeltas(TICK, 20 * DAY))
margins = st.timedeltas(timedelta(), 40 * DAY)


def with_zones(*zones: str) -> Fleet:
    """The fleet with a market in each of these zones in us-east-1."""
    region = FLEET.region("us-east-1")
    markets = tuple(region.first_market.model_copy(update={"name": zone, "time_zone": zone}) for zone in zones)
    return replace(
        FLEET, regions=MappingProxyType({**FLEET.regions, region.name: region.model_copy(update={"markets": markets})})
    )


def spans(found: Collection[Window]) -> list[Interval]:
    return [window.during for window in found]


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=4), names, ranges)
def test_another_market_never_opens_a_window(few: list[str], another: str, within: Interval) -> None:
    fewer = spans(zone_windows(FLEET.workloads, few, within))
    more = spans(zone_windows(FLEET.workloads, [*few, another], within))
    assert all(any(large.start <= small.start and small.end <= large.end for large in more) for small in fewer)


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=3), ranges)
def test_windows_are_sorted_and_have_gaps_between(zones: list[str], within: Interval) -> None:
    edges = [edge for window in zone_windows(FLEET.workloads, zones, within) for edge in window.during]
    assert all(before < after for before, after in pairwise([within.start - TICK, *edges, within.end + TICK]))


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=3, unique=True), ranges)
def test_a_check_says_what_the_windows_say(zones: list[str], within: Interval) -> None:
    fleet = with_zones(*zones)
    around = Interval(within.start - 30 * DAY, within.end + 30 * DAY)
    every = windows(fleet, ["us-east-1"], around)
    for instant in (*within, *(edge for window in every for edge in window.during)):
        inside = [window for window in every if instant in window.during]
        later = [window.during.start for window in every if window.during.start > instant]
        if not later:
            continue  # the next one is outside of what was listed
        said = check(fleet, fleet.region("us-east-1"), instant)
        if inside:
            assert said == Verdict(instant, False, inside[0].reasons, inside[0].during.end, None)
        else:
            assert said == Verdict(instant, True, (), None, later[0])


@settings(deadline=None)
@given(st.lists(names, min_size=1, max_size=3), ranges, margins, margins)
def test_a_part_of_a_range_has_that_part_of_its_windows(
    zones: list[str], part: Interval, before: timedelta, after: timedelta
) -> None:
    found = zone_windows(FLEET.workloads, zones, Interval(part.start - before, part.end + after))
    cut = [replace(window, during=each) for window in found for each in clip([window.during], part)]
    assert list(zone_windows(FLEET.workloads, zones, part)) == cut


@settings(deadline=None)
@given(names)
def test_the_clock_of_a_market_is_that_of_its_zone(zone: str) -> None:
    within = Interval(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 10, tzinfo=UTC))
    assert spans(windows(with_zones(zone), ["us-east-1"], within)) == spans(
        zone_windows(FLEET.workloads, [zone], within)
    )
