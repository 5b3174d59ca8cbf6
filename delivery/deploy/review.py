"""What was found out about a change before it is made, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from delivery.console import FAILED, INTERRUPTED, REFUSED
from delivery.deploy.checks import Loss
from delivery.deploy.cost_change import CostChange
from delivery.deploy.preview import StackPreview
from guard.verdict import Verdict


class Result(StrEnum):
    """What became of a command."""

    PREVIEWED = "previewed"
    UNCHANGED = "unchanged"
    DONE = "done"
    REFUSED = "refused"
    DECLINED = "declined"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


EXIT_CODES: Mapping[Result, int] = MappingProxyType(
    {
        Result.PREVIEWED: 0,
        Result.UNCHANGED: 0,
        Result.DONE: 0,
        Result.REFUSED: REFUSED,
        Result.DECLINED: REFUSED,
        Result.FAILED: FAILED,
        Result.INTERRUPTED: INTERRUPTED,
    }
)


@dataclass(frozen=True, slots=True)
class Review:
    """A change as it was looked at. `preview` is None where it was refused, or failed, before there was one."""

    stack: str
    verdict: Verdict
    preview: StackPreview | None = None
    losses: tuple[Loss, ...] = ()
    cost: CostChange | None = None
    refusals: tuple[str, ...] = ()
    """Why it must not be made: sentences."""
    failure: str = ""
    """What went wrong, and what to do."""
    notes: tuple[str, ...] = ()
    """What whoever made it has to know besides: sentences."""

    @property
    def result(self) -> Result | None:
        """What this alone decides; None: the change may be made."""
        if self.refusals:
            return Result.REFUSED
        if self.failure:
            return Result.FAILED
        if self.preview is not None and not self.preview.changes:
            return Result.UNCHANGED
        return None
