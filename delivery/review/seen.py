"""A stack of an environment as the review saw it."""

from __future__ import annotations

from dataclasses import dataclass

from delivery.console import FAILED, REFUSED
from delivery.deploy.review import Review


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found out about the change of one stack.

    `is_new`: there is no such stack yet, so nothing was previewed.
    """

    review: Review
    is_new: bool = False

    @property
    def failed(self) -> bool:
        """Whether nobody knows what would happen."""
        return bool(self.review.failure) and not self.is_new

    @property
    def refused(self) -> bool:
        """Whether `wedops up` would not make this change."""
        return bool(self.review.refusals)


def exit_code(seen: list[Seen]) -> int:
    """Return 1 if a stack could not be previewed, 3 if checks or policies would stop one, else 0."""
    if any(each.failed for each in seen):
        return FAILED
    return REFUSED if any(each.refused for each in seen) else 0
