"""What holds of every decision, whatever is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.season_scaler import targets
from services.season_scaler.bounds import HOT
from services.season_scaler.changes import DatabaseChange, NodeGroupChange
from services.season_scaler.decide import decide
from services.season_scaler.emergency import NONE
from services.season_scaler.snapshot import AutoscalerState, Emergency, Snapshot
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    STANDARDS,
    WORKLOADS,
    ZONES,
    after,
    api,
    bounds,
    database,
    monitor,
    nodes,
    plan,
    snapshot,
)

DECLARED = Emergency(active=True, sentence="An emergency is declared until 18:00: storm.", sound=True)

replicas = st.integers(1, 60)
percents = st.integers(1, 100)


@st.composite
def planned_bounds(draw: st.DrawFn) -> Any:
    ceiling = draw(replicas)
    return bounds(draw(st.integers(1, ceiling)), ceiling, draw(percents))


@st.composite
def states(draw: st.DrawFn, workload: str) -> AutoscalerState:
    make = monitor if workload == MONITOR else api
    ceiling = draw(replicas)
    floor, cpu_percent = draw(st.integers(1, ceiling)), draw(percents)
    names = targets.targets(STANDARDS[workload].autoscaler, cpu_percent)
    measured = st.dictionaries(st.sampled_from(sorted(names)), st.floats(0, 300))
    return make(
        floor,
        ceiling,
        cpu_percent,
        usage=draw(st.none() | measured | st.fixed_dictionaries(dict.fromkeys(names, st.floats(0, 300)))),
        running=draw(st.none() | replicas),
        replaced=draw(st.none() | st.just("first")),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    def maybe_plan() -> Any:
        return st.builds(
            plan,
            workloads=st.fixed_dictionaries({MONITOR: planned_bounds(), API: planned_bounds()}),
            nodes=st.fixed_dictionaries({"general": st.integers(1, 20)}),
            min_acu=st.integers(1, 64).map(lambda halves: halves / 2),
            phase=st.sampled_from(["wedding_season", "engagement_season", "off_season"]),
        )

    made = draw(st.none() | maybe_plan())
    flag = draw(st.sampled_from([None, DECLARED, NONE]))
    acu = sorted(draw(st.tuples(st.integers(1, 64), st.integers(1, 64))))
    sizes = sorted(draw(st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))))
    return snapshot(
        plan=made,
        emergency=flag,
        autoscalers={MONITOR: draw(states(MONITOR)), API: draw(states(API))},
        databases=(database(acu[0] / 2, acu[1] / 2, draw(st.sampled_from(["available", "modifying"]))),),
        node_groups=(nodes(sizes[0], sizes[2], sizes[1]),),
        problems=() if made is not None and flag is not None else ("missing",),
    )


@given(snapshots())
def test_deciding_again_after_acting_leaves_nothing_to_do(before: Snapshot) -> None:
    decision = decide(before, WORKLOADS, ZONES)
    again = decide(after(before, decision.changes), WORKLOADS, ZONES)
    assert again.changes == ()
    # What runs may be above a ceiling that is kept; bounds and reasons stay all the same.
    assert {name: each.floor for name, each in again.wanted.items()} == {
        name: each.floor for name, each in decision.wanted.items()
    }


@given(snapshots())
def test_bounds_are_bounds(seen: Snapshot) -> None:
    for wanted in decide(seen, WORKLOADS, ZONES).wanted.values():
        assert 1 <= wanted.floor <= wanted.ceiling


@given(snapshots())
def test_it_never_lowers_below_what_runs_hot(seen: Snapshot) -> None:
    decision = decide(seen, WORKLOADS, ZONES)
    for workload, state in seen.autoscalers.items():
        wanted = decision.wanted[workload]
        held = targets.targets(STANDARDS[workload].autoscaler, wanted.cpu_percent)
        usage = state.usage
        cool = usage is not None and all(name in usage and usage[name] < HOT * held[name] for name in held)
        if not cool:
            running = state.ceiling if state.running is None else state.running
            assert wanted.floor >= min(state.floor, running)
            assert wanted.ceiling >= state.ceiling


@given(snapshots())
def test_it_never_has_less_than_the_plan(seen: Snapshot) -> None:
    decision = decide(seen, WORKLOADS, ZONES)
    for workload, wanted in decision.wanted.items():
        if seen.plan is not None:
            assert wanted.floor >= seen.plan.workloads[workload].floor
            assert wanted.ceiling >= seen.plan.workloads[workload].ceiling


@given(snapshots())
def test_failing_closed_lowers_nothing(seen: Snapshot) -> None:
    if seen.plan is not None and seen.emergency is not None:
        seen = replace(seen, emergency=None)
    decision = decide(seen, WORKLOADS, ZONES)
    for workload, wanted in decision.wanted.items():
        state = seen.autoscalers[workload]
        assert wanted.floor >= max(state.floor, STANDARDS[workload].fallback)
        assert wanted.ceiling >= state.ceiling
    for change in decision.changes:
        if isinstance(change, DatabaseChange | NodeGroupChange):
            assert change.raises


@given(snapshots(), st.integers(0, 20))
def test_a_plan_for_more_never_decides_on_less(seen: Snapshot, more: int) -> None:
    if seen.plan is None:
        return
    raised = {
        name: replace(each, floor=each.floor + more, ceiling=each.ceiling + more)
        for name, each in seen.plan.workloads.items()
    }
    less = decide(seen, WORKLOADS, ZONES).wanted
    for workload, wanted in decide(
        replace(seen, plan=replace(seen.plan, workloads=raised)), WORKLOADS, ZONES
    ).wanted.items():
        assert wanted.floor >= less[workload].floor
        assert wanted.ceiling >= less[workload].ceiling
