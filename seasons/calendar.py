"""What the calendar and the clock of one market say, as half-open intervals over any range."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from regions.fleet import Fleet
from regions.model import Market, Phase, Region, Season, Workloads
from regions.model.demand import SaturdayWindow
from regions.model.workloads import PerformanceMonitor, WeddingApi
from seasons.events import Occasion, Occasions, occasions
from seasons.identity import Same
from seasons.intervals import Interval, subtract, union
from seasons.local_days import local_hours
from seasons.steps import Numbered, numbered, overlay
from seasons.weddings import resting, sabbaths, wedding_days
from seasons.weekdays import FRIDAY, SATURDAY, SUNDAY, days_of, overlapping, whole_days, whole_months

Workload = Literal["performance_monitor", "wedding_api"]
WORKLOADS: tuple[Workload, ...] = ("performance_monitor", "wedding_api")
# The busier a phase, the earlier: at a midnight that comes twice the busier of two months counts.
PHASES: tuple[Phase, ...] = ("wedding_season", "engagement_season", "off_season")

_NO_OCCASION = Occasion("no special day", 1.0, "")


class Moment(NamedTuple):
    """What holds in a market at an instant; the same for as long as nothing of it changes."""

    phase: Phase
    saturday: bool
    beside_saturday: bool
    """Friday or Sunday."""
    rushes: tuple[Workload, ...]
    """The workloads in whose hours of Saturday this is."""
    sabbath: bool
    """Whether cultures that keep it are kept from marrying; False in a market that has none."""
    occasion: Occasion
    """The busiest one; of factor 1 where there is none."""


@dataclass(frozen=True, slots=True)
class MarketCalendar:
    """The intervals of a market; each tuple is sorted and disjoint, its intervals whole though they may reach out."""

    within: Interval
    phases: Mapping[Phase, tuple[Interval, ...]]
    saturdays: tuple[Interval, ...]
    beside_saturdays: tuple[Interval, ...]
    rushes: Mapping[Workload, tuple[Interval, ...]]
    sabbaths: tuple[Interval, ...]
    occasions: Occasions


def market_calendar(fleet: Fleet, region: Region, market: Market, within: Interval) -> MarketCalendar:
    """Return what the calendar of a region's market says about a range."""
    demand, zone = fleet.workloads.demand, market.zone
    return MarketCalendar(
        within=within,
        phases=phases(region.season_of(market), market, within),
        saturdays=whole_days(zone, SATURDAY, within),
        beside_saturdays=union((*whole_days(zone, FRIDAY, within), *whole_days(zone, SUNDAY, within))),
        rushes={
            workload: _rush(settings_of(fleet.workloads, workload).saturday, market, within) for workload in WORKLOADS
        },
        sabbaths=sabbaths(market, within) if resting(market, demand.cultures) else (),
        occasions=occasions(demand, fleet.observed_dates, market, within),
    )


def phases(season: Season, market: Market, within: Interval) -> dict[Phase, tuple[Interval, ...]]:
    """Return what part of the year it is in a market: disjoint intervals that cover `within`."""
    taken: tuple[Interval, ...] = ()
    found: dict[Phase, tuple[Interval, ...]] = {}
    for phase in PHASES:
        months = [month for month in range(1, 13) if season.phase(month) == phase]
        found[phase] = subtract(whole_months(market.zone, months, within), taken)
        taken = union((*taken, *found[phase]))
    return found


def weddings(fleet: Fleet, market: Market, within: Interval) -> dict[str, tuple[Interval, ...]]:
    """Return the wedding days of each of the market's cultures, by culture; those that lie in part in `within`."""
    cultures = fleet.workloads.demand.cultures
    return {name: wedding_days(market, cultures[name], within) for name in market.cultures}


def moments(calendar: MarketCalendar) -> Numbered[Moment]:
    """Return the market's moments over the calendar's range."""
    layers = [
        *(calendar.phases[phase] for phase in PHASES),
        calendar.saturdays,
        calendar.beside_saturdays,
        *(calendar.rushes[workload] for workload in WORKLOADS),
        calendar.sabbaths,
        *(days for _, days in calendar.occasions),
    ]
    return numbered(overlay(layers, calendar.within), lambda covered: _moment(covered, calendar.occasions))


def moment_at(fleet: Fleet, region: Region, market: Market, at: datetime) -> Moment:
    """Return the market's moment at an instant in UTC; quick for many instants of the same days."""
    start = datetime(at.year, at.month, 1, tzinfo=at.tzinfo)
    end = (start + timedelta(days=32)).replace(day=1)
    return _moments_of(Same(fleet), Same(region), Same(market), Interval(start, end)).at(at)


def busiest(of_markets: Sequence[Phase]) -> Phase:
    """Return a region's part of the year: the busiest of its markets'."""
    return min(of_markets, key=PHASES.index)


def settings_of(workloads: Workloads, workload: Workload) -> PerformanceMonitor | WeddingApi:
    """Return what workloads.yaml says about a workload."""
    return workloads.performance_monitor if workload == "performance_monitor" else workloads.wedding_api


@lru_cache(maxsize=4096)
def _moments_of(fleet: Same[Fleet], region: Same[Region], market: Same[Market], within: Interval) -> Numbered[Moment]:
    return moments(market_calendar(fleet.it, region.it, market.it, within))


def _moment(covered: int, occasions: Occasions) -> Moment:
    """The moment in which these layers of `moments` cover, each a bit, the first one the lowest."""
    bits = (bool(covered & 1 << place) for place in itertools.count())
    phase: list[Phase] = [phase for phase in PHASES if next(bits)]
    saturday, beside_saturday = next(bits), next(bits)
    rushes: tuple[Workload, ...] = tuple([workload for workload in WORKLOADS if next(bits)])
    sabbath = next(bits)
    # The other layers are the occasions', the busiest first.
    occasion = next((occasion for (occasion, _), here in zip(occasions, bits, strict=False) if here), _NO_OCCASION)
    return Moment(phase[0], saturday, beside_saturday, rushes, sabbath, occasion)


def _rush(saturday: SaturdayWindow, market: Market, within: Interval) -> tuple[Interval, ...]:
    if (saturday.start_hour, saturday.end_hour) == (0, 24):
        return whole_days(market.zone, SATURDAY, within)
    hours = (local_hours(market.zone, day, saturday.start_hour, saturday.end_hour) for day in days_of(SATURDAY, within))
    return overlapping(hours, within)
