"""Reviews of recorded previews, and of made-up ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from costs.months import Month
from costs.tariff import load_tariff
from delivery.deploy.checks import losses, refusals
from delivery.deploy.cost_change import cost_change
from delivery.deploy.preview import StackPreview, Step, preview_of
from delivery.deploy.review import Review
from delivery.review.seen import Seen
from guard.target import target_of
from guard.verdict import may_change
from regions.load import load_fleet
from tests.delivery.review.recorded import stream

WEDNESDAY, SATURDAY = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC)
FLEET = load_fleet()
TARIFF = load_tariff()


def recorded(name: str, stack: str, at: datetime = WEDNESDAY) -> Seen:
    """What `wedops preview` makes of a recorded stream. What is not one of the fleet's stacks has no cost."""
    return seen(preview_of(stack, stream(name)), at, priced=stack.startswith("local"))


def seen(preview: StackPreview, at: datetime = WEDNESDAY, *, priced: bool = False) -> Seen:
    """As delivery/deploy/looking.py puts it together."""
    target = target_of(preview.stack)
    if target.environment != "local" or target.region not in (None, *FLEET.regions):
        target = target_of("local")
    found = losses(preview)
    against = refusals(preview, found)
    region = FLEET.region(target.region) if target.region else None
    cost = None
    if priced and not preview.errors:
        cost = cost_change(preview, FLEET, region, Month(at.year, at.month), TARIFF)
    failure = "\n".join(preview.errors) if not against else ""
    verdict = may_change(FLEET, target, at, freezes=True)
    return Seen(Review(preview.stack, verdict, preview, found, cost, against, failure))


def step(operation: str, kind: str, name: str, **fields: object) -> Step:
    made = Step(
        operation=operation,
        urn=f"urn:pulumi:local::wedsync::{kind}::{name}",
        type=kind,
        name=name,
        paths=(),
        replace_keys=(),
        protect=False,
        provider="urn:pulumi:local::wedsync::pulumi:providers:aws::aws",
        old=None if operation == "create" else {},
        new=None if operation == "delete" else {},
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def preview(*steps: Step, stack: str = "local", **fields: object) -> StackPreview:
    return replace(StackPreview(stack, steps, (), (), (), ()), **fields)  # type: ignore[arg-type]
