"""How many replicas a rate takes, and between which bounds, by the numbers of workloads.yaml."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions.model import Workloads
from seasons.calendar import PHASES
from seasons.calendar import WORKLOADS as NAMES
from seasons.levels import Level
from seasons.sizing import Sizing, sizings

from .fleets import WORKLOADS

MONITOR, API = sizings(WORKLOADS)

whole = st.integers(1, 10_000)
rates = st.floats(0, 1e6)


def a_sizing(per_replica: float = 10.0, headroom: float = 1.25, increase: int = 20) -> Sizing:
    return Sizing("web", per_replica, headroom, [], [], 70, increase)


def test_they_are_in_the_order_of_the_workloads() -> None:
    assert NAMES == ("performance_monitor", "wedding_api")
    assert (MONITOR.name, API.name) == (WORKLOADS.performance_monitor.name, WORKLOADS.wedding_api.name)


def test_the_monitors_bounds_are_those_of_the_requirements() -> None:
    usual = {"wedding_season": 12, "engagement_season": 6, "off_season": 4}
    assert list(MONITOR.floors) == [usual, usual, dict.fromkeys(PHASES, 24)]
    assert list(MONITOR.ceilings) == [24, 24, 36]
    assert MONITOR.cpu_percent == 70


def test_the_apis_bounds_are_those_of_the_requirements() -> None:
    assert list(API.floors) == [dict.fromkeys(PHASES, floor) for floor in (10, 35, 50)]
    assert list(API.ceilings) == [50, 50, 50]
    assert API.cpu_percent == 80


def test_capacity_headroom_and_the_wedding_days_increase_are_those_of_the_requirements() -> None:
    for sizing in (MONITOR, API):
        assert (sizing.headroom, sizing.floor_increase_percent) == (1.25, 20)
    assert MONITOR.per_replica == pytest.approx(10_000 / 24)
    assert API.per_replica == WORKLOADS.wedding_api.capacity.per_replica


@pytest.mark.parametrize("sizing", [MONITOR, API], ids=lambda each: each.name)
def test_a_higher_level_never_has_lower_bounds(sizing: Sizing) -> None:
    for lower, higher in zip(list(Level)[:-1], list(Level)[1:], strict=True):
        assert sizing.ceilings[lower] <= sizing.ceilings[higher]
        for phase in PHASES:
            assert sizing.floors[lower][phase] <= sizing.floors[higher][phase] <= sizing.ceilings[higher]


def test_another_file_has_other_numbers() -> None:
    """Read anew: of equal names, the numbers are not those of the workloads that were asked about before."""
    floors = WORKLOADS.wedding_api.floors.model_copy(update={"high": 36})
    changed: Workloads = WORKLOADS.model_copy(
        update={"wedding_api": WORKLOADS.wedding_api.model_copy(update={"floors": floors})}
    )
    assert sizings(changed)[1].floors[Level.HIGH]["off_season"] == 36
    assert sizings(WORKLOADS)[1].floors[Level.HIGH]["off_season"] == 35


@pytest.mark.parametrize(
    ("rate", "replicas"), [(0.0, 0), (0.1, 1), (8.0, 1), (8.1, 2), (16.0, 2), (80.0, 10), (80.1, 11)]
)
def test_a_rate_takes_replicas_with_headroom_rounded_up(rate: float, replicas: int) -> None:
    """A replica serves 10 requests/s, and is planned for 8."""
    assert a_sizing().replicas_for(rate) == replicas


@given(rates, rates)
def test_a_higher_rate_never_takes_fewer(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert a_sizing().replicas_for(low) <= a_sizing().replicas_for(high)


@given(rates, st.floats(0.1, 1e4), st.floats(1.0, 3.0))
def test_the_replicas_serve_the_rate_with_headroom_and_one_fewer_would_not(
    rate: float, per_replica: float, headroom: float
) -> None:
    replicas = a_sizing(per_replica, headroom).replicas_for(rate)
    needed = Fraction(rate) * Fraction(headroom) / Fraction(per_replica)
    # Of a float the last digits are not exact: where it is a whole number but for them, either side is right.
    slack = (needed + 1) * Fraction(1, 10**12)
    assert needed - slack <= replicas < needed + slack + 1


@pytest.mark.parametrize(
    ("wanted", "ceiling", "wedding_day", "floor"),
    [
        (10, 50, False, 10),
        (10, 50, True, 12),
        (11, 50, True, 14),  # 13.2
        (1, 50, True, 2),
        (45, 50, True, 50),
        (50, 50, True, 50),
        (60, 50, False, 50),
        (60, 50, True, 50),
        (0, 50, True, 0),
    ],
)
def test_a_wedding_day_raises_a_floor_up_to_the_ceiling(
    wanted: int, ceiling: int, wedding_day: bool, floor: int
) -> None:
    assert a_sizing().raised(wanted, ceiling, wedding_day=wedding_day) == floor


@given(whole, whole, st.integers(0, 100))
def test_a_raised_floor_is_exactly_the_percentage_more_rounded_up(wanted: int, ceiling: int, increase: int) -> None:
    sizing = a_sizing(increase=increase)
    usual, raised = (sizing.raised(wanted, ceiling, wedding_day=each) for each in (False, True))
    assert usual == min(wanted, ceiling)
    assert usual <= raised <= ceiling
    assert raised == min(ceiling, math.ceil(Fraction(usual * (100 + increase), 100)))


@given(whole, whole, whole, st.booleans())
def test_who_wants_more_never_gets_less(wanted: int, more: int, ceiling: int, wedding_day: bool) -> None:
    sizing = a_sizing()
    less = sizing.raised(wanted, ceiling, wedding_day=wedding_day)
    assert less <= sizing.raised(wanted + more, ceiling, wedding_day=wedding_day)
