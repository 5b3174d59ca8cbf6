"""A review for the tired: what is lost first, then what else changes, what it costs, and whether it may be now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from costs.year import MonthlyBill
from delivery.deploy.checks import failovers
from delivery.deploy.cost_change import CostChange, busiest, usd
from delivery.deploy.preview import LOSING, StackPreview, Step
from delivery.deploy.review import Review

_SHOUTED = ("replace", "delete", "discard")
_STEPS_TOLD, _PATHS_TOLD = 15, 4

Line = tuple[str, str]
"""A colour, "" for none, and the text."""


def lines(review: Review) -> Iterator[Line]:
    """Yield what is printed of a review, without its refusals and its failure, which come last and elsewhere."""
    preview = review.preview
    if preview is not None:
        yield "bold", f"{review.stack}: {_counts(preview)}"
        yield from _losses(review)
        if preview.gone:
            yield "red", f"In the state, but gone from the cloud, so made again: {', '.join(map(_name, preview.gone))}"
        yield from _others(preview, {loss.step.urn for loss in review.losses})
        if preview.outputs:
            yield "", f"Outputs that differ: {', '.join(preview.outputs)}"
        for result in preview.policies:
            if not result.stops:
                yield "yellow", f"Advice. {result.sentence}"
        for warning in preview.warnings:
            yield "yellow", f"Warning: {warning}"
    if review.cost is not None:
        yield from _cost(review.cost)
    yield "" if review.verdict.allowed else "yellow", f"Window: {' '.join(review.verdict.sentences)}"


def _counts(preview: StackPreview) -> str:
    words = (
        f"{count} to {operation.upper() if operation in _SHOUTED else operation}"
        for operation, count in preview.counts.items()
        if operation not in ("same", "read")
    )
    return f"{', '.join(words) or 'nothing to change'}, {preview.counts.get('same', 0)} unchanged"


def _losses(review: Review) -> Iterator[Line]:
    if review.losses:
        yield "red", f"DATA IS LOST WITH THIS CHANGE ({len(review.losses)}):"
    for loss in review.losses:
        yield "red", f"  {'accepted: ' if loss.accepted else ''}{loss.sentence}"
        yield "", f"    {loss.step.urn}"


def _others(preview: StackPreview, told: set[str]) -> Iterator[Line]:
    instances = {step.urn for step in failovers(preview)}
    for step in preview.steps_of(*LOSING):
        if step.urn not in told:
            note = ": if it is the writer, writes wait for about half a minute" if step.urn in instances else ""
            yield "yellow", f"  {_step(step)}{note}"
    changed = [step for step in preview.steps if step.operation not in (*LOSING, "same", "read")]
    rest = sorted(changed, key=lambda step: step.operation == "create")  # what is new harms nobody yet
    yield from (("", f"  {_step(step)}") for step in rest[:_STEPS_TOLD])
    if len(rest) > _STEPS_TOLD:
        yield "", f"  and {len(rest) - _STEPS_TOLD} more (--json has all)"


def _step(step: Step) -> str:
    paths = step.replace_keys or (step.paths if step.operation == "update" else ())
    return f"{step.operation:<8} {step.type} {step.name}{_bracketed(paths)}"


def _name(urn: str) -> str:
    return urn.rsplit("$", 1)[-1].rsplit("::", 2)[-2] + " " + urn.rsplit("::", 1)[-1]


def _bracketed(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    more = f", and {len(paths) - _PATHS_TOLD} more" if len(paths) > _PATHS_TOLD else ""
    return f" [{', '.join(islice(paths, _PATHS_TOLD))}{more}]"


def _cost(cost: CostChange) -> Iterator[Line]:
    percent = "" if cost.increase_percent is None else f" ({cost.increase_percent:+.1f} %)"
    months = [_bill(next(iter(bills), None)) for bills in (cost.before, cost.after)]
    yield "", f"Cost this month: {' -> '.join(months)}"
    most = [_bill(busiest(bills)) for bills in (cost.before, cost.after)]
    yield "", f"Cost of the busiest of 12 months: {' -> '.join(most)}{percent}"
    for each in cost.unpriced:
        yield "yellow", f"  without a price, on top: {each.resource}: {each.reason}"


def _bill(bill: MonthlyBill | None) -> str:
    return f"{usd(bill):,.2f} $ ({bill.month})" if bill else "nothing"
