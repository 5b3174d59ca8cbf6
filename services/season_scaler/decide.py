"""From what is seen to what is to be: no I/O, no clock; the same snapshot always gives the same decision.

Two rules stand above the plan:
- What runs hot is not taken away: near its targets, or with metrics that nobody can read, a workload keeps the bounds
  under which it runs, and nodes and databases keep their floors. Room is given at once.
- Without its inputs it fails closed: nothing gets lower, and no floor is below the fallback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from regions.model import Workloads
from regions.model.kubernetes import Autoscaler
from seasons.plan import Plan
from services.season_scaler.changes import (
    AutoscalerChange,
    Change,
    DatabaseChange,
    NodeGroupChange,
    SeasonChange,
    in_order,
)
from services.season_scaler.snapshot import AutoscalerState, Json, Snapshot
from services.season_scaler.targets import cpu_target, hottest, metrics, targets

HOT = 0.9
"""From this part of a target on, a workload counts as hot. The HPA itself acts from 1.1 of it on."""
_CHANGEABLE = ("available", "ACTIVE")  # as RDS and EKS say it
_NONE_DECIDED: Mapping[str, Wanted] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Bounds that an HPA should have, its CPU target, and why."""

    floor: int
    ceiling: int
    cpu_percent: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done.

    Attributes:
        changes: in the order in which they are made; none where all is as it should be.
        wanted: bounds by workload, changed or not.
        warnings: what somebody has to look at, a sentence each.
        waiting: what cannot be changed while something else changes it, a sentence each.
        sound: whether all inputs were there. If not, it failed closed.
    """

    at: datetime
    plan: Plan | None
    changes: tuple[Change, ...]
    wanted: Mapping[str, Wanted]
    warnings: tuple[str, ...]
    waiting: tuple[str, ...]
    sound: bool


def standards(workloads: Workloads) -> Mapping[str, tuple[Autoscaler, int]]:
    """Return what is known without a plan: each season-scaled workload's HPA as described, and its fallback floor."""
    monitor, api = workloads.performance_monitor, workloads.wedding_api
    return {
        "performance_monitor": (monitor.autoscaler, monitor.floors.fallback),
        "wedding_api": (api.autoscaler, api.floors.fallback),
    }


def decide(snapshot: Snapshot, workloads: Workloads, decided: Mapping[str, Wanted] = _NONE_DECIDED) -> Decision:
    """Return what is to be done, and why; `decided` are bounds of workloads that are not in the snapshot."""
    known = standards(workloads)
    wanted = dict(decided) | {
        name: _wanted(snapshot, name, state, *known[name]) for name, state in snapshot.autoscalers.items()
    }
    found: list[Change] = []
    for name, state in snapshot.autoscalers.items():
        listed = metrics(known[name][0], wanted[name].cpu_percent)
        if (state.floor, state.ceiling, state.metrics) != (wanted[name].floor, wanted[name].ceiling, listed):
            found.append(_autoscaler(name, state, wanted[name], listed))
    warnings = list(snapshot.problems)
    if snapshot.emergency is not None and not snapshot.emergency.sound:
        warnings.append(snapshot.emergency.sentence)
    waiting: list[str] = []
    if snapshot.plan is not None:
        found += _season(snapshot, snapshot.plan)
        for change in _capacity(snapshot, snapshot.plan, _held(wanted, snapshot.plan)):
            if change.state.status in _CHANGEABLE:
                found.append(change)
            else:
                waiting.append(f"{change.name} is {change.state.status}, and is changed when it no longer is.")
    return Decision(
        at=snapshot.at,
        plan=snapshot.plan,
        changes=in_order(found),
        wanted=wanted,
        warnings=tuple(warnings),
        waiting=tuple(waiting),
        sound=not snapshot.problems,
    )


def together(cluster: Decision, cloud: Decision) -> Decision:
    """Return the decisions about the two parts of one cycle as one."""
    return replace(
        cluster,
        changes=cluster.changes + cloud.changes,
        warnings=cluster.warnings + tuple(each for each in cloud.warnings if each not in cluster.warnings),
        waiting=cluster.waiting + cloud.waiting,
        sound=cluster.sound and cloud.sound,
    )


def _wanted(snapshot: Snapshot, workload: str, state: AutoscalerState, standard: Autoscaler, fallback: int) -> Wanted:
    if snapshot.plan is None:
        there = Wanted(state.floor, state.ceiling, standard.cpu_percent, "")
        return _closed(snapshot, state, there, standard, fallback)
    bounds = snapshot.plan.workloads[workload]
    reason = _reason(snapshot, snapshot.plan)
    if bounds.shortfall:
        reason += f" The ceiling of {bounds.ceiling} cuts off {bounds.shortfall} replicas of what is expected."
    planned = Wanted(bounds.floor, bounds.ceiling, bounds.cpu_percent, reason)
    if snapshot.emergency is None:
        return _closed(snapshot, state, planned, standard, fallback)
    if snapshot.problems:
        return _not_lowered(snapshot, state, planned)
    return _kept_where_hot(state, planned, standard)


def _closed(snapshot: Snapshot, state: AutoscalerState, planned: Wanted, standard: Autoscaler, fallback: int) -> Wanted:
    """Never lower than what is there, than what may be planned, and than the fallback."""
    floor = max(state.floor, planned.floor, fallback)
    ceiling = max(state.ceiling, planned.ceiling, standard.max_replicas, floor)
    cpu_percent = min(planned.cpu_percent, cpu_target(state.metrics) or planned.cpu_percent)
    reason = f"Not all inputs can be had, so nothing is lowered and the floor is at least {fallback}."
    return Wanted(floor, ceiling, cpu_percent, " ".join((reason, *snapshot.problems)))


def _not_lowered(snapshot: Snapshot, state: AutoscalerState, planned: Wanted) -> Wanted:
    """As planned, but for what would take room away: an input is missing, if none that this workload's plan needs."""
    floor, ceiling = max(planned.floor, state.floor), max(planned.ceiling, state.ceiling)
    cpu_percent = min(planned.cpu_percent, cpu_target(state.metrics) or planned.cpu_percent)
    reason = " ".join((planned.reason, "Not all inputs can be had, so nothing is lowered.", *snapshot.problems))
    return Wanted(floor, ceiling, cpu_percent, reason)


def _held(wanted: Mapping[str, Wanted], plan: Plan) -> bool:
    """Whether a workload keeps more than the plan has for it: what it runs on and what it asks is then needed too."""
    return any(
        each.floor > plan.workloads[name].floor or each.ceiling > plan.workloads[name].ceiling
        for name, each in wanted.items()
    )


def _kept_where_hot(state: AutoscalerState, planned: Wanted, standard: Autoscaler) -> Wanted:
    """As planned, but for what would be lowered below that which runs hot."""
    heat = _heat(state, targets(standard, planned.cpu_percent))
    if heat is None:
        return planned
    running = state.ceiling if state.running is None else state.running
    # All of the ceiling: what is hot needs the room above what runs.
    floor, ceiling = max(planned.floor, min(state.floor, running)), max(planned.ceiling, state.ceiling)
    kept = replace(planned, floor=floor, ceiling=ceiling)
    if kept == planned:
        return planned
    held = f"{heat}, so it keeps its room; the plan is {planned.floor} to {planned.ceiling} replicas."
    return replace(kept, reason=f"{held} {planned.reason}")


def _heat(state: AutoscalerState, held: Mapping[str, float]) -> str | None:
    """Why nothing may be taken away, or None if it may."""
    found = hottest(state.usage, held)
    if found is None:
        return "Its metrics cannot be read"
    name, part = found
    return f"Its {name} is at {part:.0%} of the target" if part >= HOT else None


def _autoscaler(workload: str, state: AutoscalerState, wanted: Wanted, listed: tuple[Json, ...]) -> AutoscalerChange:
    first = {"minReplicas": state.floor, "maxReplicas": state.ceiling, "metrics": state.metrics}
    replaced = state.replaced or json.dumps(first, sort_keys=True)
    return AutoscalerChange(workload, state, wanted.floor, wanted.ceiling, listed, replaced, wanted.reason)


def _season(snapshot: Snapshot, plan: Plan) -> list[Change]:
    active = str(plan.phase == "wedding_season").lower()
    if snapshot.season is None or snapshot.season.active == active:
        return []
    return [SeasonChange(snapshot.season, active, f"The region is in its {plan.phase.replace('_', ' ')}.")]


def _capacity(snapshot: Snapshot, plan: Plan, held: bool) -> Iterator[DatabaseChange | NodeGroupChange]:
    """What databases and node groups lack or have too much of at the floor, whether or not it can be changed now."""
    kept = held or snapshot.emergency is None or bool(snapshot.problems)
    for state in snapshot.databases:
        min_acu = min(plan.min_acu, state.max_acu)
        if kept:
            min_acu = max(min_acu, state.min_acu)
        if min_acu != state.min_acu:
            yield DatabaseChange(state, min_acu, _reason(snapshot, plan) + _cut_off("ACU", plan.min_acu, state.max_acu))
    for state in snapshot.node_groups:
        planned = plan.nodes[state.pool]
        min_size = min(planned, state.max_size)
        if kept:
            min_size = max(min_size, state.min_size)
        if min_size != state.min_size:
            desired = min_size if state.desired_size < min_size else None
            yield NodeGroupChange(
                state, min_size, desired, _reason(snapshot, plan) + _cut_off("nodes", planned, state.max_size)
            )


def _reason(snapshot: Snapshot, plan: Plan) -> str:
    declared = [snapshot.emergency.sentence] if snapshot.emergency is not None and snapshot.emergency.active else []
    return " ".join([*declared, *plan.reasons])


def _cut_off(unit: str, planned: float, most: float) -> str:
    """What a ceiling that this service does not change takes from the plan."""
    return "" if planned <= most else f" The plan's {planned:g} {unit} are above the ceiling of {most:g}, which stays."
