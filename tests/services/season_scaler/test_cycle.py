"""Observe, decide, act, against a world that is kept in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from seasons.intervals import Interval
from seasons.plan import Plan
from services.season_scaler import targets
from services.season_scaler.changes import AutoscalerChange
from services.season_scaler.cloud import CloudError
from services.season_scaler.cluster import Cluster, ClusterError, ConflictError
from services.season_scaler.controller import DONE, LEFT, Scaler, pause
from services.season_scaler.decide import decide
from services.season_scaler.observe import observe_cluster
from tests.services.season_scaler.memory import HPAS, Lease, World, good_plan, scaler_of
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    NOW,
    WORKLOADS,
    ZONES,
    api,
    database,
    monitor,
    plan,
    snapshot,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scaler(world: World) -> Scaler:
    return scaler_of(world, Lease())


def test_where_all_is_as_planned_nothing_is_written(world: World, scaler: Scaler) -> None:
    assert scaler.once() == DONE
    assert set(world.calls) == {
        "autoscaler",
        "season",
        "pod_monitor",
        "emergency",
        "database",
        "node_group",
        "report_cycle",
    }


def test_only_a_cycle_with_all_its_inputs_and_without_a_failure_is_reported(world: World, scaler: Scaler) -> None:
    world.broken = {"database": [CloudError("away")], "set_database": [CloudError("refused")]}
    scaler.once()
    world.databases["worldwide"] = database(0.5)
    scaler.once()
    assert "report_cycle" not in world.calls
    world.broken = {"report_cycle": [CloudError("away")]}
    assert scaler.once() == DONE  # what is done is done, whoever hears of it
    assert world.calls.count("report_cycle") == 1


def test_what_is_left_is_done(world: World, scaler: Scaler) -> None:
    world.autoscalers[API] = api(3)
    assert scaler.once() == DONE
    assert world.autoscalers[API].floor == 10


def test_a_plan_in_an_emergency_is_asked_for_as_such(world: World) -> None:
    asked: list[bool] = []

    def planner(at: datetime, emergency: bool) -> Plan:
        asked.append(emergency)
        return good_plan(at, emergency)

    for flag in (None, {"active_until": "2026-06-13T09:00:01Z", "reason": "storm"}, {"active_until": "?"}):
        world.flag = flag
        scaler_of(world, Lease(), planner).once()
    assert asked == [False, True, True]


def test_what_an_emergency_asks_for_is_done(world: World) -> None:
    def planner(at: datetime, emergency: bool) -> Plan:
        return replace(good_plan(at, emergency), min_acu=9.0 if emergency else 2.0)

    world.flag = {"active_until": "2026-06-13T09:00:01Z", "reason": "storm"}
    assert scaler_of(world, Lease(), planner).once() == DONE
    assert world.databases["worldwide"].min_acu == 9.0


def test_metrics_are_read_as_often_as_the_plan_says(world: World) -> None:
    def planner(at: datetime, emergency: bool) -> Plan:
        return replace(good_plan(at, emergency), wedding_day=True, metrics_interval_seconds=10)

    assert scaler_of(world, Lease(), planner).once() == DONE
    assert world.monitor.intervals == ("10s",)
    assert "append" in world.calls
    assert scaler_of(world, Lease()).once() == DONE
    assert world.monitor.intervals == ("30s",)


def test_a_step_that_fails_in_aws_is_left(world: World, scaler: Scaler) -> None:
    world.databases["worldwide"] = database(0.5)
    world.broken = {"set_database": [CloudError("refused")]}
    assert scaler.once() == LEFT
    assert scaler.metrics.registry.get_sample_value("season_scaler_failures_total") == 1
    assert scaler.once() == DONE


def test_a_step_that_fails_is_left_and_the_rest_is_done(world: World, scaler: Scaler) -> None:
    world.autoscalers = {MONITOR: monitor(4), API: api(3)}
    world.broken = {"set_autoscaler": [ClusterError("refused")]}
    assert scaler.once() == LEFT
    assert sorted(each.floor for each in world.autoscalers.values()) == [4, 10]
    assert scaler.once() == DONE


def test_what_changed_meanwhile_is_looked_at_again(world: World, scaler: Scaler) -> None:
    world.autoscalers[API] = api(3)
    world.broken = {"set_autoscaler": [ConflictError("changed"), ConflictError("changed")]}
    assert scaler.once() == DONE
    assert world.calls.count("emergency") == 3


def test_looking_again_forgets_nothing_of_the_first_look(world: World, scaler: Scaler) -> None:
    world.autoscalers = {MONITOR: monitor(4), API: api(3)}
    world.broken = {"set_autoscaler": [ClusterError("refused"), ConflictError("changed")]}
    assert scaler.once() == LEFT
    value = scaler.metrics.registry.get_sample_value
    assert value("season_scaler_failures_total") == 1
    assert value("season_scaler_changes_total", {"kind": "autoscaler"}) == 2


def test_what_was_made_before_a_conflict_counts(world: World, scaler: Scaler) -> None:
    world.autoscalers = {MONITOR: monitor(4), API: api(3)}
    conflict = ConflictError("changed")
    write = world.set_autoscaler

    def second_write_conflicts(change: AutoscalerChange) -> None:
        if world.calls.count("set_autoscaler") == 1:
            world.broken = {"set_autoscaler": [conflict]}
        write(change)

    world.set_autoscaler = second_write_conflicts
    assert scaler.once() == DONE
    count = scaler.metrics.registry.get_sample_value("season_scaler_changes_total", {"kind": "autoscaler"})
    assert (count, world.calls.count("set_autoscaler")) == (2, 3)


def test_aws_keeps_what_the_cluster_cannot_be_asked_about_or_holds(world: World, scaler: Scaler) -> None:
    world.databases["worldwide"] = database(12.0)
    world.broken = {"autoscaler": [ClusterError("away")]}
    scaler.once()
    assert world.databases["worldwide"].min_acu == 12.0
    world.autoscalers[API] = api(50, usage=None, running=50)
    scaler.once()
    assert world.databases["worldwide"].min_acu == 12.0
    world.autoscalers[API] = api()
    scaler.once()
    assert world.databases["worldwide"].min_acu == 2.0


def test_a_first_round_makes_it_ready(scaler: Scaler, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def stop(seconds: float) -> None:
        seen.append(scaler.pulse.ready)
        raise KeyboardInterrupt(seconds)

    monkeypatch.setattr("services.season_scaler.controller.time.sleep", stop)
    assert not scaler.pulse.ready
    with pytest.raises(KeyboardInterrupt):
        scaler.forever()
    assert seen == [True]


def test_what_changes_all_the_time_is_left_to_the_next_cycle(world: World, scaler: Scaler) -> None:
    world.autoscalers[API] = api(3)
    world.broken = {"set_autoscaler": [ConflictError("changed") for _ in range(9)]}
    assert scaler.once() == LEFT
    assert world.calls.count("set_autoscaler") == 3


def test_the_cluster_does_not_wait_for_aws(world: World, scaler: Scaler) -> None:
    """An autoscaler changes every few seconds: a decision that waited for AWS would always be about an old one."""
    world.autoscalers[API] = api(3)
    world.broken = {"set_autoscaler": [ConflictError("changed")]}
    scaler.once()
    steps = [each for each in world.calls if each in ("set_autoscaler", "database", "node_group")]
    assert steps == ["set_autoscaler", "set_autoscaler", "database", "node_group"]


def test_an_audit_trail_that_is_away_is_waited_for_once_in_a_cycle(world: World, scaler: Scaler) -> None:
    world.autoscalers = {MONITOR: monitor(4), API: api(3)}
    world.databases["worldwide"] = database(0.5)
    world.broken = {"append": [CloudError("away") for _ in range(9)], "set_autoscaler": [ConflictError("changed")]}
    assert scaler.once() == LEFT
    assert world.calls.count("append") == 1
    assert (world.autoscalers[MONITOR].floor, world.databases["worldwide"].min_acu) == (12, 2.0)


def test_what_is_being_changed_by_somebody_else_is_left(world: World, scaler: Scaler) -> None:
    world.databases["worldwide"] = database(0.5, status="modifying")
    assert scaler.once() == LEFT
    world.databases["worldwide"] = database(0.5)
    assert scaler.once() == DONE


def test_a_dry_run_only_reads(world: World) -> None:
    world.autoscalers[API] = api(3)
    world.flag = {"active_until": "?"}
    assert scaler_of(world).once() == DONE
    assert set(world.calls) == {"autoscaler", "season", "pod_monitor", "emergency", "database", "node_group"}


def test_a_dry_run_without_its_inputs_says_so(world: World) -> None:
    world.broken = {"emergency": [ClusterError("away")]}
    assert scaler_of(world).once() == LEFT


@pytest.mark.parametrize("call", ["autoscaler", "season", "pod_monitor", "emergency", "database", "node_group"])
def test_whatever_cannot_be_read_is_a_problem_and_not_the_end(world: World, scaler: Scaler, call: str) -> None:
    error = CloudError(f"{call} away") if call in ("database", "node_group") else ClusterError(f"{call} away")
    world.broken = {call: [error]}
    world.autoscalers[API] = api(3)

    assert scaler.once() == LEFT

    assert world.autoscalers[API].floor == (20 if call == "emergency" else 10)
    assert scaler.metrics.registry.get_sample_value("season_scaler_inputs_ok", {"region": "us-east-1"}) == 0
    assert any(f"{call} away" in each for each in world.warnings)
    assert scaler.once() == DONE


def test_a_warning_is_left_once_and_again_when_it_comes_back(world: World, scaler: Scaler) -> None:
    world.broken = {"season": [ClusterError("away"), ClusterError("away")]}
    for _ in range(3):
        scaler.once()
    assert len(world.warnings) == 2  # one for each HPA
    world.broken = {"season": [ClusterError("away")]}
    scaler.once()
    assert len(world.warnings) == 4


def test_an_event_that_cannot_be_left_is_tried_again(world: World, scaler: Scaler) -> None:
    world.broken = {"season": [ClusterError("away"), ClusterError("away")], "tell": [ClusterError("no")]}
    scaler.once()
    assert world.warnings == []
    scaler.once()
    assert len(world.warnings) == 2


def test_whatever_a_planner_raises_fails_closed(world: World) -> None:
    class OddError(Exception):
        pass

    def no_plan(at: datetime, emergency: bool) -> Plan:
        raise OddError(f"{at} {emergency}")

    both: Any = world
    seen = observe_cluster(WORKLOADS, no_plan, cast(Cluster, both), NOW)

    assert seen.plan is None
    assert seen.problems == (
        "There is no plan for 2026-06-13T09:00:00+00:00: OddError: 2026-06-13 09:00:00+00:00 False.",
    )


@pytest.mark.parametrize(
    ("changed", "seconds"),
    [
        ({}, 60),
        ({"wedding_day": True}, 10),
        ({"during": Interval(NOW, NOW + timedelta(seconds=7))}, 7),
        ({"during": Interval(NOW, NOW + timedelta(seconds=17))}, 17),
        ({"during": Interval(NOW, NOW + timedelta(seconds=17)), "wedding_day": True}, 10),
    ],
)
def test_the_next_cycle_comes_in_time_for_the_next_plan(changed: dict[str, Any], seconds: float) -> None:
    assert pause(decide(snapshot(plan=plan(**changed)), WORKLOADS, ZONES), WORKLOADS) == seconds


@pytest.mark.parametrize("plans", [None, plan()])
def test_without_all_inputs_the_next_cycle_comes_soon(plans: Plan | None) -> None:
    assert pause(decide(snapshot(plan=plans, problems=("away",)), WORKLOADS, ZONES), WORKLOADS) == 10


def test_the_targets_here_are_the_hpas() -> None:
    """Else the world above would have HPAs that nobody changes."""
    assert set(HPAS.values()) == {MONITOR, API}
    assert targets.cpu_target(api().metrics) == 80
