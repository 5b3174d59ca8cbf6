"""What a look at a live object can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Live = Mapping[str, Any]
Look = Callable[[str], "dict[str, Any] | None"]


class Outcome(Enum):
    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Verdict:
    """An outcome and, unless it is READY, the reason as a sentence."""

    outcome: Outcome
    reason: str = ""


READY = Verdict(Outcome.READY)


def waiting(reason: str) -> Verdict:
    return Verdict(Outcome.WAITING, reason)


def failed(reason: str) -> Verdict:
    return Verdict(Outcome.FAILED, reason)


def condition(live: Live, kind: str) -> Mapping[str, Any]:
    """The status condition of that type, {} where there is none."""
    conditions = live.get("status", {}).get("conditions") or []
    return next((entry for entry in conditions if entry.get("type") == kind), {})


def holds(live: Live, kind: str) -> bool:
    """Whether a status condition is True."""
    return condition(live, kind).get("status") == "True"


def told(entry: Mapping[str, Any]) -> str:
    """A condition as a sentence."""
    return f"{entry.get('reason', entry.get('type'))}: {entry.get('message', '(no message)')}"
