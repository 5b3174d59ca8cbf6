"""The autoscaler's pace, against what the controller's documentation says."""

from __future__ import annotations

import pytest

from regions.load import load_fleet
from regions.model.kubernetes import ScalingPolicy, ScalingRules
from seasons.autoscaling import Hpa

_WORKLOADS = load_fleet().workloads
_MONITOR, _API = _WORKLOADS.performance_monitor.autoscaler, _WORKLOADS.wedding_api.autoscaler


def _monitor(replicas: int, most_use: float = 4) -> Hpa:
    """Of 100 requests/s a replica; it holds 70 %."""
    return Hpa(_MONITOR, 100, most_use, replicas)


def _steps(hpa: Hpa, rate: float, count: int, floor: int = 4, ceiling: int = 24) -> list[int]:
    replicas: list[int] = []
    for _ in range(count):
        hpa.step(rate, floor, ceiling, 70)
        replicas.append(hpa.replicas)
    return replicas


def test_up_waits_three_minutes_and_then_doubles_each_minute() -> None:
    assert _steps(_monitor(4), 1400, 6) == [4, 4, 8, 16, 20, 20]  # 1400 / 70 = 20


def test_of_two_policies_the_one_that_allows_more_holds() -> None:
    """From 2 replicas four pods a minute are more than 100 %."""
    assert _steps(_monitor(2), 1400, 4, floor=2) == [2, 2, 6, 12]


def test_without_a_window_up_goes_at_once() -> None:
    hpa = Hpa(_API, 200, 4, 10)
    hpa.step(200 * 0.8 * 18, 10, 50, 80)
    assert hpa.replicas == 18


def test_a_pod_serves_two_minutes_after_it_was_asked_for() -> None:
    hpa = Hpa(_API, 200, 4, 10)
    ready: list[int] = []
    for _ in range(4):
        hpa.step(200 * 0.8 * 18, 10, 50, 80)
        ready.append(hpa.ready)
    assert ready == [10, 10, 18, 18]


def test_down_waits_ten_minutes_and_then_halves_each_five() -> None:
    replicas = _steps(_monitor(20), 70, 22)
    assert replicas == [20] * 9 + [10] * 5 + [5] * 5 + [4] * 3


def test_a_short_lull_changes_nothing() -> None:
    hpa = _monitor(20)
    assert _steps(hpa, 70, 8) == [20] * 8
    assert _steps(hpa, 1400, 12) == [20] * 12


def test_a_short_rush_changes_nothing() -> None:
    hpa = _monitor(4)
    assert _steps(hpa, 1400, 2) == [4, 4]
    assert _steps(hpa, 280, 5) == [4] * 5


@pytest.mark.parametrize(("rate", "replicas"), [(769, 10), (631, 10), (780, 12), (620, 9)])
def test_within_a_tenth_of_the_target_nothing_changes(rate: float, replicas: int) -> None:
    assert _steps(_monitor(10), rate, 15)[-1] == replicas


def test_bounds_hold_at_once() -> None:
    hpa = _monitor(10)
    assert _steps(hpa, 700, 1, floor=24, ceiling=36) == [24]
    assert _steps(hpa, 700, 1, floor=4, ceiling=12) == [12]


def _slow(replicas: int) -> Hpa:
    """One whose policies allow 100 % up and half down in five minutes, and that looks back at nothing."""
    doubling = ScalingPolicy(type="Percent", value=100, period_seconds=300)
    halving = ScalingPolicy(type="Percent", value=50, period_seconds=300)
    up = ScalingRules(stabilization_window_seconds=0, policies=(doubling,))
    down = ScalingRules(stabilization_window_seconds=0, policies=(halving,))
    return Hpa(_MONITOR.model_copy(update={"scale_up": up, "scale_down": down}), 100, 4, replicas)


def test_a_floor_that_has_gone_leaves_its_replicas_to_an_overload() -> None:
    """Within the period the floor has taken 20 more than the policy allows: no further, and not back to 8 either."""
    hpa = _slow(4)
    assert _steps(hpa, 280, 1, floor=24, ceiling=48) == [24]
    assert _steps(hpa, 4000, 3, floor=4, ceiling=48) == [24] * 3
    assert _steps(hpa, 4000, 4, floor=4, ceiling=48)[-1] == 48


def test_a_ceiling_that_has_gone_leaves_its_replicas_to_a_lull() -> None:
    hpa = _slow(24)
    assert _steps(hpa, 1680, 1, floor=4, ceiling=4) == [4]
    assert _steps(hpa, 70, 3, floor=1, ceiling=48) == [4] * 3
    assert _steps(hpa, 70, 4, floor=1, ceiling=48)[-1] == 2


def test_an_overload_shows_only_as_far_as_pods_can_use_cpu() -> None:
    assert _steps(_monitor(4, most_use=1), 100_000, 3)[-1] == 6  # 4 / 0.7, not 24
    assert _steps(_monitor(4, most_use=4), 100_000, 5)[-1] == 23  # 4 x 4 / 0.7


def test_what_changes_nothing_would_change_nothing_again() -> None:
    hpa = _monitor(10)
    changes = [hpa.step(700, 4, 24, 70) for _ in range(3)]
    assert changes == [False, False, False]
    assert [hpa.step(1400, 4, 24, 70) for _ in range(16)][:3] == [True, True, True]
    assert [hpa.step(1400, 4, 24, 70) for _ in range(16)][-1] is False
