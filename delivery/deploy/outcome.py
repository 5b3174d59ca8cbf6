"""What became of a change that was begun."""

from __future__ import annotations

from dataclasses import replace

from delivery.deploy.engine import Ended, Engine, failure
from delivery.deploy.preview import preview_of
from delivery.deploy.review import Result, Review
from delivery.deploy.state import state_of


def of_change(stack: str, engine: Engine, review: Review, ended: Ended) -> tuple[Review, Result]:
    """Return the review with what went wrong, and the result.

    An engine that was asked to stop may have been done by then: that is done.
    """
    if ended.code == 0:
        return review, Result.DONE
    said = failure(stack, ended, preview_of(stack, ended.events).errors)
    if objection := state_of(stack, engine.exported()).objection:
        said += f"\n{objection}"
    elif ended.interrupted:
        said += "\nWhat is done stays, and nothing is in flight. The same command goes on where this stopped."
    else:
        said += "\nWhat is done stays. Correct what failed; the same command goes on from there."
    return replace(review, failure=said), Result.INTERRUPTED if ended.interrupted else Result.FAILED
