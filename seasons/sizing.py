"""How many replicas a workload has by workloads.yaml: what a rate takes, and the bounds of phases and levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from regions.model import Phase, Workloads
from seasons.calendar import PHASES, WORKLOADS, Workload, settings_of
from seasons.identity import Same
from seasons.levels import Level


class Sizing(NamedTuple):
    """Of one workload; read once, for a year asks tens of thousands of times."""

    name: str
    """Its Deployment's."""
    per_replica: float
    """Requests/s that one replica serves."""
    headroom: float
    """Capacity that is planned, as a multiple of what is expected."""
    floors: Sequence[Mapping[Phase, int]]
    """Fewest replicas whatever is expected, by level and phase of the year."""
    ceilings: Sequence[int]
    """Most replicas, by level."""
    cpu_percent: int
    """CPU use that its autoscaler holds on usual days."""
    floor_increase_percent: int
    """What wedding-day mode adds to a floor."""

    def replicas_for(self, rate: float) -> int:
        """Return the replicas that serve a rate, in requests/s, with the headroom that is planned."""
        return math.ceil(rate * self.headroom / self.per_replica)

    def raised(self, wanted: int, ceiling: int, *, wedding_day: bool) -> int:
        """Return the floor for what is wanted, up to the ceiling, with what a wedding day adds."""
        planned = min(wanted, ceiling)
        return min(ceiling, -(-planned * (100 + self.floor_increase_percent) // 100)) if wedding_day else planned


def sizings(workloads: Workloads) -> tuple[Sizing, ...]:
    """Return the sizing of each of `WORKLOADS`, in their order."""
    return _sizings(Same(workloads))


@lru_cache(maxsize=64)
def _sizings(workloads: Same[Workloads]) -> tuple[Sizing, ...]:
    return tuple(_sizing(workloads.it, workload) for workload in WORKLOADS)


def _sizing(workloads: Workloads, workload: Workload) -> Sizing:
    settings = settings_of(workloads, workload)
    return Sizing(
        name=settings.name,
        per_replica=settings.capacity.per_replica,
        headroom=workloads.demand.headroom_factor,
        floors=[{phase: _floor(workloads, workload, phase, level) for phase in PHASES} for level in Level],
        ceilings=[_ceiling(workloads, workload, level) for level in Level],
        cpu_percent=settings.autoscaler.cpu_percent,
        floor_increase_percent=workloads.wedding_day_mode.floor_increase_percent,
    )


def _floor(workloads: Workloads, workload: Workload, phase: Phase, level: Level) -> int:
    if workload == "wedding_api":
        of_levels = workloads.wedding_api.floors
        return (of_levels.normal, of_levels.high, of_levels.maximum)[level]
    floors = workloads.performance_monitor.floors
    return floors.maximum if level is Level.MAXIMUM else getattr(floors, phase)


def _ceiling(workloads: Workloads, workload: Workload, level: Level) -> int:
    if workload == "performance_monitor" and level is Level.MAXIMUM:
        return workloads.performance_monitor.emergency_max_replicas
    return settings_of(workloads, workload).autoscaler.max_replicas
