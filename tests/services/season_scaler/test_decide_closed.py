"""What the season scaler decides without all of its inputs: nothing gets lower, and no floor is below the fallback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.season_scaler.decide import Decision, decide
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    WORKLOADS,
    api,
    bounds,
    database,
    monitor,
    nodes,
    plan,
    snapshot,
)


def decided(**changed: Any) -> Decision:
    return decide(snapshot(**changed), WORKLOADS)


def without_a_plan(**changed: Any) -> Decision:
    return decided(plan=None, problems=("There is no plan.",), **changed)


def test_without_a_plan_floors_are_the_fallback_and_nothing_else_changes() -> None:
    decision = without_a_plan(
        autoscalers={MONITOR: monitor(4, running=4), API: api(10)}, databases=(database(9.0),), season=None
    )

    assert [each.kind for each in decision.changes] == ["autoscaler", "autoscaler"]
    assert decision.wanted[MONITOR].floor == WORKLOADS.performance_monitor.floors.fallback == 12
    assert decision.wanted[API].floor == WORKLOADS.wedding_api.floors.fallback == 20
    assert decision.wanted[API].reason == (
        "Not all inputs can be had, so nothing is lowered and the floor is at least 20. There is no plan."
    )
    assert not decision.sound
    assert decision.warnings == ("There is no plan.",)


def test_without_a_plan_nothing_gets_lower_and_no_target_higher() -> None:
    idle = api(45, 60, 60, running=45)
    decision = without_a_plan(autoscalers={API: idle, MONITOR: monitor(30, 36, 85, running=30)})

    assert (decision.wanted[API].floor, decision.wanted[API].ceiling, decision.wanted[API].cpu_percent) == (45, 60, 60)
    assert (decision.wanted[MONITOR].floor, decision.wanted[MONITOR].ceiling) == (30, 36)
    assert decision.wanted[MONITOR].cpu_percent == 70  # a hand edit to a higher one is undone
    assert [each.name for each in decision.changes] == ["database-performance-hpa"]


def test_without_a_plan_the_ceiling_leaves_room_for_the_fallback() -> None:
    assert without_a_plan(autoscalers={API: api(3, 5)}).wanted[API].ceiling == 50


def test_where_nobody_knows_of_an_emergency_nothing_gets_lower_and_the_plan_still_raises() -> None:
    decision = decided(
        emergency=None,
        problems=("The flag cannot be read.",),
        plan=plan(workloads={MONITOR: bounds(24, 36, 60), API: bounds(10, 50, 80)}),
        autoscalers={MONITOR: monitor(12), API: api(30)},
        databases=(database(8.0),),
        node_groups=(nodes(5), replace(nodes(2), name="small")),
    )

    assert [(each.name, each.raises) for each in decision.changes] == [
        ("database-performance-hpa", True),
        ("small", True),
    ]
    assert (decision.wanted[MONITOR].floor, decision.wanted[MONITOR].ceiling) == (24, 36)
    assert decision.wanted[API].floor == 30
    assert not decision.sound


def test_what_cannot_be_read_is_left_alone_and_the_rest_is_done() -> None:
    decision = decided(
        autoscalers={API: api(5, running=5)}, season=None, databases=(), node_groups=(), problems=("no monitor",)
    )
    assert [each.name for each in decision.changes] == ["wedding-api-hpa"]
    assert not decision.sound


def test_whatever_cannot_be_read_nothing_else_gets_lower() -> None:
    decision = decided(
        autoscalers={API: api(30, 60, 60, running=30)},
        databases=(database(12.0),),
        node_groups=(nodes(9), replace(nodes(2), name="small")),
        problems=("The monitor's HPA cannot be read.",),
    )
    assert [each.name for each in decision.changes] == ["small"]
    wanted = decision.wanted[API]
    assert (wanted.floor, wanted.ceiling, wanted.cpu_percent) == (30, 60, 60)
    assert not decision.sound
