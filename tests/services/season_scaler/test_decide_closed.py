"""What the season scaler decides without all of its inputs: nothing gets lower, and no floor is below the fallback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from regions.node_pools import pool_floors
from services.season_scaler.changes import NodeGroupChange
from services.season_scaler.decide import Decision, decide
from services.season_scaler.snapshot import Emergency
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    WORKLOADS,
    ZONES,
    api,
    bounds,
    database,
    monitor,
    nodes,
    plan,
    snapshot,
)

DECLARED = Emergency(active=True, sentence="An emergency is declared until 18:00: storm.", sound=True)


def decided(**changed: Any) -> Decision:
    return decide(snapshot(**changed), WORKLOADS, ZONES)


def without_a_plan(**changed: Any) -> Decision:
    return decided(plan=None, problems=("There is no plan.",), **changed)


def test_without_a_plan_floors_are_the_fallback_and_nothing_else_changes() -> None:
    decision = without_a_plan(
        autoscalers={MONITOR: monitor(4, running=4), API: api(10)},
        databases=(database(9.0),),
        node_groups=(nodes(6),),
        season=None,
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
    decision = without_a_plan(autoscalers={API: idle, MONITOR: monitor(30, 36, 85, running=30)}, node_groups=())

    assert (decision.wanted[API].floor, decision.wanted[API].ceiling, decision.wanted[API].cpu_percent) == (45, 60, 60)
    assert (decision.wanted[MONITOR].floor, decision.wanted[MONITOR].ceiling) == (30, 36)
    assert decision.wanted[MONITOR].cpu_percent == 70  # a hand edit to a higher one is undone
    assert [each.name for each in decision.changes] == ["database-performance-hpa"]


def test_in_an_emergency_without_a_plan_bounds_are_those_of_level_maximum() -> None:
    """Both are the most that may happen at a time: an emergency is when a wedding day needs all of it."""
    decision = without_a_plan(
        emergency=DECLARED, autoscalers={MONITOR: monitor(4, 24, running=4), API: api(10, 40)}, databases=()
    )
    floors, api_floors = WORKLOADS.performance_monitor.floors, WORKLOADS.wedding_api.floors
    of_monitor, of_api = decision.wanted[MONITOR], decision.wanted[API]
    assert (of_monitor.floor, of_monitor.ceiling) == (floors.maximum, 36) == (24, 36)
    assert (of_api.floor, of_api.ceiling) == (api_floors.maximum, 50) == (50, 50)
    assert of_api.reason == (
        "An emergency is declared until 18:00: storm. Not all inputs can be had, so nothing is lowered and the floor is"
        " at least 50. There is no plan."
    )
    assert not decision.sound


def test_in_an_emergency_without_a_plan_the_numbers_are_those_of_the_workloads_file() -> None:
    described = WORKLOADS.wedding_api.floors.model_copy(update={"maximum": 43})
    workloads = WORKLOADS.model_copy(
        update={"wedding_api": WORKLOADS.wedding_api.model_copy(update={"floors": described})}
    )
    seen = snapshot(plan=None, problems=("There is no plan.",), emergency=DECLARED)
    assert decide(seen, workloads, ZONES).wanted[API].floor == 43


def test_without_a_plan_nodes_are_there_for_the_floors_that_are_held() -> None:
    pods = {"database-performance-monitor": 24, "wedding-api": 50}
    needed = pool_floors(WORKLOADS, ZONES, pods)["general"]
    decision = without_a_plan(
        emergency=DECLARED, node_groups=(nodes(3, 12, 3), replace(nodes(11, 12, 11), name="more"))
    )
    (change,) = [each for each in decision.changes if isinstance(each, NodeGroupChange)]
    assert (change.name, change.min_size, change.desired_size) == ("wedsync-general", needed, needed)
    assert "There is no plan." in change.reason


def test_without_a_plan_the_ceiling_leaves_room_for_the_fallback() -> None:
    assert without_a_plan(autoscalers={API: api(3, 5)}).wanted[API].ceiling == 50


def test_where_nobody_knows_of_an_emergency_nothing_gets_lower_and_the_plan_still_raises() -> None:
    decision = decided(
        emergency=None,
        problems=("The flag cannot be read.",),
        plan=plan(workloads={MONITOR: bounds(24, 36, 60), API: bounds(10, 50, 80)}),
        autoscalers={MONITOR: monitor(12), API: api(30)},
        databases=(database(8.0),),
        node_groups=(nodes(9), replace(nodes(2), name="small")),
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
