"""What a market's calendar says: cases worked by hand."""

from __future__ import annotations

import pytest

from regions.model import Market, Season
from seasons.calendar import busiest, market_calendar, moment_at, moments, phases, weddings
from seasons.intervals import Interval, clip, subtract, union

from .fleets import SUMMER, fleet_of, market, region_of, spans, utc

YEAR = Interval(utc("2026-01-01"), utc("2027-01-01"))
SOUTHERN = Season(peak_months=(10, 11, 12, 1, 2, 3), engagement_months=(6, 7, 12))
WEEK = Interval(utc("2026-06-03"), utc("2026-06-10"))


def seasons_of(season: Season, place: Market, within: Interval = YEAR) -> dict[str, list[tuple[str, str]]]:
    return {phase: spans(clip(found, within)) for phase, found in phases(season, place, within).items()}


def test_a_northern_season() -> None:
    assert seasons_of(SUMMER, market("Europe/Berlin")) == {
        "wedding_season": [("2026-05-31 22:00", "2026-08-31 22:00")],
        "engagement_season": [("2026-01-01 00:00", "2026-02-28 23:00"), ("2026-11-30 23:00", "2027-01-01 00:00")],
        "off_season": [("2026-02-28 23:00", "2026-05-31 22:00"), ("2026-08-31 22:00", "2026-11-30 23:00")],
    }


def test_a_southern_season_goes_over_the_years_end_and_wins_over_engagements() -> None:
    assert seasons_of(SOUTHERN, market("Australia/Sydney")) == {
        "wedding_season": [("2026-01-01 00:00", "2026-03-31 13:00"), ("2026-09-30 14:00", "2027-01-01 00:00")],
        "engagement_season": [("2026-05-31 14:00", "2026-07-31 14:00")],
        "off_season": [("2026-03-31 13:00", "2026-05-31 14:00"), ("2026-07-31 14:00", "2026-09-30 14:00")],
    }


@pytest.mark.parametrize("zone", ["America/Havana", "Atlantic/Azores", "Asia/Beirut", "Pacific/Apia"])
@pytest.mark.parametrize("season", [SUMMER, SOUTHERN, Season(peak_months=(11,), engagement_months=())])
def test_phases_cover_every_instant_once(zone: str, season: Season) -> None:
    long = Interval(utc("2009-01-01"), utc("2029-01-01"))
    found = phases(season, market(zone), long)
    assert subtract([long], [each for intervals in found.values() for each in intervals]) == ()
    total = sum((each.end - each.start for each in clip(union(sum(found.values(), ())), long)), long.end - long.end)
    apart = sum((e.end - e.start for i in found.values() for e in clip(i, long)), long.end - long.end)
    assert total == apart == long.end - long.start


def test_a_season_that_ends_with_a_midnight_that_comes_twice_goes_to_the_second() -> None:
    # Havana's clocks went back from 01:00 to 00:00 on 1 November 2020: October's end was the later midnight.
    october, year = Season(peak_months=(10,), engagement_months=()), Interval(utc("2020-01-01"), utc("2021-01-01"))
    found = seasons_of(october, market("America/Havana"), year)
    assert found["wedding_season"] == [("2020-10-01 04:00", "2020-11-01 05:00")]
    assert found["off_season"][1][0] == "2020-11-01 05:00"


def test_a_week_in_new_york() -> None:
    fleet = fleet_of(market("America/New_York", {"jewish": 0.1, "british": 0.9}))
    region = region_of(fleet)
    week = market_calendar(fleet, region, region.markets[0], WEEK)
    assert spans(week.saturdays) == [("2026-06-06 04:00", "2026-06-07 04:00")]
    assert spans(week.beside_saturdays) == [
        ("2026-06-05 04:00", "2026-06-06 04:00"),
        ("2026-06-07 04:00", "2026-06-08 04:00"),
    ]
    assert {workload: spans(found) for workload, found in week.rushes.items()} == {
        "performance_monitor": [("2026-06-06 12:00", "2026-06-06 16:00")],
        "wedding_api": [("2026-06-06 04:00", "2026-06-07 04:00")],
    }
    assert spans(week.sabbaths) == [("2026-06-06 00:23", "2026-06-07 01:15")]
    assert week.occasions == ()


def test_without_a_culture_that_keeps_it_there_is_no_sabbath() -> None:
    fleet = fleet_of(market("America/New_York"))
    region = region_of(fleet)
    assert market_calendar(fleet, region, region.markets[0], WEEK).sabbaths == ()


def test_moments_change_where_anything_does() -> None:
    fleet = fleet_of(market("America/New_York", {"jewish": 0.1, "british": 0.9}))
    region = region_of(fleet)
    found = moments(market_calendar(fleet, region, region.markets[0], WEEK))
    said = [
        (f"{during.start:%d %H:%M}", moment.saturday, moment.beside_saturday, moment.rushes, moment.sabbath)
        for during, moment in found.pieces()
    ]
    both, api = ("performance_monitor", "wedding_api"), ("wedding_api",)
    assert said == [
        ("03 00:00", False, False, (), False),
        ("05 04:00", False, True, (), False),
        ("06 00:23", False, True, (), True),
        ("06 04:00", True, False, api, True),
        ("06 12:00", True, False, both, True),
        ("06 16:00", True, False, api, True),
        ("07 01:15", True, False, api, False),
        ("07 04:00", False, True, (), False),
        ("08 04:00", False, False, (), False),
    ]
    assert {moment.phase for moment in found.table} == {"wedding_season"}


def test_of_several_occasions_the_busiest_counts() -> None:
    # New Year's Eve of 2024 in Nigeria's own time, and a public holiday on the next day.
    fleet = fleet_of(market("Africa/Lagos"))
    region = region_of(fleet)
    at = [moment_at(fleet, region, region.markets[0], utc(text)).occasion for text in ("2024-12-31", "2025-01-01")]
    assert [(occasion.name, occasion.factor) for occasion in at] == [("New Year's Eve", 8.0), ("New Year's Day", 1.5)]


def test_moments_of_months_that_follow_each_other_agree_with_one_range() -> None:
    fleet = fleet_of(market("Pacific/Auckland", {"jewish": 1.0}, season=SOUTHERN))
    region = region_of(fleet)
    whole = moments(market_calendar(fleet, region, region.markets[0], YEAR))
    for during, moment in whole.pieces():
        assert moment_at(fleet, region, region.markets[0], during.start) == moment


def test_weddings_are_of_the_markets_cultures() -> None:
    fleet = fleet_of(market("Asia/Kolkata", {"indian": 0.9, "british": 0.1}))
    found = weddings(fleet, region_of(fleet).markets[0], WEEK)
    assert {culture: spans(days) for culture, days in found.items()} == {
        "indian": [("2026-06-04 18:30", "2026-06-07 18:30")],
        "british": [("2026-06-05 18:30", "2026-06-06 18:30")],
    }


def test_the_busiest_phase_is_the_regions() -> None:
    assert busiest(["off_season", "wedding_season", "engagement_season"]) == "wedding_season"
    assert busiest(["off_season", "engagement_season"]) == "engagement_season"
    assert busiest(["off_season"]) == "off_season"
