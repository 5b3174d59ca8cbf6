"""What should run, and when: floors, ceilings and capacity of a region, as a timetable that never flaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from regions.fleet import Fleet
from regions.model import Phase, Region, Workloads
from regions.node_pools import pool_names
from seasons.calendar import WORKLOADS
from seasons.intervals import Interval
from seasons.levels import Level
from seasons.local_days import utc
from seasons.reasons import reasons
from seasons.sizing import Sizing, sizings
from seasons.timetable import Replicas, Row, timetable

# A plan ends with the week at the latest, for every week has a Saturday and that is a wedding day.
_WEEK = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one workload's autoscaler, and what they are for."""

    floor: int
    """Replicas, from 1 to `ceiling`."""
    ceiling: int
    cpu_percent: int
    """CPU use that the autoscaler holds."""
    rate: float
    """Requests/s expected at the busiest moment that the floor is for."""
    shortfall: int
    """Replicas that the ceiling cuts off of what that rate needs; 0 when none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs in a region during an interval, throughout it."""

    during: Interval
    phase: Phase
    """The busiest of the region's markets."""
    level: Level
    wedding_day: bool
    """Whether wedding-day mode is on."""
    emergency: bool
    workloads: Mapping[str, Bounds]
    """By field of `regions.model.Workloads`: "performance_monitor", "wedding_api"."""
    nodes: Mapping[str, int]
    """Fewest nodes of each pool, by its name."""
    min_acu: float
    """Floor of each of the region's databases, Aurora capacity units in steps of 0.5."""
    acu_shortfall: float
    """Units that the databases' ceiling cuts off; 0 when none."""
    metrics_interval_seconds: int
    """How often metrics are taken."""
    reasons: tuple[str, ...]
    """Sentences, the most important first."""


_Content = tuple[Phase, Level, bool, bool, Mapping[str, Bounds], Mapping[str, int], float, float, int, tuple[str, ...]]


def plan_at(fleet: Fleet, region: Region, at: datetime, *, emergency: bool = False) -> Plan:
    """Return the plan that holds at an instant; `during` is all of it, but for what lies more than 8 days away.

    Raises:
        NaiveInstantError: `at` has no offset.
    """
    instant = utc(at)
    around = plans(fleet, region, Interval(instant - _WEEK, instant + _WEEK), emergency=emergency)
    return next(plan for plan in around if instant in plan.during)


def plans(fleet: Fleet, region: Region, within: Interval, *, emergency: bool = False) -> Sequence[Plan]:
    """Return the region's plans over a range, one after the other without a gap; neighbours differ.

    Raises:
        NaiveInstantError: an end of the range has no offset.
    """
    whole = Interval(utc(within.start), utc(within.end))
    if whole.start >= whole.end:
        return ()
    rows = timetable(fleet, region, whole, emergency=emergency)
    sized, pools = sizings(fleet.workloads), pool_names(fleet.workloads)
    contents = [_content(fleet.workloads, region, sized, pools, row, emergency=emergency) for row in rows.table]
    return [Plan(during, *contents[place]) for during, place in rows.places.pieces()]


def next_change(fleet: Fleet, region: Region, plan: Plan) -> Plan | None:
    """Return the next plan with other numbers than this one's, or None if there is none within a fortnight.

    Plans of which only the expected rate differs (a Sabbath begins, a holiday ends) are passed over.
    """
    end = plan.during.end
    following = plans(fleet, region, Interval(end, end + 2 * _WEEK), emergency=plan.emergency)
    return next((each for each in following if _numbers(each) != _numbers(plan)), None)


def _numbers(plan: Plan) -> tuple[object, ...]:
    bounds = tuple((each.floor, each.ceiling, each.cpu_percent) for each in plan.workloads.values())
    return plan.level, plan.wedding_day, bounds, tuple(plan.nodes.values()), plan.min_acu


def _content(
    workloads: Workloads, region: Region, sized: Sequence[Sizing], pools: Sequence[str], row: Row, *, emergency: bool
) -> _Content:
    """A plan's fields but `during`, in their order: most rows come again every week, and their plans share them."""
    bounds = {
        workload: _bounds(workloads, sizing, replicas, wedding_day=row.wedding_day)
        for workload, sizing, replicas in zip(WORKLOADS, sized, row.replicas, strict=True)
    }
    most, mode = region.database.max_acu, workloads.wedding_day_mode
    return (
        row.phase,
        row.cause.level,
        row.wedding_day,
        emergency,
        MappingProxyType(bounds),
        MappingProxyType(dict(zip(pools, row.nodes, strict=True))),
        min(row.acu, most),
        max(0.0, row.acu - most),
        mode.metrics_interval_seconds if row.wedding_day else mode.normal_metrics_interval_seconds,
        reasons(workloads, sized, region, row),
    )


def _bounds(workloads: Workloads, sizing: Sizing, replicas: Replicas, *, wedding_day: bool) -> Bounds:
    return Bounds(
        floor=replicas.floor,
        ceiling=replicas.ceiling,
        cpu_percent=workloads.wedding_day_mode.cpu_percent if wedding_day else sizing.cpu_percent,
        rate=replicas.rate,
        shortfall=max(0, replicas.wanted - replicas.ceiling),
    )
