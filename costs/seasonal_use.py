"""How much of what the season plan decides on a month needs: capacity units and nodes, by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from costs.months import Month
from regions.fleet import Fleet
from regions.model import Region
from seasons.intervals import HOUR
from seasons.plan import Plan, plans


@dataclass(frozen=True, slots=True)
class SeasonalUse:
    """For how many hours of a month which floors hold.

    A bill is of what ran, and what runs beyond the floors is decided by the load of the day; floors are what can be
    known before.
    """

    hours: Decimal
    acu: Mapping[Decimal, Decimal]
    """Hours by the floor of each of the region's databases, capacity units."""
    nodes: Mapping[str, Mapping[int, Decimal]]
    """Hours by the floor of a pool, by the pool's name."""

    def acu_hours(self, least: Decimal, most: Decimal) -> Decimal:
        """Return the capacity unit hours of an instance whose cluster is declared with these bounds."""
        planned = self.acu or {least: self.hours}
        return sum((hours * min(max(floor, least), most) for floor, hours in planned.items()), start=Decimal(0))

    def node_hours(self, pool: str, least: Decimal) -> Decimal:
        """Return the hours of a pool's nodes, of which `least` are declared; a pool without a plan has just those."""
        planned = self.nodes.get(pool) or {0: self.hours}
        return sum((hours * max(Decimal(floor), least) for floor, hours in planned.items()), start=Decimal(0))


def unplanned(hours: Decimal) -> SeasonalUse:
    """Return the use of what no plan is for: what is declared, all the month."""
    return SeasonalUse(hours, {}, {})


def seasonal_use(fleet: Fleet, region: Region, month: Month) -> SeasonalUse:
    """Return what the region's season plan asks for in a month."""
    acu: dict[Decimal, Decimal] = {}
    nodes: dict[str, dict[int, Decimal]] = {}
    for plan in plans(fleet, region, month.during):
        hours = _hours(plan)
        floor = Decimal(str(plan.min_acu))
        acu[floor] = acu.get(floor, Decimal(0)) + hours
        for pool, count in plan.nodes.items():
            by_count = nodes.setdefault(pool, {})
            by_count[count] = by_count.get(count, Decimal(0)) + hours
    return SeasonalUse(month.hours, acu, nodes)


def _hours(plan: Plan) -> Decimal:
    """Exact to the microsecond."""
    return Decimal((plan.during.end - plan.during.start) // timedelta(microseconds=1)) / Decimal(
        HOUR // timedelta(microseconds=1)
    )
