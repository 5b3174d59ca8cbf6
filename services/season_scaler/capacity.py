"""What the region's databases and node groups should have at least, for what runs on them and asks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regions.model import Workloads
from regions.node_pools import pool_floors
from seasons.calendar import WORKLOADS
from seasons.plan import Plan
from seasons.sizing import sizings
from services.season_scaler.bounds import Wanted, reason
from services.season_scaler.changes import DatabaseChange, NodeGroupChange
from services.season_scaler.snapshot import NodeGroupState, Snapshot


def capacity(
    snapshot: Snapshot, wanted: Mapping[str, Wanted], workloads: Workloads, zones: int
) -> Iterator[DatabaseChange | NodeGroupChange]:
    """Return what they lack or have too much of at the floor, whether or not it can be changed now.

    Without a plan no database changes, and node groups get what the floors of `wanted` take.

    Args:
        wanted: bounds by workload; for one that is not there, the plan's or the year's lowest floor counts.
        zones: of the region: its node groups are spread over so many.
    """
    if snapshot.plan is not None:
        yield from _databases(snapshot, snapshot.plan, wanted)
    if snapshot.node_groups:
        needed = pool_floors(workloads, zones, _floors(snapshot.plan, wanted, workloads))
        for state in snapshot.node_groups:
            yield from _node_group(snapshot, state, wanted, needed[state.pool])


def _databases(snapshot: Snapshot, plan: Plan, wanted: Mapping[str, Wanted]) -> Iterator[DatabaseChange]:
    for state in snapshot.databases:
        min_acu = min(plan.min_acu, state.max_acu)
        if _kept(snapshot, wanted):
            min_acu = max(min_acu, state.min_acu)
        if min_acu != state.min_acu:
            yield DatabaseChange(state, min_acu, reason(snapshot) + _cut_off("ACU", plan.min_acu, state.max_acu))


def _node_group(
    snapshot: Snapshot, state: NodeGroupState, wanted: Mapping[str, Wanted], needed: int
) -> Iterator[NodeGroupChange]:
    """`needed` nodes are for the floors that the workloads have; the plan's are for its own."""
    plan, why = snapshot.plan, reason(snapshot)
    planned = needed if plan is None else plan.nodes[state.pool]
    if plan is None or (needed > planned and _floors_held(plan, wanted)):
        planned = needed
        why += f" The workloads' floors are held, and take {needed} nodes."
    min_size = min(planned, state.max_size)
    if _kept(snapshot, wanted):
        min_size = max(min_size, state.min_size)
    if min_size != state.min_size:
        desired = min_size if state.desired_size < min_size else None
        yield NodeGroupChange(state, min_size, desired, why + _cut_off("nodes", planned, state.max_size))


def _floors(plan: Plan | None, wanted: Mapping[str, Wanted], workloads: Workloads) -> Mapping[str, int]:
    """By the Deployment's name."""
    floors = {} if plan is None else {workload: bounds.floor for workload, bounds in plan.workloads.items()}
    floors |= {workload: each.floor for workload, each in wanted.items()}
    names = {workload: sizing.name for workload, sizing in zip(WORKLOADS, sizings(workloads), strict=True)}
    return {names[workload]: floor for workload, floor in floors.items()}


def _kept(snapshot: Snapshot, wanted: Mapping[str, Wanted]) -> bool:
    """Whether nothing may get lower: a workload keeps more than the plan has for it, or something is not known."""
    plan = snapshot.plan
    if plan is None or snapshot.emergency is None or snapshot.problems:
        return True
    ceilings_held = any(each.ceiling > plan.workloads[name].ceiling for name, each in wanted.items())
    return ceilings_held or _floors_held(plan, wanted)


def _floors_held(plan: Plan, wanted: Mapping[str, Wanted]) -> bool:
    return any(each.floor > plan.workloads[name].floor for name, each in wanted.items())


def _cut_off(unit: str, planned: float, most: float) -> str:
    """What a ceiling that this service does not change takes from the plan."""
    return "" if planned <= most else f" The plan's {planned:g} {unit} are above the ceiling of {most:g}, which stays."
