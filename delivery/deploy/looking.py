"""Looks at a change: the engine's preview with the policy pack, the checks on its events, and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from costs.months import Month
from delivery.deploy.checks import losses, refusals
from delivery.deploy.cost_change import CostChange, cost_change
from delivery.deploy.engine import Ended, Engine, failure
from delivery.deploy.preview import StackPreview, preview_of
from delivery.deploy.progress import phase
from delivery.deploy.review import Review
from delivery.deploy.state import StackState, state_of
from delivery.deploy.subject import Subject
from guard.verdict import Verdict

POLICIES = "policies"


class StoppedError(Exception):
    """Somebody asked to stop while a preview ran; nothing was changed."""


def asked_again(subject: Subject, engine: Engine, before: StackState, review: Review) -> Review:
    """Return the review as it is right before the change: time has passed since, and others work too."""
    verdict, state = subject.verdict(), state_of(subject.stack, engine.exported())
    found = verdict.sentences if not verdict.allowed else ()
    if objection := state.objection:
        found += (objection,)
    elif state.written != before.written:
        found += (f"{subject.stack} was updated since it was previewed. Run the same command again.",)
    return replace(review, verdict=verdict, refusals=found)


def look_at_up(subject: Subject, engine: Engine, verdict: Verdict, accepted: Collection[str]) -> Review:
    """Preview an update with the policy pack, and check it.

    Args:
        subject: the stack.
        engine: runs its commands.
        verdict: whether it may be changed now.
        accepted: URNs whose loss whoever deploys has accepted.
    Raises:
        StepError: pulumi cannot be run.
        StoppedError: somebody asked to stop.
    """
    arguments = ["preview", "--refresh", "--policy-pack", str(subject.around.project / POLICIES)]
    ended, preview = _previewed(subject, engine, arguments)
    found = losses(preview, accepted)
    against = refusals(preview, found)
    cost = _cost(subject, preview) if preview.complete else None
    limit = subject.environment.max_cost_increase_percent
    if cost and (too_much := cost.refusal(limit, subject.environment.name)):
        against += (too_much,)
    if ended.code and not against:
        return Review(subject.stack, verdict, preview, failure=failure(subject.stack, ended, preview.errors))
    return Review(subject.stack, verdict, preview, found, cost, against)


def look_at_destroy(subject: Subject, engine: Engine, verdict: Verdict) -> Review:
    """Preview that everything but what is protected goes.

    Raises:
        StepError, StoppedError: as `look_at_up`.
    """
    ended, preview = _previewed(subject, engine, ["destroy", "--preview-only", *DESTROY])
    if ended.code:
        return Review(subject.stack, verdict, preview, failure=failure(subject.stack, ended, preview.errors))
    found = losses(preview, [step.urn for step in preview.steps])
    return Review(subject.stack, verdict, preview, found, _cost(subject, preview))


DESTROY = ("--refresh", "--exclude-protected")
"""What is protected stays, as docs/runbooks/remove-region.md has it."""


def _previewed(subject: Subject, engine: Engine, arguments: list[str]) -> tuple[Ended, StackPreview]:
    with phase(f"Previewing {subject.stack}: reads what is live, runs the program and the policies") as watch:
        ended = engine.run(arguments, watch)
    if ended.interrupted:
        raise StoppedError
    return ended, preview_of(subject.stack, ended.events)


def _cost(subject: Subject, preview: StackPreview) -> CostChange:
    at = subject.around.now()
    return cost_change(preview, subject.fleet, subject.region, Month(at.year, at.month), subject.tariff)
