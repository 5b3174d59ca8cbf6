"""What the region's FreezeWindow has to say: no I/O, no clock of its own.

Whoever may change the region is decided by `guard.verdict`, as for every other lock; here its answer becomes an object
that admission policies can read. What nobody can work out is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from guard.document import instant_text
from guard.verdict import Verdict

Spec = Mapping[str, object]
_REASONS, _REASON_LENGTH = 4, 300
"""As many and as long as the kind's schema lets them be."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An object that the window depends on."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The newest Job of the clock, which ends by itself at `ends`, and the CronJob that makes the next one."""

    job: Owner
    maker: Owner
    ends: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A window as it is in the cluster; `jobs` are the UIDs of the Jobs that own it."""

    spec: Spec
    jobs: tuple[str, ...]


def spec_of(verdict: Verdict, ends: datetime) -> Spec:
    """Return what a window says that counts until `ends`."""
    closed = verdict.window is not None
    spec: dict[str, object] = {"closed": closed, "validUntil": instant_text(ends), "reasons": []}
    if verdict.window:
        spec["opensAt"] = instant_text(verdict.window.during.end)
        spec["reasons"] = [each[:_REASON_LENGTH] for each in verdict.window.reasons[:_REASONS]]
    if verdict.closes_at:
        spec["closesAt"] = instant_text(verdict.closes_at)
    if verdict.override:
        approved = verdict.override
        spec["override"] = {
            "name": approved.name,
            "approvers": list(approved.approvers),
            "ticket": approved.override.ticket,
            "expires": instant_text(approved.override.expires),
        }
    return spec


def unknown(problem: str, ends: datetime) -> Spec:
    """Return what a window says when nobody knows whether it is closed: that it is."""
    return {"closed": True, "validUntil": instant_text(ends), "reasons": [problem[:_REASON_LENGTH]]}


def opened_by(spec: Spec | None) -> str:
    """Return what lets changes through: "the calendar", an override by its name, or "" where nothing does."""
    if spec is None:
        return ""
    if not spec["closed"]:
        return "the calendar"
    override = spec.get("override")
    return str(override["name"]) if isinstance(override, Mapping) else ""


def next_edge(verdict: Verdict) -> datetime | None:
    """Return when the verdict is another one by itself at the latest; None where it never is."""
    expires = verdict.override and verdict.override.override.expires
    edges = [each for each in (verdict.closes_at, verdict.opens_at, expires) if each is not None]
    return min(edges, default=None)
