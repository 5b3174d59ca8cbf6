"""The off-season's saving, on plans and runs made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regions.model import Phase
from seasons.intervals import HOUR, Interval
from seasons.levels import Level
from seasons.plan import Plan
from seasons.replay import HourRun, Run
from seasons.saving import GOAL, Saving, savings

_START = datetime(2026, 4, 1, tzinfo=UTC)


def _plan(hours: tuple[float, float], phase: Phase, level: Level, nodes: int, acu: float) -> Plan:
    start, end = hours
    return Plan(
        during=Interval(_START + start * HOUR, _START + end * HOUR),
        phase=phase,
        level=level,
        wedding_day=False,
        emergency=False,
        workloads={},
        nodes={"general": nodes},
        min_acu=acu,
        acu_shortfall=0,
        metrics_interval_seconds=30,
        reasons=(),
    )


# 10 hours off season, 2 of them above NORMAL; 10 in season; then 5 in the engagement season, which count as neither.
_PLANS = [
    _plan((0, 8), "off_season", Level.NORMAL, nodes=6, acu=2),
    _plan((8, 10), "off_season", Level.HIGH, nodes=9, acu=4),
    _plan((10, 18), "wedding_season", Level.NORMAL, nodes=6, acu=8),
    _plan((18, 20), "wedding_season", Level.MAXIMUM, nodes=12, acu=32),
    _plan((20, 25), "engagement_season", Level.NORMAL, nodes=99, acu=99),
]
_REPLICAS = [4] * 8 + [8] * 2 + [12] * 8 + [24] * 2 + [99] * 5
_RUN = Run(tuple(HourRun(replicas, 0, 0) for replicas in _REPLICAS))


@pytest.fixture(scope="module")
def found() -> dict[str, Saving]:
    return {each.what: each for each in savings(_PLANS, _START, {"wedding_api": _RUN})}


def test_each_thing_s_hour_off_season_is_held_against_one_in_season(found: dict[str, Saving]) -> None:
    assert {what: (each.season, each.off_season) for what, each in found.items()} == {
        "replicas of wedding_api": (pytest.approx(14.4), pytest.approx(4.8)),
        "nodes of general": (pytest.approx(7.2), pytest.approx(6.6)),
        "database ACU": (pytest.approx(12.8), pytest.approx(2.4)),
    }
    assert found["replicas of wedding_api"].share == pytest.approx(1 - 4.8 / 14.4)


def test_what_reaches_the_goal_is_held_back_by_nothing(found: dict[str, Saving]) -> None:
    assert found["replicas of wedding_api"].share > GOAL
    assert found["replicas of wedding_api"].met
    assert found["replicas of wedding_api"].held_back_by == ""


def test_what_misses_it_says_why(found: dict[str, Saving]) -> None:
    nodes = found["nodes of general"]
    assert not nodes.met
    assert nodes.held_back_by == (
        "at NORMAL it keeps 6.0 off season and 6.0 in season;"
        " 20% of the off-season's hours are above NORMAL and take 27% of what it uses"
    )


def test_a_low_floor_does_not_hold_back() -> None:
    """Here only the protected days do."""
    plans = [
        _plan((0, 5), "off_season", Level.NORMAL, nodes=2, acu=1),
        _plan((5, 10), "off_season", Level.HIGH, nodes=9, acu=1),
        _plan((10, 20), "wedding_season", Level.NORMAL, nodes=6, acu=10),
    ]
    (nodes, _) = savings(plans, _START, {})
    assert nodes.held_back_by == "50% of the off-season's hours are above NORMAL and take 82% of what it uses"


def test_a_season_without_a_normal_hour_is_told_by_its_mean() -> None:
    plans = [
        _plan((0, 10), "off_season", Level.NORMAL, nodes=6, acu=1),
        _plan((10, 20), "wedding_season", Level.MAXIMUM, nodes=9, acu=10),
    ]
    (nodes, _) = savings(plans, _START, {})
    assert nodes.held_back_by == "at NORMAL it keeps 6.0 off season, the season's mean is 9.0"


def test_more_at_normal_than_the_season_s_mean_allows_holds_back_even_if_the_season_s_normal_is_higher() -> None:
    """Odd, but so that a miss is never without a reason."""
    plans = [
        _plan((0, 10), "off_season", Level.NORMAL, nodes=6, acu=1),
        _plan((10, 11), "wedding_season", Level.NORMAL, nodes=20, acu=10),
        _plan((11, 20), "wedding_season", Level.MAXIMUM, nodes=7, acu=10),
    ]
    (nodes, _) = savings(plans, _START, {})
    assert nodes.held_back_by == "at NORMAL it keeps 6.0 off season, the season's mean is 8.3"


def test_an_off_season_of_protected_days_alone_has_no_normal() -> None:
    plans = [
        _plan((0, 10), "off_season", Level.HIGH, nodes=6, acu=1),
        _plan((10, 20), "wedding_season", Level.MAXIMUM, nodes=9, acu=10),
    ]
    (nodes, _) = savings(plans, _START, {})
    assert nodes.held_back_by == "100% of the off-season's hours are above NORMAL and take 100% of what it uses"


def test_what_the_season_uses_nothing_of_is_left_out() -> None:
    plans = [
        _plan((0, 10), "off_season", Level.NORMAL, nodes=0, acu=1),
        _plan((10, 20), "wedding_season", Level.NORMAL, nodes=0, acu=10),
    ]
    assert [each.what for each in savings(plans, _START, {})] == ["database ACU"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["off_season", "wedding_season"]), st.sampled_from(list(Level)), st.integers(0, 30)),
        min_size=1,
        max_size=8,
    )
)
@settings(deadline=None)
def test_a_miss_always_has_a_reason(pieces: list[tuple[Phase, Level, int]]) -> None:
    plans = [
        _plan((place, place + 1), phase, level, nodes=nodes, acu=1)
        for place, (phase, level, nodes) in enumerate(pieces)
    ]
    for each in savings(plans, _START, {}):
        assert each.met == (not each.held_back_by)


@pytest.mark.parametrize("phase", ["off_season", "wedding_season"])
def test_hours_of_one_season_alone_say_nothing(phase: Phase) -> None:
    assert savings([each for each in _PLANS if each.phase == phase], _START, {}) == ()


def test_replicas_go_by_the_plan_at_the_hour_s_start() -> None:
    plans = [
        _plan((0, 0.5), "off_season", Level.NORMAL, nodes=1, acu=1),
        _plan((0.5, 3), "wedding_season", Level.NORMAL, nodes=1, acu=1),
    ]
    run = Run((HourRun(4, 0, 0), HourRun(10, 0, 0), HourRun(20, 0, 0)))
    replicas = savings(plans, _START, {"wedding_api": run})[0]
    assert (replicas.off_season, replicas.season) == (4, 15)
