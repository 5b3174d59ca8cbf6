"""The bounds that an HPA should have: the plan's, unless its workload runs hot or something cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from regions.model import Workloads
from regions.model.kubernetes import Autoscaler
from seasons.calendar import WORKLOADS, settings_of
from seasons.levels import Level
from seasons.sizing import sizings
from services.season_scaler.snapshot import AutoscalerState, Snapshot
from services.season_scaler.targets import cpu_target, hottest, targets

HOT = 0.9
"""From this part of a target on, a workload counts as hot. The HPA itself acts from 1.1 of it on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Bounds that an HPA should have, its CPU target, and why."""

    floor: int
    ceiling: int
    cpu_percent: int
    reason: str


@dataclass(frozen=True, slots=True)
class Standard:
    """What is known of a workload without a plan.

    Attributes:
        autoscaler: its HPA as described.
        fallback: floor where the plan or its inputs cannot be had.
        maximum_floor: floor at level MAXIMUM, which is an emergency's too; likewise `maximum_ceiling`.
    """

    autoscaler: Autoscaler
    fallback: int
    maximum_floor: int
    maximum_ceiling: int


def standards(workloads: Workloads) -> Mapping[str, Standard]:
    """Return what is known without a plan of each season-scaled workload."""
    found: dict[str, Standard] = {}
    for workload, sizing in zip(WORKLOADS, sizings(workloads), strict=True):
        settings = settings_of(workloads, workload)
        found[workload] = Standard(
            settings.autoscaler,
            settings.floors.fallback,
            max(sizing.floors[Level.MAXIMUM].values()),  # whatever the phase of the year is
            sizing.ceilings[Level.MAXIMUM],
        )
    return found


def wanted(snapshot: Snapshot, workload: str, state: AutoscalerState, standard: Standard) -> Wanted:
    """Return the bounds of one workload's HPA, and why they are these."""
    if snapshot.plan is None:
        there = Wanted(state.floor, state.ceiling, standard.autoscaler.cpu_percent, "")
        return _closed(snapshot, state, there, standard)
    bounds = snapshot.plan.workloads[workload]
    why = reason(snapshot)
    if bounds.shortfall:
        why += f" The ceiling of {bounds.ceiling} cuts off {bounds.shortfall} replicas of what is expected."
    planned = Wanted(bounds.floor, bounds.ceiling, bounds.cpu_percent, why)
    if snapshot.emergency is None:
        return _closed(snapshot, state, planned, standard)
    if snapshot.problems:
        return _not_lowered(snapshot, state, planned)
    return _kept_where_hot(state, planned, standard.autoscaler)


def reason(snapshot: Snapshot) -> str:
    """Return why the plan is as it is, an emergency first; without a plan, what is missing."""
    flag = snapshot.emergency
    declared = [flag.sentence] if flag is not None and flag.active else []
    return " ".join([*declared, *(snapshot.problems if snapshot.plan is None else snapshot.plan.reasons)])


def _closed(snapshot: Snapshot, state: AutoscalerState, planned: Wanted, standard: Standard) -> Wanted:
    """Never lower than what is there, than what may be planned, and than the fallback; in an emergency the maximum."""
    least, most = standard.fallback, standard.autoscaler.max_replicas
    if snapshot.emergency is not None and snapshot.emergency.active:
        least, most = max(least, standard.maximum_floor), max(most, standard.maximum_ceiling)
    floor = max(state.floor, planned.floor, least)
    ceiling = max(state.ceiling, planned.ceiling, most, floor)
    cpu_percent = min(planned.cpu_percent, cpu_target(state.metrics) or planned.cpu_percent)
    why = f"Not all inputs can be had, so nothing is lowered and the floor is at least {least}."
    declared = snapshot.emergency.sentence if snapshot.emergency is not None else ""
    return Wanted(floor, ceiling, cpu_percent, " ".join(each for each in (declared, why, *snapshot.problems) if each))


def _not_lowered(snapshot: Snapshot, state: AutoscalerState, planned: Wanted) -> Wanted:
    """As planned, but for what would take room away: an input is missing, if none that this workload's plan needs."""
    floor, ceiling = max(planned.floor, state.floor), max(planned.ceiling, state.ceiling)
    cpu_percent = min(planned.cpu_percent, cpu_target(state.metrics) or planned.cpu_percent)
    why = " ".join((planned.reason, "Not all inputs can be had, so nothing is lowered.", *snapshot.problems))
    return Wanted(floor, ceiling, cpu_percent, why)


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
