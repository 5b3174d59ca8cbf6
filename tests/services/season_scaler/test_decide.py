"""What the season scaler decides: the plan, unless something runs hot or cannot be seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from regions.node_pools import pool_floors
from services.season_scaler import targets
from services.season_scaler.bounds import HOT
from services.season_scaler.changes import (
    AutoscalerChange,
    DatabaseChange,
    IntervalChange,
    NodeGroupChange,
    SeasonChange,
    sentence,
)
from services.season_scaler.decide import Decision, decide
from services.season_scaler.snapshot import AutoscalerState, Emergency, SeasonState, Version
from services.season_scaler.waiting import Waiting
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    STANDARDS,
    WORKLOADS,
    ZONES,
    api,
    bounds,
    busy,
    database,
    monitor,
    nodes,
    plan,
    pod_monitor,
    snapshot,
)

DECLARED = Emergency(active=True, sentence="An emergency is declared until 18:00: storm.", sound=True)


def decided(**changed: Any) -> Decision:
    return decide(snapshot(**changed), WORKLOADS, ZONES)


def of_api(state: AutoscalerState, floor: int = 10, ceiling: int = 50, cpu_percent: int = 80) -> Decision:
    """The decision about the API's HPA alone, with these planned bounds."""
    planned = plan(workloads={API: bounds(floor, ceiling, cpu_percent)})
    return decided(plan=planned, autoscalers={API: state}, node_groups=())


def test_where_all_is_as_planned_there_is_nothing_to_do() -> None:
    decision = decided()
    assert decision.changes == ()
    assert decision.sound
    assert decision.warnings == ()
    assert decision.waiting == ()


def test_a_higher_floor_is_set_at_once_with_ceiling_and_all_metrics() -> None:
    decision = of_api(api(10, 50, 80, usage=None, running=None), floor=50, ceiling=50, cpu_percent=60)

    (change,) = decision.changes
    assert isinstance(change, AutoscalerChange)
    assert (change.floor, change.ceiling) == (50, 50)
    assert change.metrics == targets.metrics(STANDARDS[API].autoscaler, 60)
    assert change.raises
    assert sentence(change) == (
        "wedding-api-hpa: minReplicas 10 → 50, cpuPercent 80 → 60. It is peak season in New York. A quiet day."
    )


@pytest.mark.parametrize("state", [api(5, 60, 80), api(5, 50, 70)], ids=["ceiling", "target"])
def test_what_gives_and_takes_counts_as_taking(state: AutoscalerState) -> None:
    """It does not happen without a record."""
    (change,) = of_api(state).changes
    assert isinstance(change, AutoscalerChange)
    assert (change.floor, change.raises) == (10, False)


def test_a_lower_floor_is_set_where_it_is_not_hot() -> None:
    decision = of_api(api(50, usage=busy(API, 80, 80 * HOT - 1), running=50), floor=10)

    (change,) = decision.changes
    assert isinstance(change, AutoscalerChange)
    assert (change.floor, change.raises) == (10, False)


@pytest.mark.parametrize(
    ("usage", "why"),
    [
        (busy(API, 80, 80 * HOT), "Its cpu is at 90% of the target"),
        (busy(API, 80, 200.0), "Its cpu is at 250% of the target"),
        (None, "Its metrics cannot be read"),
        ({}, "Its metrics cannot be read"),
    ],
)
def test_what_runs_hot_or_unseen_keeps_its_floor_and_the_sentence_says_so(
    usage: dict[str, float] | None, why: str
) -> None:
    decision = of_api(api(50, usage=usage, running=50), floor=10)

    assert decision.changes == ()
    assert decision.wanted[API].floor == 50
    assert decision.wanted[API].reason == (
        f"{why}, so it keeps its room; the plan is 10 to 50 replicas. It is peak season in New York. A quiet day."
    )


def test_a_hot_floor_falls_as_far_as_to_what_runs() -> None:
    decision = of_api(api(50, usage=None, running=30), floor=10)
    assert decision.wanted[API].floor == 30


def test_a_hot_floor_is_not_raised_to_what_runs() -> None:
    decision = of_api(api(20, usage=busy(API, 80, 80), running=45), floor=10)
    assert decision.wanted[API].floor == 20


def test_an_autoscaler_that_has_not_looked_yet_keeps_its_bounds() -> None:
    decision = of_api(api(50, 60, usage=None, running=None), floor=10, ceiling=50)
    assert (decision.wanted[API].floor, decision.wanted[API].ceiling) == (50, 60)


def test_a_hot_workload_keeps_all_the_room_that_its_ceiling_gives() -> None:
    hot = busy(MONITOR, 70, 70)
    planned = plan(workloads={MONITOR: bounds(12, 24, 70)})
    decision = decided(plan=planned, autoscalers={MONITOR: monitor(24, 36, 70, usage=hot, running=30)})

    assert (decision.wanted[MONITOR].floor, decision.wanted[MONITOR].ceiling) == (24, 36)


def test_what_a_hot_workload_runs_on_is_not_lowered_either() -> None:
    large = {"databases": (database(12.0),), "node_groups": (nodes(9),)}
    hot = api(50, usage=busy(API, 80, 80), running=50)
    assert decided(autoscalers={MONITOR: monitor(), API: hot}, **large).changes == ()
    assert len(decided(**large).changes) == 2


def test_what_a_hot_workload_runs_on_is_raised_to_what_its_floor_takes() -> None:
    """Somebody may have lowered it: to keep what is there is then too little."""
    hot = monitor(24, 36, 70, usage=busy(MONITOR, 70, 70), running=30)
    needed = pool_floors(WORKLOADS, ZONES, {"database-performance-monitor": 24, "wedding-api": 10})["general"]
    decision = decided(autoscalers={MONITOR: hot, API: api()}, node_groups=(nodes(3, 12, 3),))

    (change,) = decision.changes
    assert isinstance(change, NodeGroupChange)
    assert (change.min_size, change.desired_size) == (needed, needed)
    assert needed > plan().nodes["general"]
    assert change.reason.endswith(f"The workloads' floors are held, and take {needed} nodes.")
    assert decided(autoscalers={MONITOR: hot, API: api()}, node_groups=(nodes(needed, 12, needed),)).changes == ()


def test_a_decision_about_aws_goes_by_the_one_about_the_cluster() -> None:
    hot = api(50, usage=busy(API, 80, 80), running=50)
    first = decided(autoscalers={API: hot})
    aws = snapshot(autoscalers={}, season=None, databases=(database(12.0),), node_groups=(nodes(9),))
    assert decide(aws, WORKLOADS, ZONES, first.wanted).changes == ()


@pytest.mark.parametrize("metric", ["memory", "database_optimization_queue_length"])
def test_any_metric_can_be_the_hot_one(metric: str) -> None:
    usage = busy(MONITOR, 70, 1.0) | {metric: targets.targets(STANDARDS[MONITOR].autoscaler, 70)[metric]}
    decision = decided(autoscalers={MONITOR: monitor(24, usage=usage, running=24)})
    assert decision.wanted[MONITOR].floor == 24


def test_one_metric_that_cannot_be_read_is_enough_to_keep_the_floor() -> None:
    usage = busy(MONITOR, 70, 1.0)
    del usage["memory"]
    decision = decided(autoscalers={MONITOR: monitor(24, usage=usage, running=24)})
    assert decision.wanted[MONITOR].floor == 24


def test_how_hot_it_is_is_measured_by_the_target_that_comes() -> None:
    """Or the next decision, by that target, would be another one."""
    used = busy(API, 60, 58.0)
    assert of_api(api(50, 50, 60, usage=used, running=50), floor=35, cpu_percent=80).wanted[API].floor == 35
    assert of_api(api(50, 50, 80, usage=used, running=50), floor=35, cpu_percent=60).wanted[API].floor == 50


@pytest.mark.parametrize("written", ["10", "10000m", "0.01k", "1e1", "10000000u"])
def test_a_target_in_another_form_is_the_same_target(written: str) -> None:
    """The API server and whoever edits an HPA choose the form."""
    listed = json.loads(json.dumps(monitor().metrics).replace('"averageValue": "10"', f'"averageValue": "{written}"'))
    assert written in str(listed)
    assert decided(autoscalers={MONITOR: monitor(metrics=tuple(listed))}).changes == ()


@pytest.mark.parametrize(
    "edit",
    [
        {"floor": 11},
        {"ceiling": 49},
        {"metrics": targets.metrics(STANDARDS[API].autoscaler, 81)},
        {"metrics": ()},
        {"metrics": targets.metrics(STANDARDS[MONITOR].autoscaler, 80)},
    ],
    ids=["floor", "ceiling", "target", "none", "more"],
)
def test_a_hand_edit_of_anything_it_owns_is_put_right(edit: dict[str, Any]) -> None:
    (change,) = of_api(replace(api(), **edit)).changes
    assert isinstance(change, AutoscalerChange)
    assert (change.floor, change.ceiling, change.metrics) == (10, 50, targets.metrics(STANDARDS[API].autoscaler, 80))


def test_it_remembers_what_it_replaced_first() -> None:
    before = api(6, 24, 75, running=6)
    (change,) = of_api(before, floor=35).changes
    assert isinstance(change, AutoscalerChange)
    assert json.loads(change.replaced) == {"minReplicas": 6, "maxReplicas": 24, "metrics": list(before.metrics)}

    (change,) = of_api(replace(before, replaced="what was first"), floor=35).changes
    assert isinstance(change, AutoscalerChange)
    assert change.replaced == "what was first"


def test_a_shortfall_is_told() -> None:
    decision = decided(plan=plan(workloads={API: bounds(50, 50, 60, shortfall=12)}), autoscalers={API: api()})
    assert "The ceiling of 50 cuts off 12 replicas of what is expected." in decision.changes[0].reason


@pytest.mark.parametrize(("phase", "active"), [("wedding_season", "true"), ("engagement_season", "false")])
@pytest.mark.parametrize("there", [None, "true", "false", "yes"])
def test_workloads_are_told_whether_it_is_season(phase: str, active: str, there: str | None) -> None:
    config = SeasonState("wedding-season-config", Version("uid", "3"), there)
    changes = [
        each for each in decided(plan=plan(phase=phase), season=config).changes if isinstance(each, SeasonChange)
    ]
    assert [each.active for each in changes] == ([] if there == active else [active])


def test_in_wedding_day_mode_metrics_are_taken_more_often_and_afterwards_not() -> None:
    mode = plan(wedding_day=True, metrics_interval_seconds=10)
    (change,) = decided(plan=mode).changes
    assert isinstance(change, IntervalChange)
    assert change.endpoints == pod_monitor("10s").endpoints
    assert sentence(change) == "proxies: interval 30s → 10s. Wedding-day mode is on."
    assert decided(plan=mode, pod_monitor=pod_monitor("10s")).changes == ()
    (change,) = decided(pod_monitor=pod_monitor("10s")).changes
    assert sentence(change) == "proxies: interval 10s → 30s. Wedding-day mode is off."


@pytest.mark.parametrize("intervals", [("10s", "30s"), ("",), ("1m", "1m")])
def test_every_endpoint_is_read_as_often(intervals: tuple[str, ...]) -> None:
    (change,) = decided(pod_monitor=pod_monitor(*intervals)).changes
    assert isinstance(change, IntervalChange)
    assert {each["interval"] for each in change.endpoints} == {"30s"}
    assert [each["port"] for each in change.endpoints] == [each["port"] for each in change.state.endpoints]


def test_databases_get_their_floor() -> None:
    (change,) = decided(databases=(database(0.5),)).changes
    assert isinstance(change, DatabaseChange)
    assert (change.min_acu, change.raises) == (2.0, True)


def test_a_database_floor_stays_below_its_ceiling_and_that_is_told() -> None:
    (change,) = decided(plan=plan(min_acu=20.0), databases=(database(0.5, 16.0),)).changes
    assert isinstance(change, DatabaseChange)
    assert change.min_acu == 16.0
    assert change.reason.endswith("The plan's 20 ACU are above the ceiling of 16, which stays.")
    assert decided(plan=plan(min_acu=20.0), databases=(database(16.0, 16.0),)).changes == ()


def test_node_groups_get_their_floor_and_as_many_nodes() -> None:
    (change,) = decided(node_groups=(nodes(2, 9, 2),)).changes
    assert isinstance(change, NodeGroupChange)
    assert (change.min_size, change.desired_size, change.raises) == (3, 3, True)


def test_the_node_autoscalers_own_number_is_left_alone() -> None:
    (change,) = decided(node_groups=(nodes(2, 9, 3),)).changes
    assert isinstance(change, NodeGroupChange)
    assert (change.min_size, change.desired_size) == (3, None)


def test_a_node_floor_stays_below_its_ceiling_and_that_is_told() -> None:
    (change,) = decided(plan=plan(nodes={"general": 12}), node_groups=(nodes(3, 9, 9),)).changes
    assert isinstance(change, NodeGroupChange)
    assert (change.min_size, change.desired_size) == (9, None)
    assert change.reason.endswith("The plan's 12 nodes are above the ceiling of 9, which stays.")


def test_what_is_being_changed_already_has_to_wait() -> None:
    decision = decided(databases=(database(0.5, status="modifying"),), node_groups=(nodes(2, status="UPDATING"),))
    assert decision.changes == ()
    assert decision.waiting == (
        Waiting("database", "worldwide", "modifying"),
        Waiting("node_group", "wedsync-general", "UPDATING"),
    )
    assert decision.waiting[0].sentence == "worldwide is modifying, and is changed when it no longer is."
    assert decided(databases=(database(status="modifying"),)).waiting == ()


def test_a_node_group_that_could_not_start_a_node_is_changed_all_the_same() -> None:
    """It stays so until a node starts."""
    decision = decided(node_groups=(nodes(2, status="DEGRADED"),))
    assert [each.name for each in decision.changes] == ["wedsync-general"]
    assert decision.waiting == ()


def test_room_is_given_before_any_is_taken_and_to_pods_first() -> None:
    grow = decided(
        autoscalers={MONITOR: monitor(4, running=4), API: api(5, running=5)},
        databases=(database(0.5),),
        node_groups=(nodes(2),),
    )
    assert [each.kind for each in grow.changes] == ["autoscaler", "autoscaler", "node_group", "database"]
    shrink = decided(
        autoscalers={MONITOR: monitor(20), API: api(20)}, databases=(database(8.0),), node_groups=(nodes(6),)
    )
    assert [each.kind for each in shrink.changes] == ["autoscaler", "autoscaler", "node_group", "database"]
    mixed = decided(autoscalers={MONITOR: monitor(20), API: api(5, running=5)})
    assert [each.name for each in mixed.changes] == ["wedding-api-hpa", "database-performance-hpa"]


def test_a_declared_emergency_is_the_first_reason() -> None:
    decision = decided(emergency=DECLARED, autoscalers={API: api(5, running=5)}, databases=(database(0.5),))
    for change in decision.changes:
        assert change.reason.startswith("An emergency is declared until 18:00: storm. ")
    assert decision.sound
    assert decision.warnings == ()


def test_a_flag_that_makes_no_sense_is_a_warning() -> None:
    decision = decided(emergency=replace(DECLARED, sound=False, sentence="The flag is odd."))
    assert decision.warnings == ("The flag is odd.",)
    assert decision.sound
