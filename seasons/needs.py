"""What a region needs at one instant, without looking ahead: replicas, rates, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from regions.fleet import Fleet
from regions.model import Market, Phase, Region
from seasons.calendar import WORKLOADS, Moment, busiest, market_calendar, moments
from seasons.demand import MarketFactors
from seasons.intervals import Interval
from seasons.levels import EMERGENCY, Cause, cause, is_wedding_day
from seasons.sizing import Sizing, sizings
from seasons.steps import Numbered, numbered, together


class Load(NamedTuple):
    """What one workload needs."""

    rate: float
    """Requests/s expected of it."""
    wanted: int
    """Replicas; perhaps more than the ceiling."""
    ceiling: int
    """Most replicas at this level."""


class Need(NamedTuple):
    """What a region needs while no market's moment changes."""

    phase: Phase
    cause: Cause
    wedding_day: bool
    loads: tuple[Load, ...]
    """In the order of `WORKLOADS`."""


def needs(fleet: Fleet, region: Region, within: Interval, *, emergency: bool) -> Numbered[Need]:
    """Return what the region needs over a range."""
    of_markets = [moments(market_calendar(fleet, region, market, within)) for market in region.markets]
    shares = [
        _shares(fleet, region, market, each.table, emergency=emergency)
        for market, each in zip(region.markets, of_markets, strict=True)
    ]
    of_workloads = sizings(fleet.workloads)

    def need(places: tuple[int, ...]) -> Need:
        return _need(of_workloads, [share[place] for share, place in zip(shares, places, strict=True)])

    return numbered(together([each.places for each in of_markets]), need)


class _Share(NamedTuple):
    """What one market has in it at a moment."""

    phase: Phase
    cause: Cause
    wedding_day: bool
    rates: tuple[float, ...]
    """Requests/s of each workload, in the order of `WORKLOADS`."""


def _shares(
    fleet: Fleet, region: Region, market: Market, moments: Sequence[Moment], *, emergency: bool
) -> list[_Share]:
    factors, protection = MarketFactors(fleet, region, market, emergency=emergency), fleet.workloads.protection
    known: dict[tuple[object, ...], tuple[float, ...]] = {}

    def rates(moment: Moment) -> tuple[float, ...]:
        # Neither the day of the week nor what a special day is called changes them.
        key = (moment.phase, moment.rushes, moment.sabbath, moment.occasion.factor)
        if key not in known:
            known[key] = tuple([factors.demand(workload, moment).rate for workload in WORKLOADS])
        return known[key]

    return [
        _Share(
            moment.phase,
            EMERGENCY if emergency else cause(moment, protection),
            is_wedding_day(moment, protection),
            rates(moment),
        )
        for moment in moments
    ]


def _need(of_workloads: Sequence[Sizing], shares: Sequence[_Share]) -> Need:
    phase = busiest([share.phase for share in shares])
    # Of equal levels the first market's reason is told.
    highest = max([share.cause for share in shares], key=itemgetter(0))
    loads: list[Load] = []
    for sizing, rates in zip(of_workloads, zip(*[share.rates for share in shares], strict=True), strict=True):
        rate = math.fsum(rates)
        wanted = max(sizing.floors[highest.level][phase], sizing.replicas_for(rate))
        loads.append(Load(rate, wanted, sizing.ceilings[highest.level]))
    return Need(phase, highest, any(share.wedding_day for share in shares), tuple(loads))
