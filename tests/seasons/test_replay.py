"""Hours against replicas: what is served, shed and paid for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regions.load import load_fleet
from seasons.autoscaling import Hpa
from seasons.intervals import Interval
from seasons.replay import HourRun, Limits, Run, replay_fixed, replay_scaled

_API = load_fleet().workloads.wedding_api  # a replica serves 200 requests/s; no look back upward
_START = datetime(2026, 6, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def _limits(*edges: tuple[float, int, int]) -> list[Limits]:
    """(hours until it ends, floor, ceiling) of each after the other."""
    starts = [0.0, *(until for until, _, _ in edges)]
    return [
        Limits(Interval(_START + start * _HOUR, _START + until * _HOUR), floor, ceiling, 80)
        for start, (until, floor, ceiling) in zip(starts, edges, strict=False)
    ]


def test_a_fixed_number_sheds_what_is_above_its_room() -> None:
    run = replay_fixed(_API, [100, 2000, 2500], 10)
    assert run.hours == (
        HourRun(10, 100 * 3600, 0),
        HourRun(10, 2000 * 3600, 0),
        HourRun(10, 2000 * 3600, 500 * 3600),
    )
    assert (run.replica_hours, run.served, run.shed) == (30, 4100 * 3600, 500 * 3600)
    assert run.shed_share == pytest.approx(500 / 4600)


def test_nothing_asked_is_nothing_shed() -> None:
    assert Run((HourRun(10, 0, 0),)).shed_share == 0


def test_an_autoscaler_that_is_surprised_sheds_until_its_pods_serve() -> None:
    run = replay_scaled(_API, [1600, 4000], _START, _limits((2, 10, 50)))
    assert run.hours[0] == HourRun(10, 1600 * 3600, 0)
    # 20 in the first minute (100 %), which serve from the third on; 25 are enough for 4000 at 80 %.
    assert run.hours[1].shed == pytest.approx((4000 - 2000) * 120)
    assert run.hours[1].replicas == pytest.approx((20 + 25 * 59) / 60)


def test_a_floor_that_comes_before_the_rush_sheds_nothing() -> None:
    run = replay_scaled(_API, [1600, 4000], _START, _limits((0.5, 10, 50), (2, 25, 50)))
    assert run.shed == 0
    assert run.hours[0].replicas == pytest.approx((10 + 25) / 2)


def test_a_ceiling_holds() -> None:
    run = replay_scaled(_API, [6000] * 3, _START, _limits((3, 10, 20)))
    assert [hour.replicas for hour in run.hours] == [20, 20, 20]
    assert run.shed == (6000 - 4000) * 3 * 3600


def test_it_starts_as_if_the_first_rate_had_been_for_long() -> None:
    assert replay_scaled(_API, [3200], _START, _limits((1, 10, 50))).hours[0] == HourRun(20, 3200 * 3600, 0)


def test_bounds_that_hold_since_before_the_first_hour_are_cut() -> None:
    early = Limits(Interval(_START - 30 * _HOUR, _START + _HOUR), 30, 50, 80)
    assert replay_scaled(_API, [100], _START, [early]).hours[0].replicas == 30


@given(
    st.lists(st.floats(0, 12_000), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 20)), min_size=1, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_minutes_that_are_skipped_are_as_if_lived_through(rates: list[float], bounds: list[tuple[int, int]]) -> None:
    length = len(rates) / len(bounds)
    limits = _limits(
        *((round(length * (number + 1) * 60) / 60, low, low + more) for number, (low, more) in enumerate(bounds))
    )
    run = replay_scaled(_API, rates, _START, limits)
    first = min(max(-(-rates[0] // 160), limits[0].floor), limits[0].ceiling)
    hpa, served, replicas = Hpa(_API.autoscaler, 200, 4, int(first)), 0.0, 0
    for minute in range(60 * len(rates)):
        now, rate = _START + minute * timedelta(minutes=1), rates[minute // 60]
        at = next(each for each in limits if now in each.during)
        hpa.step(rate, at.floor, at.ceiling, at.cpu_percent)
        served += min(rate, hpa.ready * 200) * 60
        replicas += hpa.replicas
    assert run.served == pytest.approx(served, abs=1)
    assert run.replica_hours == pytest.approx(replicas / 60)
    assert run.served + run.shed == pytest.approx(sum(rates) * 3600, abs=1)
