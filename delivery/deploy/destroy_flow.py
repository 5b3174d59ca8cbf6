"""`wedops destroy`: in which order it is asked, looked, told and done. Step 4.3 of docs/runbooks/remove-region.md."""

from __future__ import annotations

from collections.abc import Callable

from delivery.deploy.asking import named
from delivery.deploy.engine import Engine
from delivery.deploy.looking import DESTROY, asked_again, look_at_destroy
from delivery.deploy.outcome import of_change
from delivery.deploy.progress import interrupted, phase
from delivery.deploy.review import Result, Review
from delivery.deploy.state import state_of
from delivery.deploy.subject import Subject
from guard.verdict import Verdict
from stacks.audit import AuditError, Trail

Show = Callable[[Review], None]


def destroy(subject: Subject, trail: Trail, show: Show, *, asks: bool) -> tuple[Review, Result]:
    """Look at what goes, have the stack's name typed, and delete everything in it that is not protected.

    Args:
        subject: the stack.
        trail: records that an override was used: no program runs that would do it.
        show: prints a review.
        asks: whether the name has to be typed.
    """
    engine = Engine(subject.around.project, subject.stack, interrupted)
    verdict = subject.verdict()
    if not verdict.allowed:
        return Review(subject.stack, verdict, refusals=verdict.sentences), Result.REFUSED
    state = state_of(subject.stack, engine.exported())
    if against := [sentence for sentence in (state.objection, state.protection) if sentence]:
        return Review(subject.stack, verdict, refusals=tuple(against)), Result.REFUSED
    review = look_at_destroy(subject, engine, verdict)
    show(review)
    if review.result:
        return review, review.result
    if asks and not named(subject.stack):
        return review, Result.DECLINED
    review = asked_again(subject, engine, state, review)
    if not review.result:
        review = _recorded(subject, trail, review)
    if review.result:
        return review, review.result
    with phase(f"Deleting {subject.stack}", sum(review.preview.counts.values()) if review.preview else None) as watch:
        ended = engine.run(["destroy", "--yes", "--skip-preview", *DESTROY], watch)
    return of_change(subject.stack, engine, review, ended)


def _recorded(subject: Subject, trail: Trail, review: Review) -> Review:
    """The review, refused if an override is used and its use cannot be recorded."""
    verdict: Verdict = review.verdict
    if verdict.override is None:
        return review
    try:
        trail(verdict.override, subject.stack, verdict.at)
    except AuditError as error:
        said = f"The use of {verdict.override.name} is not in the audit trail, so it opens nothing. {error}"
        return Review(subject.stack, verdict, review.preview, review.losses, review.cost, (said,))
    return review
