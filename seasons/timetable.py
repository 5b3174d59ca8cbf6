"""A region's needs over time, made into steps that are taken in time and not taken back at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from regions.fleet import Fleet
from regions.model import Phase, Region, Workloads
from regions.node_pools import pool_floors
from seasons.calendar import WORKLOADS
from seasons.identity import Same
from seasons.intervals import Interval
from seasons.levels import Cause
from seasons.needs import Load, needs
from seasons.sizing import sizings
from seasons.steps import Numbered, Steps, ahead, clipped, mapped, numbered, settled, together

_ACU_STEP = 0.5  # Aurora Serverless v2's
_COUNT = len(WORKLOADS)


class Replicas(NamedTuple):
    """Of one workload."""

    floor: int
    ceiling: int
    wanted: int
    """For what comes within the lead; without the ceiling, and without what a wedding day adds."""
    rate: float
    """The highest requests/s that are expected within the lead."""


class Aim(NamedTuple):
    """What is to be there at an instant, for what comes within the lead."""

    wedding_day: bool
    loads: tuple[Load, ...]
    floors: tuple[int, ...]
    acu: float


class Row(NamedTuple):
    """What holds throughout a piece of the timetable."""

    phase: Phase
    cause: Cause
    wedding_day: bool
    replicas: tuple[Replicas, ...]
    """In the order of `WORKLOADS`."""
    nodes: tuple[int, ...]
    """Of each pool, in the order of `regions.node_pools.pool_names`."""
    acu: float
    """For each of the region's databases; perhaps more than its ceiling."""


def timetable(fleet: Fleet, region: Region, within: Interval, *, emergency: bool) -> Numbered[Row]:
    """Return the region's rows over a range; level and phase are exact.

    What is needed at an instant is there from wedding_day_mode.lead_hours before it, and stays for as long as it would
    be raised again within planning.settle_hours.
    """
    lead = timedelta(hours=fleet.workloads.wedding_day_mode.lead_hours)
    settle = timedelta(hours=fleet.workloads.planning.settle_hours)
    # Nothing beyond these changes what holds within.
    wider = Interval(within.start - settle, within.end + settle + lead)
    needed = needs(fleet, region, wider, emergency=emergency)
    of_workloads, mean = sizings(fleet.workloads), fleet.operations_per_second(region)

    def aim(places: tuple[int, ...]) -> Aim:
        needs_ahead = [needed.table[place] for place in places]
        loads = _highest([need.loads for need in needs_ahead])
        wedding_day = any(need.wedding_day for need in needs_ahead)
        floors = [
            sizing.raised(load.wanted, load.ceiling, wedding_day=wedding_day)
            for sizing, load in zip(of_workloads, loads, strict=True)
        ]
        acu = acu_for(fleet.workloads, region, mean, max([load.rate for load in loads]))
        return Aim(wedding_day, loads, tuple(floors), acu)

    aims = numbered(ahead(needed.places, lead), aim)
    exact = numbered(needed.places, lambda place: (needed.table[place].phase, needed.table[place].cause))
    steady = _steady(aims, settle)
    nodes = _nodes(fleet.workloads, region, steady, settle)
    columns = together([exact.places, aims.places, *steady, *nodes])

    def row(places: tuple[int, ...]) -> Row:
        (phase, why), aim = exact.table[places[0]], aims.table[places[1]]
        acu, floors, ceilings = places[2], places[3 : 3 + _COUNT], places[3 + _COUNT : 3 + 2 * _COUNT]
        replicas = [
            Replicas(floor, ceiling, load.wanted, load.rate)
            for floor, ceiling, load in zip(floors, ceilings, aim.loads, strict=True)
        ]
        nodes = places[3 + 2 * _COUNT :]
        return Row(phase, why, aim.wedding_day, tuple(replicas), nodes, acu * _ACU_STEP)

    return numbered(clipped(columns, within), row)


def acu_for(workloads: Workloads, region: Region, mean: float, rate: float) -> float:
    """Return the floor that a region's databases want for the busier workload's rate, in steps of 0.5.

    The region's own min_acu is for its baseline. Of what is expected beyond it a part is enough, for Aurora adds the
    rest by itself.

    Args:
        mean: the region's operations/s over the year.
        rate: requests/s.
    """
    share = workloads.planning.database_share * rate / mean
    return math.ceil(region.database.min_acu * max(1.0, share) / _ACU_STEP) * _ACU_STEP


def _highest(needed: Sequence[tuple[Load, ...]]) -> tuple[Load, ...]:
    """Of each workload, and of each field by itself, the highest of what is needed."""
    if len(needed) == 1:
        return needed[0]
    return tuple([Load(*map(max, *of_workload)) for of_workload in zip(*needed, strict=True)])


def _steady(aims: Numbered[Aim], settle: timedelta) -> list[Steps[int]]:
    """The databases' floor in steps, the workloads' floors, their ceilings: none falls and soon rises again."""
    columns = [
        [round(aim.acu / _ACU_STEP) for aim in aims.table],
        *([aim.floors[place] for aim in aims.table] for place in range(_COUNT)),
        *([aim.loads[place].ceiling for aim in aims.table] for place in range(_COUNT)),
    ]
    return [settled(mapped(aims.places, column.__getitem__), settle) for column in columns]


def _nodes(workloads: Workloads, region: Region, steady: Sequence[Steps[int]], settle: timedelta) -> list[Steps[int]]:
    """Of each pool, in the order of `regions.node_pools.pool_names`, for the workloads' steady floors."""
    zones = len(region.network.zones)
    sizes = numbered(together(steady[1 : 1 + _COUNT]), lambda floors: _pool_floors(Same(workloads), zones, floors))
    columns = ([of_pools[place] for of_pools in sizes.table] for place in range(len(sizes.table[0])))
    return [settled(mapped(sizes.places, column.__getitem__), settle) for column in columns]


@lru_cache(maxsize=4096)
def _pool_floors(workloads: Same[Workloads], zones: int, floors: tuple[int, ...]) -> tuple[int, ...]:
    names = (sizing.name for sizing in sizings(workloads.it))
    return tuple(pool_floors(workloads.it, zones, dict(zip(names, floors, strict=True))).values())
