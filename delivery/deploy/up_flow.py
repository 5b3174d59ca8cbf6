"""`wedops preview` and `wedops up`: in which order it is asked, looked, told and done."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from delivery.aws import own_clients
from delivery.deploy.asking import confirmed
from delivery.deploy.engine import Engine
from delivery.deploy.looking import POLICIES, asked_again, look_at_up
from delivery.deploy.outcome import of_change
from delivery.deploy.progress import interrupted, phase
from delivery.deploy.renewal import renew
from delivery.deploy.review import Result, Review
from delivery.deploy.state import state_of
from delivery.deploy.subject import Subject

Show = Callable[[Review], None]


def preview(subject: Subject, show: Show) -> tuple[Review, Result]:
    """Look at an update, and change nothing. A closed window is told; it does not stop a look.

    Args:
        subject: the stack.
        show: prints a review.
    """
    engine = Engine(subject.around.project, subject.stack, interrupted)
    verdict = subject.verdict()
    if objection := state_of(subject.stack, engine.exported()).objection:
        review = Review(subject.stack, verdict, refusals=(objection,))
    else:
        review = look_at_up(subject, engine, verdict, ())
    show(review)
    return review, review.result or Result.PREVIEWED


def up(subject: Subject, accepted: Collection[str], show: Show, *, asks: bool) -> tuple[Review, Result]:
    """Look at an update, ask, and make it.

    Args:
        subject: the stack.
        accepted: URNs whose loss is accepted.
        show: prints a review.
        asks: whether somebody is asked before anything is changed.
    """
    engine = Engine(subject.around.project, subject.stack, interrupted)
    verdict = subject.verdict()
    if not verdict.allowed:
        return Review(subject.stack, verdict, refusals=verdict.sentences), Result.REFUSED
    state = state_of(subject.stack, engine.exported())
    if state.objection:
        return Review(subject.stack, verdict, refusals=(state.objection,)), Result.REFUSED
    review = look_at_up(subject, engine, verdict, accepted)
    show(review)
    if review.result:
        return review, review.result
    if asks and not confirmed(f"Change {subject.stack}?"):
        return review, Result.DECLINED
    review = asked_again(subject, engine, state, review)
    if review.result:
        return review, review.result
    return _make(subject, engine, review)


def _make(subject: Subject, engine: Engine, review: Review) -> tuple[Review, Result]:
    pack = str(subject.around.project / POLICIES)
    total = sum(review.preview.counts.values()) if review.preview else None
    with phase(f"Updating {subject.stack}", total) as watch:
        ended = engine.run(
            ["up", "--yes", "--skip-preview", "--refresh", "--suppress-outputs", "--policy-pack", pack], watch
        )
    review, result = of_change(subject.stack, engine, review, ended)
    return (replace(review, notes=renew(subject, own_clients())) if result is Result.DONE else review), result
