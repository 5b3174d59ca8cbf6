"""What the off-season costs beside the season, and what keeps it from costing less."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from regions.model.market import Phase
from seasons.intervals import HOUR
from seasons.levels import Level
from seasons.plan import Plan
from seasons.replay import Run

GOAL = 0.40  # the business's: the off-season costs at least so much less than the season


@dataclass(frozen=True, slots=True)
class Use:
    """For so many hours, so much of something."""

    phase: Phase
    level: Level
    hours: float
    amount: float


@dataclass(frozen=True, slots=True)
class Saving:
    """Something that is paid for by the hour: the mean of it in the season and off season.

    `share` is what the off-season saves of it; `held_back_by` says why it is not the goal, and is empty if it is.
    """

    what: str
    season: float
    off_season: float
    share: float
    held_back_by: str

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.share >= GOAL


def savings(plans: Sequence[Plan], start: datetime, runs: Mapping[str, Run]) -> tuple[Saving, ...]:
    """Return the saving of each thing that is paid for; none where the hours have no season or no off-season.

    What nothing is used of in the season can save nothing either, and is left out.

    Replicas are those that ran; nodes and database capacity are the plan's floors, which is what it decides on.

    Args:
        plans: contiguous, covering the runs' hours.
        start: the runs' first hour.
        runs: what ran under the plan, by workload.
    """
    measured: dict[str, list[Use]] = {}
    for workload, run in runs.items():
        measured[f"replicas of {workload}"] = list(_replicas(plans, start, run))
    for pool in plans[0].nodes:
        measured[f"nodes of {pool}"] = [_use(plan, plan.nodes[pool]) for plan in plans]
    measured["database ACU"] = [_use(plan, plan.min_acu) for plan in plans]
    return tuple(
        _saving(what, uses)
        for what, uses in measured.items()
        if _mean(_in(uses, "wedding_season")) > 0 and _in(uses, "off_season")
    )


def _use(plan: Plan, amount: float) -> Use:
    return Use(plan.phase, plan.level, (plan.during.end - plan.during.start) / HOUR, amount)


def _replicas(plans: Sequence[Plan], start: datetime, run: Run) -> Iterator[Use]:
    """Each hour by the plan at its start."""
    position = 0
    for number, hour in enumerate(run.hours):
        while plans[position].during.end <= start + number * HOUR:
            position += 1
        yield Use(plans[position].phase, plans[position].level, 1.0, hour.replicas)


def _saving(what: str, uses: Sequence[Use]) -> Saving:
    season, off = (_in(uses, "wedding_season"), _in(uses, "off_season"))
    share = 1 - _mean(off) / _mean(season)
    return Saving(what, _mean(season), _mean(off), share, "" if share >= GOAL else _reason(season, off))


def _reason(season: Sequence[Use], off: Sequence[Use]) -> str:
    """The two things that can hold a saving back: what is kept at NORMAL, and the protected days of the off-season.

    There always is one of them: an off-season without protected days is all NORMAL, and keeps too much of the season's.
    """
    quiet, busy = _at(off, Level.NORMAL), [use for use in off if use.level > Level.NORMAL]
    quiet_in_season = _at(season, Level.NORMAL)
    kept, most = _mean(quiet), 1 - GOAL
    parts: list[str] = []
    if quiet and quiet_in_season and kept > most * _mean(quiet_in_season):
        parts.append(f"at NORMAL it keeps {kept:.1f} off season and {_mean(quiet_in_season):.1f} in season")
    elif quiet and kept > most * _mean(season):
        parts.append(f"at NORMAL it keeps {kept:.1f} off season, the season's mean is {_mean(season):.1f}")
    if busy:
        hours, amount = _hours(busy) / _hours(off), _amount(busy) / _amount(off)
        parts.append(f"{hours:.0%} of the off-season's hours are above NORMAL and take {amount:.0%} of what it uses")
    return "; ".join(parts)


def _in(uses: Iterable[Use], phase: Phase) -> list[Use]:
    return [use for use in uses if use.phase == phase]


def _at(uses: Iterable[Use], level: Level) -> list[Use]:
    return [use for use in uses if use.level == level]


def _hours(uses: Iterable[Use]) -> float:
    return math.fsum(use.hours for use in uses)


def _amount(uses: Iterable[Use]) -> float:
    return math.fsum(use.hours * use.amount for use in uses)


def _mean(uses: Sequence[Use]) -> float:
    """Amount an hour; 0 where there is no hour."""
    return _amount(uses) / _hours(uses) if uses else 0.0
