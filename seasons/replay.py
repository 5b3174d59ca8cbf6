"""Replays hours of demand against replicas: under an autoscaler with changing bounds, or a fixed number of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from regions.model.workloads import PerformanceMonitor, WeddingApi
from regions.quantities import parse
from seasons.autoscaling import STEP_SECONDS, Hpa
from seasons.intervals import Interval

_STEP = timedelta(seconds=STEP_SECONDS)
_STEPS_AN_HOUR = 3600 // STEP_SECONDS


@dataclass(frozen=True, slots=True)
class Limits:
    """An autoscaler's bounds, and the CPU use that it holds, for as long as they are the same."""

    during: Interval
    floor: int
    ceiling: int
    cpu_percent: int


@dataclass(frozen=True, slots=True)
class HourRun:
    """What became of an hour: the mean of its replicas (its replica-hours), and its requests."""

    replicas: float
    served: float
    shed: float


@dataclass(frozen=True, slots=True)
class Run:
    """What became of all hours, in their order."""

    hours: tuple[HourRun, ...]

    @property
    def replica_hours(self) -> float:
        """Replicas times hours; a pod that still starts is paid for as well."""
        return math.fsum(hour.replicas for hour in self.hours)

    @property
    def served(self) -> float:
        """Requests that a ready replica had room for."""
        return math.fsum(hour.served for hour in self.hours)

    @property
    def shed(self) -> float:
        """Requests above what the ready replicas serve."""
        return math.fsum(hour.shed for hour in self.hours)

    @property
    def shed_share(self) -> float:
        """Part of the requests that were shed; 0 where there were none."""
        total = self.served + self.shed
        return self.shed / total if total else 0.0


def replay_fixed(workload: PerformanceMonitor | WeddingApi, rates: Sequence[float], replicas: int) -> Run:
    """Serve each hour's rate, in requests/s, with the same number of replicas."""
    return Run(tuple(_hour(rate, replicas * _STEPS_AN_HOUR, _above(workload, rate, replicas)) for rate in rates))


def replay_scaled(
    workload: PerformanceMonitor | WeddingApi, rates: Sequence[float], start: datetime, limits: Sequence[Limits]
) -> Run:
    """Serve each hour's rate, in requests/s, with what the workload's autoscaler makes of it.

    Args:
        workload: whose autoscaler it is, and what a replica serves.
        rates: of each hour from `start`; the rate changes at the hour and not within it.
        start: the first hour.
        limits: the autoscaler's bounds: contiguous, from `start` or before to the end of the hours.
    """
    first = _settled(workload, rates[0], limits[0])
    hpa = Hpa(workload.autoscaler, workload.capacity.per_replica, _most_use(workload), first)
    replica_steps, shed = [0] * len(rates), [0.0] * len(rates)
    for hour, steps, bounds in _stretches(start, len(rates), limits):
        for left in range(steps, 0, -1):
            changed = hpa.step(rates[hour], bounds.floor, bounds.ceiling, bounds.cpu_percent)
            same = 1 if changed else left
            replica_steps[hour] += hpa.replicas * same
            shed[hour] += _above(workload, rates[hour], hpa.ready) * same / _STEPS_AN_HOUR
            if not changed:
                break
    return Run(tuple(_hour(*each) for each in zip(rates, replica_steps, shed, strict=True)))


def _hour(rate: float, replica_steps: int, shed: float) -> HourRun:
    return HourRun(replica_steps / _STEPS_AN_HOUR, (rate - shed) * 3600, shed * 3600)


def _above(workload: PerformanceMonitor | WeddingApi, rate: float, ready: int) -> float:
    """Requests/s that find no room."""
    return max(0.0, rate - ready * workload.capacity.per_replica)


def _settled(workload: PerformanceMonitor | WeddingApi, rate: float, limits: Limits) -> int:
    """The replicas of an autoscaler that has had this rate for long."""
    wanted = math.ceil(rate / workload.capacity.per_replica / (limits.cpu_percent / 100))
    return min(max(wanted, limits.floor), limits.ceiling)


def _most_use(workload: PerformanceMonitor | WeddingApi) -> float:
    """CPU that the application can use as a multiple of what it asks for."""
    resources = workload.application[1].resources
    return float(parse(resources.limits.cpu) / parse(resources.requests.cpu))


def _stretches(start: datetime, hours: int, limits: Sequence[Limits]) -> Iterator[tuple[int, int, Limits]]:
    """Each hour, cut where the bounds change: (hour, steps, bounds). A change within a step counts from the step on."""
    ends = [(each.during.end - start) // _STEP for each in limits]
    position = 0
    for hour in range(hours):
        step, end = hour * _STEPS_AN_HOUR, (hour + 1) * _STEPS_AN_HOUR
        while step < end:
            while ends[position] <= step:
                position += 1
            until = min(end, ends[position])
            yield hour, until - step, limits[position]
            step = until
