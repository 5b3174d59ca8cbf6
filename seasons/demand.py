"""How busy it is expected to be, and every factor that says so: baseline x season x special x culture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from regions.fleet import Fleet
from regions.model import Market, Phase, Region, Workloads
from seasons.calendar import PHASES, WORKLOADS, Moment, Workload, moment_at, settings_of
from seasons.identity import Same
from seasons.local_days import utc
from seasons.weddings import culture_factor, resting


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a market's demand; the first one, the baseline, is in requests/s."""

    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class MarketDemand:
    """Requests/s expected of one market: the product of its factors."""

    market: str
    rate: float
    factors: tuple[Factor, ...]


def demand(
    fleet: Fleet, region: Region, workload: Workload, at: datetime, *, emergency: bool = False
) -> tuple[MarketDemand, ...]:
    """Return what each market of the region is expected to ask of a workload at an instant, requests/s.

    A request is counted as one database operation, whose mean a second is the baseline (assumption).

    Raises:
        NaiveInstantError: `at` has no offset.
    """
    instant = utc(at)
    return tuple(
        _factors_of(Same(fleet), Same(region), Same(market), emergency).demand(
            workload, moment_at(fleet, region, market, instant)
        )
        for market in region.markets
    )


class MarketFactors:
    """The factors of a market's demand: each is named once, and a moment of its calendar chooses among them."""

    def __init__(self, fleet: Fleet, region: Region, market: Market, *, emergency: bool) -> None:
        """Name the factors of a region's market, while an emergency is declared or while none is."""
        workloads = fleet.workloads
        self._market = market.name
        self._baseline = _baseline(fleet, region, market)
        self._seasons = {name: {phase: _season(workloads, name, phase) for phase in PHASES} for name in WORKLOADS}
        self._saturdays = {name: _saturday(workloads, name) for name in WORKLOADS}
        self._emergency = [_emergency(workloads)] if emergency else []
        self._cultures = [_culture(workloads, region, market, sabbath=sabbath) for sabbath in (False, True)]

    def demand(self, workload: Workload, moment: Moment) -> MarketDemand:
        """Return what the market is expected to ask of a workload at a moment."""
        factors = (
            self._baseline,
            self._seasons[workload][moment.phase],
            self._special(workload, moment),
            self._cultures[moment.sabbath],
        )
        return MarketDemand(self._market, math.prod([factor.value for factor in factors]), factors)

    def _special(self, workload: Workload, moment: Moment) -> Factor:
        """The highest of the special factors: they do not multiply each other."""
        saturday = [self._saturdays[workload]] if workload in moment.rushes else []
        return max([Factor(*moment.occasion), *saturday, *self._emergency], key=attrgetter("value"))


@lru_cache(maxsize=1024)
def _factors_of(fleet: Same[Fleet], region: Same[Region], market: Same[Market], emergency: bool) -> MarketFactors:
    return MarketFactors(fleet.it, region.it, market.it, emergency=emergency)


def _baseline(fleet: Fleet, region: Region, market: Market) -> Factor:
    """A market's mean requests/s over the year."""
    weights = sum(each.traffic_weight for each in fleet.regions.values())
    source = (
        f"workloads.yaml: demand.operations_per_day; regions/{region.name}.yaml: traffic_weight"
        f" {region.traffic_weight:g} of {weights:g}, traffic_share {market.traffic_share:g} of {market.name}"
    )
    return Factor("baseline", fleet.operations_per_second(region) * market.traffic_share, source)


def _season(workloads: Workloads, workload: Workload, phase: Phase) -> Factor:
    factor: float = getattr(settings_of(workloads, workload).season_factors, phase)
    return Factor(phase.replace("_", " "), factor, f"workloads.yaml: {workload}.season_factors.{phase}")


def _saturday(workloads: Workloads, workload: Workload) -> Factor:
    saturday = settings_of(workloads, workload).saturday
    name = f"Saturday {saturday.start_hour:02d}:00-{saturday.end_hour:02d}:00"
    return Factor(name, saturday.factor, f"workloads.yaml: {workload}.saturday")


def _emergency(workloads: Workloads) -> Factor:
    return Factor("emergency", workloads.demand.emergency_factor, "workloads.yaml: demand.emergency_factor")


def _culture(workloads: Workloads, region: Region, market: Market, *, sabbath: bool) -> Factor:
    cultures = workloads.demand.cultures
    source = f"regions/{region.name}.yaml: cultures of {market.name}; workloads.yaml: demand.cultures"
    if sabbath:
        source += f"; on the Sabbath without {', '.join(resting(market, cultures))}"
    return Factor("culture", culture_factor(market, cultures, sabbath=sabbath), source)
