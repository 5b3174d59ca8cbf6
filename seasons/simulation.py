"""A year of a region, hour by hour: what the plan serves and costs beside what needs no plan."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from regions.fleet import Fleet
from regions.model import Region, Workloads
from seasons.calendar import Workload, settings_of
from seasons.demand import demand
from seasons.intervals import HOUR, Interval
from seasons.plan import Plan
from seasons.replay import Limits, Run, replay_fixed, replay_scaled

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
SEED = 1  # of noise, where nobody asks for another
# Traffic wanders about its mean for hours, not minutes (assumption, until a year has been measured).
_NOISE, _NOISE_KEPT = 0.10, 0.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same demand, requests/s of each hour, served in three ways.

    `plan`: the autoscaler between the plan's floor and ceiling. `plain`: the autoscaler as it is created, whose bounds
    nobody changes. `fixed`: always `fixed_replicas`, that one's ceiling. A replica serves `per_replica` requests/s.
    """

    rates: tuple[float, ...]
    plan: Run
    plain: Run
    fixed: Run
    fixed_replicas: int
    per_replica: float


def year(number: int) -> Interval:
    """Return a calendar year in UTC."""
    return Interval(datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC))


def expected_rates(fleet: Fleet, region: Region, workload: Workload, within: Interval) -> list[float]:
    """Return the model's own demand, requests/s, of each whole hour from the start of `within`.

    Factors change at local hours, which in UTC are at half past in Kolkata and at a quarter past in Kathmandu: an hour
    is the mean of its halves, or of shorter parts where clocks there need them.
    """
    parts = _parts_of_an_hour(region, within)
    rates = [
        math.fsum(market.rate for market in demand(fleet, region, workload, within.start + part * HOUR / parts))
        for part in range(parts * ((within.end - within.start) // HOUR))
    ]
    return [math.fsum(rates[first : first + parts]) / parts for first in range(0, len(rates), parts)]


def _parts_of_an_hour(region: Region, within: Interval) -> int:
    """The fewest from 2 on in which no local hour of the region's markets begins, but at their starts."""
    days = (within.end - within.start) // _DAY + 1
    offsets = {
        (within.start + day * _DAY).astimezone(market.zone).utcoffset() or timedelta()
        for market in region.markets
        for day in range(days + 1)
    }
    return 60 // math.gcd(30, *(offset // _MINUTE for offset in offsets))


def with_noise(rates: Iterable[float], seed: int) -> list[float]:
    """Return the rates with noise about them, the same for the same seed: lognormal, of mean 1, and slow."""
    source, deviation = random.Random(seed), 0.0  # noqa: S311 - noise, not a secret
    fresh = _NOISE * math.sqrt(1 - _NOISE_KEPT**2)
    noisy: list[float] = []
    for rate in rates:
        deviation = _NOISE_KEPT * deviation + source.gauss(0, fresh)
        noisy.append(rate * math.exp(deviation - _NOISE**2 / 2))
    return noisy


def compare(
    workloads: Workloads, workload: Workload, rates: Sequence[float], start: datetime, plans: Sequence[Plan]
) -> Comparison:
    """Serve the rates, requests/s of each hour from `start`, in all three ways.

    Args:
        workloads: what a replica serves, and the autoscaler's pace.
        workload: the one that serves.
        rates: at least one.
        start: the first hour.
        plans: contiguous, covering all the hours.
    """
    served_by = settings_of(workloads, workload)
    rules = served_by.autoscaler
    always = Interval(start, start + len(rates) * HOUR)
    bounds = [(plan.during, plan.workloads[workload]) for plan in plans]
    planned = [Limits(during, each.floor, each.ceiling, each.cpu_percent) for during, each in bounds]
    created = [Limits(always, rules.min_replicas, rules.max_replicas, rules.cpu_percent)]
    return Comparison(
        rates=tuple(rates),
        plan=replay_scaled(served_by, rates, start, planned),
        plain=replay_scaled(served_by, rates, start, created),
        fixed=replay_fixed(served_by, rates, rules.max_replicas),
        fixed_replicas=rules.max_replicas,
        per_replica=served_by.capacity.per_replica,
    )
