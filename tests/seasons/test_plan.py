"""Plans of one market in UTC that has all of the world's traffic, worked by hand from the requirements' numbers.

Mean 578.7 requests/s; a replica of the monitor serves 416.7, one of the API 200; headroom 1.25.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pytest

from regions.fleet import Fleet
from regions.model import Region, Season
from regions.node_pools import pool_floors, pool_plans
from regions.zones import time_zone
from seasons.intervals import Interval
from seasons.levels import Level
from seasons.local_days import NaiveInstantError
from seasons.plan import Bounds, Plan, next_change, plan_at, plans
from seasons.timetable import acu_for

from .fleets import BASELINE, FLEET, WORKLOADS, fleet_of, market, region_of, utc

MONITOR, API = "performance_monitor", "wedding_api"


def at(text: str, fleet: Fleet | None = None, *, emergency: bool = False) -> Plan:
    fleet = fleet or fleet_of(market())
    return plan_at(fleet, region_of(fleet), utc(text), emergency=emergency)


def changes(found: Sequence[Plan]) -> list[tuple[str, str, int, int]]:
    """When each plan begins, its level, and the floors of monitor and API."""
    return [
        (
            f"{plan.during.start:%m-%d %H:%M}",
            plan.level.name,
            plan.workloads[MONITOR].floor,
            plan.workloads[API].floor,
        )
        for plan in found
    ]


# Floor, ceiling, CPU target, and replicas short: of the monitor, then of the API.
@pytest.mark.parametrize(
    ("when", "level", "monitor", "api"),
    [
        ("2026-04-15 12:00", Level.NORMAL, (4, 24, 70, 0), (10, 50, 80, 0)),  # off season
        ("2026-01-14 12:00", Level.NORMAL, (6, 24, 70, 0), (10, 50, 80, 0)),  # engagement season
        ("2026-07-15 12:00", Level.NORMAL, (12, 24, 70, 0), (10, 50, 80, 0)),  # peak
        ("2026-07-17 12:00", Level.HIGH, (12, 24, 70, 0), (35, 50, 80, 0)),  # Friday in the peak
        ("2026-07-19 12:00", Level.HIGH, (12, 24, 70, 0), (35, 50, 80, 0)),  # Sunday in the peak
        # Saturday off season, before, in and after its surge: 578.7 x 6 x 1.25 / 416.7 = 10.4, so 11, and 20 % more.
        # Of the API 578.7 x 8 x 1.25 / 200 = 28.9 are fewer than the level's 35; 20 % more are 42.
        ("2026-04-18 05:59", Level.HIGH, (5, 24, 60, 0), (42, 50, 60, 0)),
        ("2026-04-18 09:00", Level.HIGH, (14, 24, 60, 0), (42, 50, 60, 0)),
        ("2026-04-18 12:00", Level.HIGH, (5, 24, 60, 0), (42, 50, 60, 0)),
        # Saturday in the peak: 578.7 x 24 x 1.25 / 416.7 = 41.7, and 578.7 x 20 x 1.25 / 200 = 72.3.
        ("2026-07-18 09:00", Level.MAXIMUM, (36, 36, 60, 6), (50, 50, 60, 23)),
        ("2026-07-18 15:00", Level.MAXIMUM, (29, 36, 60, 0), (50, 50, 60, 23)),  # 24 x 1.2 = 28.8
        # Valentine's Day on a Friday: 578.7 x 15 x 1.25 / 416.7 = 26.04.
        ("2025-02-14 12:00", Level.HIGH, (24, 24, 60, 3), (42, 50, 60, 0)),
        # New Year's Eve: 578.7 x 20 x 1.25 / 416.7 = 34.7, so 35, and 20 % more are 42.
        ("2026-12-31 12:00", Level.MAXIMUM, (36, 36, 60, 0), (50, 50, 60, 0)),
    ],
)
def test_bounds(when: str, level: Level, monitor: tuple[int, ...], api: tuple[int, ...]) -> None:
    plan = at(when)
    found = [(b.floor, b.ceiling, b.cpu_percent, b.shortfall) for b in plan.workloads.values()]
    assert (plan.level, *found) == (level, monitor, api)
    assert plan.wedding_day == (monitor[2] == 60)


def test_an_emergency_is_the_maximum_anywhere() -> None:
    plan = at("2026-04-15 12:00", emergency=True)
    # 578.7 x 10 x 1.25 / 416.7 = 17.4 are fewer than 24; 578.7 x 10 x 1.25 / 200 = 36.2 fewer than 50.
    assert (plan.level, plan.emergency, plan.wedding_day) == (Level.MAXIMUM, True, False)
    assert [each.rate for each in plan.workloads.values()] == pytest.approx([10 * BASELINE, 10 * BASELINE])
    assert plan.workloads[MONITOR] == Bounds(24, 36, 70, plan.workloads[MONITOR].rate, 0)
    assert plan.workloads[API] == Bounds(50, 50, 80, plan.workloads[API].rate, 0)
    assert plan.reasons[0] == "Level MAXIMUM: an emergency is declared."


def test_a_weekend_off_season() -> None:
    fleet = fleet_of(market())
    within = Interval(utc("2026-04-16 12:00"), utc("2026-04-20"))
    assert changes(plans(fleet, region_of(fleet), within)) == [
        ("04-16 12:00", "NORMAL", 4, 10),
        ("04-17 22:00", "NORMAL", 5, 42),  # two hours before Saturday: wedding-day mode, and what Saturday needs
        ("04-18 00:00", "HIGH", 5, 42),
        ("04-18 06:00", "HIGH", 14, 42),  # two hours before the surge
        ("04-18 12:00", "HIGH", 5, 42),
        ("04-19 00:00", "NORMAL", 4, 10),
    ]


def test_a_weekend_in_the_peak() -> None:
    fleet = fleet_of(market())
    within = Interval(utc("2026-07-16 12:00"), utc("2026-07-21"))
    assert changes(plans(fleet, region_of(fleet), within)) == [
        ("07-16 12:00", "NORMAL", 12, 10),
        ("07-16 22:00", "NORMAL", 12, 35),
        ("07-17 00:00", "HIGH", 12, 35),
        ("07-17 22:00", "HIGH", 29, 50),
        ("07-18 00:00", "MAXIMUM", 29, 50),
        ("07-18 06:00", "MAXIMUM", 36, 50),
        ("07-18 12:00", "MAXIMUM", 29, 50),
        ("07-19 00:00", "HIGH", 12, 35),
        ("07-20 00:00", "NORMAL", 12, 10),
    ]


@pytest.mark.parametrize(("zone", "floors"), [("Etc/GMT+7", [9]), ("Etc/GMT+8", [9, 5, 9])])
def test_between_two_surges_nothing_flaps(zone: str, floors: list[int]) -> None:
    # With two hours' lead, a second surge at 15:00 leaves a dip of an hour, and one at 16:00 a dip of two.
    # (0.5 x 6 + 0.5) x 578.7 x 1.25 / 416.7 = 6.1, so 7, and 20 % more are 9; without a surge 4, and 5.
    fleet = fleet_of(market(share=0.5), market(zone, share=0.5))
    within = Interval(utc("2026-04-18 10:00"), utc("2026-04-18 18:00"))
    found = [plan.workloads[MONITOR].floor for plan in plans(fleet, region_of(fleet), within)]
    assert [floor for floor, _ in groupby(found)] == floors


def test_a_part_of_the_day_is_planned_as_in_the_whole() -> None:
    fleet = fleet_of(market(share=0.5), market("Etc/GMT+7", share=0.5))
    region = region_of(fleet)
    whole = plans(fleet, region, Interval(utc("2026-04-17"), utc("2026-04-20")))
    for quarters in range(4 * 60):
        start = utc("2026-04-17 06:00") + quarters * timedelta(minutes=15)
        (part,) = plans(fleet, region, Interval(start, start + timedelta(minutes=1)))
        assert [part.workloads] == [plan.workloads for plan in whole if start in plan.during]


def test_two_hemispheres() -> None:
    southern = Season(peak_months=(10, 11, 12, 1, 2, 3), engagement_months=())
    fleet = fleet_of(market(share=0.5), market("Australia/Sydney", share=0.5, season=southern))
    january, july, april = at("2026-01-14", fleet), at("2026-07-15", fleet), at("2026-04-15", fleet)
    assert [plan.phase for plan in (january, july, april)] == ["wedding_season", "wedding_season", "off_season"]
    # Saturday in Sydney, where it is the season, and still Friday in UTC, where it is not.
    assert at("2026-01-16 12:59", fleet).level is Level.HIGH
    assert at("2026-01-16 13:00", fleet).level is Level.MAXIMUM
    assert at("2026-01-17 13:00", fleet).level is Level.HIGH


def test_nodes_have_room_for_the_planned_floors() -> None:
    quiet, busy = at("2026-04-15"), at("2026-07-18 09:00")
    lowest = {name: pool.floor for name, pool in pool_plans(WORKLOADS, 3).items()}
    assert quiet.nodes == lowest
    names = {MONITOR: WORKLOADS.performance_monitor.name, API: WORKLOADS.wedding_api.name}
    planned = {name: busy.workloads[workload].floor for workload, name in names.items()}
    assert busy.nodes == pool_floors(WORKLOADS, 3, planned)
    assert all(busy.nodes[name] > lowest[name] for name in lowest)


@pytest.mark.parametrize(
    ("when", "acu", "short"),
    [
        ("2026-04-15", 4, 0),  # half of the baseline's is less than what the region has anyway
        ("2026-07-15", 8, 0),  # 4 x 0.5 x 4
        ("2026-01-14", 5, 0),  # 4 x 0.5 x 2.5
        ("2026-04-18 15:00", 16, 0),  # of the API's 8
        ("2026-07-18 09:00", 40, 8),  # 4 x 0.5 x 24, cut off at the ceiling
    ],
)
def test_the_databases_floor_goes_with_the_busier_workload(when: str, acu: float, short: float) -> None:
    plan = at(when, fleet_of(market(), min_acu=4, max_acu=40))
    assert (plan.min_acu, plan.acu_shortfall) == (acu, short)


def test_acu_are_rounded_up_to_halves() -> None:
    region = region_of(fleet_of(market(), min_acu=2))
    rates = (1.0, 2.0, 2.01, 2.5, 2.51)
    assert [acu_for(WORKLOADS, region, 100, 100 * rate) for rate in rates] == [2, 2, 2.5, 2.5, 3]


def test_what_is_missing_is_said_before_what_is_there() -> None:
    plan = at("2026-07-18 09:00", fleet_of(market(), max_acu=40))
    assert plan.reasons == (
        "Level MAXIMUM: Saturday in the wedding season.",
        "database-performance-monitor is 6 replicas short: 13,889 requests/s want 42, its ceiling is 36.",
        "wedding-api is 23 replicas short: 11,574 requests/s want 73, its ceiling is 50.",
        "The databases' floor is 8 ACU short: 48 wanted, max_acu is 40.",
        "Wedding-day mode: floors 20 % higher, CPU target 60 %, metrics every 10 s.",
        "database-performance-monitor: 36 to 36 replicas: 13,889 requests/s with headroom take 42.",
        "wedding-api: 50 to 50 replicas: 11,574 requests/s with headroom take 73.",
    )


def test_a_floor_says_what_it_is_for() -> None:
    assert at("2026-04-15").reasons == (
        "Level NORMAL: an ordinary day.",
        "database-performance-monitor: 4 to 24 replicas: 4 is the floor of the off season at level NORMAL;"
        " 579 requests/s with headroom take 2.",
        "wedding-api: 10 to 50 replicas: 10 is the floor of the off season at level NORMAL;"
        " 579 requests/s with headroom take 4.",
    )
    before_saturday = at("2026-07-17 23:00").reasons
    assert "50 to 50 replicas: 11,574 requests/s with headroom take 73" in before_saturday[-1]
    small = fleet_of(market(share=0.1))
    assert (
        at("2026-07-17 23:00", small)
        .reasons[-1]
        .startswith("wedding-api: 50 to 50 replicas: 50 is the floor of a rush that is near; 1,157 requests/s")
    )


def test_a_floor_that_is_kept_between_two_rushes_says_so() -> None:
    fleet = fleet_of(market(share=0.5), market("Etc/GMT+7", share=0.5))
    kept, needed = at("2026-04-18 12:30", fleet).reasons[-2], at("2026-04-18 13:30", fleet).reasons[-2]
    assert kept.startswith(
        "database-performance-monitor: 9 to 24 replicas: kept, for as many are needed again soon; 579 requests/s"
    )
    assert needed == "database-performance-monitor: 9 to 24 replicas: 2,025 requests/s with headroom take 7."


def test_a_plan_is_as_long_as_it_holds() -> None:
    plan = at("2026-04-15 12:34")
    assert (plan.during.start, plan.during.end) == (utc("2026-04-12"), utc("2026-04-17 22:00"))


def test_the_next_change_passes_over_what_changes_no_number() -> None:
    fleet = fleet_of(market("America/New_York", {"jewish": 0.5, "british": 0.5}))
    region = region_of(fleet)
    plan = plan_at(fleet, region, utc("2026-04-15 12:00"))
    assert plan.during.end == utc("2026-04-17 23:37")  # sunset, from which the rate is lower
    following = next_change(fleet, region, plan)
    assert following is not None
    assert following.during.start == utc("2026-04-18 02:00")
    assert following.workloads[API].floor == 42


def test_instants_may_have_any_offset_but_must_have_one() -> None:
    fleet = fleet_of(market())
    elsewhere = utc("2026-04-18 09:00").astimezone(time_zone("Asia/Kolkata"))
    assert plan_at(fleet, region_of(fleet), elsewhere) == at("2026-04-18 09:00")
    naive = utc("2026-04-18").replace(tzinfo=None)
    with pytest.raises(NaiveInstantError, match="has no offset"):
        plan_at(fleet, region_of(fleet), naive)
    with pytest.raises(NaiveInstantError, match="has no offset"):
        plans(fleet, region_of(fleet), Interval(naive, naive + timedelta(days=1)))


def test_an_empty_range_has_no_plans() -> None:
    fleet = fleet_of(market())
    assert plans(fleet, region_of(fleet), Interval(utc("2026-04-18"), utc("2026-04-18"))) == ()


@pytest.mark.parametrize("region", FLEET.regions.values(), ids=lambda region: region.name)
def test_the_projects_own_year_has_no_shortfall(region: Region) -> None:
    year = plans(FLEET, region, Interval(utc("2026-01-01"), utc("2027-01-01")))
    assert {bounds.shortfall for plan in year for bounds in plan.workloads.values()} == {0}
    assert {plan.acu_shortfall for plan in year} == {0}
    assert {plan.level for plan in year} == set(Level)


def test_metrics_are_taken_more_often_in_wedding_day_mode() -> None:
    """From two hours before Saturday, with the mode."""
    assert [at(text).metrics_interval_seconds for text in ("2026-04-16 12:00", "2026-04-18 09:00")] == [30, 10]
