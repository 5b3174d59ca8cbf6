"""The answer: freeze windows, and what opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guard.override import Approved
from guard.target import Target
from guard.words import at_utc
from regions.fleet import Fleet
from seasons import freeze
from seasons.freeze import Window
from seasons.intervals import Interval
from seasons.local_days import utc

# No window is longer, and none is further away: no year is without Saturdays.
_REACH = timedelta(days=60)
_REASONS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the stack may be changed at an instant (UTC), in sentences, the verdict first.

    `window`: the freeze window that the instant lies in, also where an override opens it; None where there is none.
    `closes_at`: when the next window begins; None within one, and where the environment has none.
    """

    target: Target
    at: datetime
    allowed: bool
    window: Window | None
    closes_at: datetime | None
    override: Approved | None
    sentences: tuple[str, ...]

    @property
    def opens_at(self) -> datetime | None:
        """When the window ends, whether an override opens it earlier or not; None outside of windows."""
        return self.window and self.window.during.end


def may_change(
    fleet: Fleet, target: Target, at: datetime, *, freezes: bool, override: Approved | None = None
) -> Verdict:
    """Return whether the stack may be changed at this instant, and why not or until when.

    Args:
        fleet: the environment's regions (`Fleet.restricted`): the global stack is blocked while any of them is.
        target: the stack.
        at: when; has an offset from UTC.
        freezes: whether the environment has freeze windows at all, as its settings say.
        override: one that was verified for this tree. Whether it is for this stack and instant is seen to here.
    Raises:
        KeyError: the fleet has no such region.
        NaiveInstantError: `at` has no offset from UTC.
    """
    at = utc(at)
    names = tuple(fleet.regions) if target.region is None else (fleet.region(target.region).name,)
    if not freezes:
        said = f"{target.stack} may be changed: the environment {target.environment} has no freeze windows."
        return Verdict(target, at, True, None, None, None, (said,))
    found = freeze.windows(fleet, names, Interval(at - _REACH, at + _REACH))
    window = next(window for window in found if window.during.end > at)
    if at not in window.during:
        said = f"{target.stack} may be changed until {at_utc(window.during.start)}, when its next freeze window begins."
        return Verdict(target, at, True, None, window.during.start, None, (said,))
    objection = override and override.objection(target, at)
    if override and not objection:
        said = f"{target.stack} may be changed though it is blocked. {override.sentence}."
        return Verdict(target, at, True, window, None, override, (said, _because(window)))
    return Verdict(target, at, False, window, None, None, (*_blocked(target, window), *filter(None, [objection])))


def _blocked(target: Target, window: Window) -> tuple[str, ...]:
    where = f" --stack {target.stack}" if target.region is None else f" --region {target.region}"
    return (
        f"{target.stack} is blocked until {at_utc(window.during.end)}.",
        _because(window),
        f"In an emergency two approvers can open it: wedops override request --environment {target.environment}{where}"
        f" (overrides/README.md).",
    )


def _because(window: Window) -> str:
    told, more = window.reasons[:_REASONS_TOLD], len(window.reasons) - _REASONS_TOLD
    others = f"; and {more} more" if more > 0 else ""
    return f"The freeze window began {at_utc(window.during.start)}, because of {'; '.join(told)}{others}."
