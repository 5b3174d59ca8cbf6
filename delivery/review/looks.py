"""Looks at the stacks that an edit touches, as `wedops preview` does. One that fails keeps no other from being told."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from delivery.deploy.looking import StoppedError
from delivery.deploy.review import Review
from delivery.deploy.subject import Subject, Surroundings, subject_of
from delivery.deploy.up_flow import preview
from delivery.review.seen import Seen
from delivery.side_by_side import side_by_side
from delivery.steps import InputError, StepError


@dataclass(frozen=True)
class Looker:
    """Looks at stacks of a checkout, all as of one instant."""

    project: Path
    at: datetime

    def subject(self, stack: str) -> Subject:
        """Return the stack, its settings checked; what `subject_of` raises."""
        return subject_of(stack, Surroundings(self.project, self._now))

    def __call__(self, stack: str) -> Seen:
        """Return what there is to see of a stack."""
        subject = self.subject(stack)
        try:
            review, _ = preview(subject, lambda _: None)
        except InputError as error:  # the settings are right, so it is the stack that does not exist
            return Seen(Review(stack, subject.verdict(), failure=str(error)), is_new=True)
        except (StepError, StoppedError) as error:
            return Seen(Review(stack, subject.verdict(), failure=str(error) or "Somebody stopped the preview."))
        return Seen(review)

    def _now(self) -> datetime:
        return self.at


def look_at(stacks: Sequence[str], look: Looker, say: Callable[[str], None]) -> list[Seen]:
    """Return what there is to see of each stack, in their order.

    Args:
        stacks: names, of which each is one of the checkout's.
        look: looks at one.
        say: is told of each stack that is done.
    """
    found = side_by_side(look, stacks, say)
    return [
        each if isinstance(each, Seen) else _crashed(look.subject(stack), each)
        for stack, each in zip(stacks, found, strict=True)
    ]


def _crashed(subject: Subject, error: BaseException) -> Seen:
    """A fault of ours: the others are told all the same, and this one with what finds it."""
    said = "".join(traceback.format_exception(error)).strip()
    return Seen(Review(subject.stack, subject.verdict(), failure=f"wedops itself failed on {subject.stack}:\n{said}"))
