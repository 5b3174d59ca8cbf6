"""A region's hours served in three ways, on the project's own regions."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from regions.load import load_fleet
from seasons.demand import demand
from seasons.intervals import HOUR, Interval
from seasons.plan import plans
from seasons.simulation import SEED, Comparison, compare, expected_rates, with_noise, year

from .fleets import fleet_of, market, region_of

_FLEET = load_fleet()
_EAST, _ASIA = _FLEET.region("us-east-1"), _FLEET.region("asia-pacific-1")
# Monday to Monday around a Saturday of the wedding season.
_WEEK = Interval(datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC))


@pytest.fixture(scope="module")
def week() -> Comparison:
    rates = with_noise(expected_rates(_FLEET, _EAST, "performance_monitor", _WEEK), SEED)
    return compare(_FLEET.workloads, "performance_monitor", rates, _WEEK.start, plans(_FLEET, _EAST, _WEEK))


def test_a_year_is_whole_by_utc() -> None:
    assert year(2028) == Interval(datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))


def test_expected_rates_are_the_demand_of_each_hour() -> None:
    rates = expected_rates(_FLEET, _EAST, "wedding_api", _WEEK)
    assert len(rates) == 168
    for number in (0, 100, 130):
        at = _WEEK.start + number * HOUR
        assert rates[number] == pytest.approx(sum(each.rate for each in demand(_FLEET, _EAST, "wedding_api", at)))


def test_an_hour_in_which_demand_changes_is_the_mean_of_its_halves() -> None:
    """Saturday in Kolkata starts at half past 18 on Friday, UTC."""
    start = datetime(2026, 10, 9, 18, tzinfo=UTC)
    (rate,) = expected_rates(_FLEET, _ASIA, "wedding_api", Interval(start, start + HOUR))
    halves = [
        sum(each.rate for each in demand(_FLEET, _ASIA, "wedding_api", start + minutes))
        for minutes in (timedelta(0), timedelta(minutes=30))
    ]
    assert halves[1] > 1.3 * halves[0]
    assert rate == pytest.approx(sum(halves) / 2)


def test_where_clocks_are_at_a_quarter_past_an_hour_is_the_mean_of_its_quarters() -> None:
    """Saturday in Kathmandu starts at a quarter past 18 on Friday, UTC."""
    fleet = fleet_of(market("Asia/Kathmandu"))
    start = datetime(2026, 10, 9, 18, tzinfo=UTC)
    (rate,) = expected_rates(fleet, region_of(fleet), "wedding_api", Interval(start, start + HOUR))
    before, after = (
        sum(each.rate for each in demand(fleet, region_of(fleet), "wedding_api", start + minutes))
        for minutes in (timedelta(0), timedelta(minutes=15))
    )
    assert after > 1.3 * before
    assert rate == pytest.approx((before + 3 * after) / 4)


def test_a_clock_that_is_changed_within_the_range_counts_with_both_its_offsets() -> None:
    """Lord Howe Island is at half past in winter only; Saturday starts there at 13:00 UTC in summer, 13:30 before."""
    fleet = fleet_of(market("Australia/Eucla"), market("Australia/Lord_Howe"))
    during = Interval(datetime(2026, 9, 30, tzinfo=UTC), datetime(2026, 10, 10, tzinfo=UTC))
    rates = expected_rates(fleet, region_of(fleet), "wedding_api", during)
    for number, rate in enumerate(rates):
        minutes = [during.start + number * HOUR + minute * timedelta(minutes=1) for minute in range(0, 60, 5)]
        of_minutes = [
            math.fsum(each.rate for each in demand(fleet, region_of(fleet), "wedding_api", at)) for at in minutes
        ]
        assert rate == pytest.approx(sum(of_minutes) / len(of_minutes))


def test_noise_is_the_same_for_the_same_seed_and_has_no_effect_on_the_mean() -> None:
    flat = [100.0] * 50_000
    noisy = with_noise(flat, 1)
    assert noisy == with_noise(flat, 1)
    assert noisy != with_noise(flat, 2)
    assert sum(noisy) / len(noisy) == pytest.approx(100, rel=0.01)
    logs = [math.log(each / 100) for each in noisy]
    assert math.sqrt(sum(each**2 for each in logs) / len(logs)) == pytest.approx(0.1, rel=0.1)
    beside = sum(a * b for a, b in pairwise(logs)) / sum(each**2 for each in logs)
    assert beside == pytest.approx(0.8, abs=0.03)


def test_the_plan_serves_a_peak_saturday_whole_and_the_plain_autoscaler_is_late(week: Comparison) -> None:
    assert week.plan.shed == 0
    assert week.plain.shed > 0
    surge = datetime(2026, 6, 13, 12, tzinfo=UTC)  # 08:00 in New York
    shed_at = {_WEEK.start + number * HOUR for number, hour in enumerate(week.plain.hours) if hour.shed}
    assert surge in shed_at
    assert all(at.weekday() == 5 for at in shed_at)


def test_the_plan_costs_less_than_a_fixed_number_and_more_than_being_late(week: Comparison) -> None:
    assert week.plain.replica_hours < week.plan.replica_hours < week.fixed.replica_hours
    assert (week.fixed_replicas, week.fixed.replica_hours) == (24, 24 * 168)
    assert week.per_replica == pytest.approx(10_000 / 24)


def test_every_way_has_the_same_requests(week: Comparison) -> None:
    asked = sum(week.rates) * 3600
    for run in (week.plan, week.plain, week.fixed):
        assert run.served + run.shed == pytest.approx(asked)


def test_planned_replicas_are_within_the_plan_s_bounds(week: Comparison) -> None:
    for plan in plans(_FLEET, _EAST, _WEEK):
        bounds = plan.workloads["performance_monitor"]
        for number, hour in enumerate(week.plan.hours):
            at = _WEEK.start + number * HOUR
            if plan.during.start <= at and at + HOUR <= plan.during.end:
                assert bounds.floor <= hour.replicas <= bounds.ceiling


def test_the_wedding_api_is_served_by_its_own_numbers() -> None:
    rates = expected_rates(_FLEET, _EAST, "wedding_api", _WEEK)
    comparison = compare(_FLEET.workloads, "wedding_api", rates, _WEEK.start, plans(_FLEET, _EAST, _WEEK))
    assert (comparison.fixed_replicas, comparison.per_replica) == (50, 200)
    assert comparison.plan.shed == 0
    assert comparison.plan.replica_hours < comparison.fixed.replica_hours
