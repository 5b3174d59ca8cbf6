"""What is told of one stack: its parts, from what stopped it to what is merely new. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costs.lines import Line
from delivery.deploy.checks import failovers
from delivery.deploy.cost_change import CostChange, busiest
from delivery.deploy.preview import LOSING, StackPreview, Step
from delivery.review.budget import Part
from delivery.review.markdown import block, code, text
from delivery.review.seen import Seen
from delivery.review.values import change

_PROPERTIES = 12  # of one resource; what comes after them is rarely read
_BY_POLICIES = "preview failed"  # what the engine says where policies stop it: they are told by themselves
_CENT = Decimal("0.01")


def parts(seen: Seen) -> Iterator[Part]:
    """Yield what there is to tell of a stack, the most important first."""
    review, preview = seen.review, seen.review.preview
    yield Part(review.stack, 0, "messages", tuple(_messages(seen)))
    lost = tuple(loss.sentence for loss in review.losses)  # these have a section of their own
    stopping = [each for each in review.refusals if not each.startswith(lost)]
    yield Part(review.stack, 1, "refusals", tuple(f"- **stops it:** {text(each)}\n" for each in stopping))
    if preview is not None:
        yield from _steps(review.stack, preview, {loss.step.urn for loss in review.losses})
        yield from _said(review.stack, preview)
    if review.cost is not None:
        yield Part(review.stack, 5, "cost lines", tuple(_cost_lines(review.cost)))


def _messages(seen: Seen) -> Iterator[str]:
    review, preview = seen.review, seen.review.preview
    if review.failure:
        yield f"**{'New' if seen.is_new else 'Failed'}:**\n\n{block(review.failure)}\n\n"
    elif preview is not None and (errors := [each for each in preview.errors if each != _BY_POLICIES]):
        said = "\n".join(errors)
        yield f"**Failed as well:**\n\n{block(said)}\n\n"


def _steps(stack: str, preview: StackPreview, told: set[str]) -> Iterator[Part]:
    instances = {step.urn for step in failovers(preview)}
    gone = [step for step in preview.steps_of(*LOSING) if step.urn not in told]
    yield Part(stack, 2, "replacements and deletions", tuple(_step(step, instances) for step in gone))
    again = tuple(f"- **made again**, for it is gone from the cloud: {code(urn, 1000)}\n" for urn in preview.gone)
    yield Part(stack, 2, "resources that are made again", again)
    changed = [step for step in preview.steps if step.operation not in (*LOSING, "create", "read", "same")]
    yield Part(stack, 3, "changes", tuple(_step(step, instances) for step in changed))
    if preview.outputs:
        yield Part(stack, 3, "outputs", (f"- outputs that differ: {', '.join(map(code, preview.outputs))}\n",))
    new = [step for step in preview.steps_of("create") if step.is_resource]
    yield Part(stack, 6, "creations", tuple(_step(step, instances) for step in new))


def _step(step: Step, instances: set[str]) -> str:
    note = ": if it is the writer, writes wait for about half a minute" if step.urn in instances else ""
    because = f", because of {', '.join(map(code, step.replace_keys))}" if step.replace_keys else ""
    head = f"- **{step.operation}** {code(step.type)} {code(step.name)}{because}{note}\n"
    if step.operation in ("create", *LOSING[1:]):
        return head
    paths, more = step.paths[:_PROPERTIES], len(step.paths) - _PROPERTIES
    rest = f"  - and {more} more properties\n" if more > 0 else ""
    return head + "".join(f"  - {change(step, path)}\n" for path in paths) + rest


def _said(stack: str, preview: StackPreview) -> Iterator[Part]:
    advisory = [result for result in preview.policies if not result.stops]
    yield Part(
        stack, 4, "policy results", tuple(f"- policy {code(each.id)}: {text(each.message)}\n" for each in advisory)
    )
    yield Part(stack, 7, "warnings", tuple(f"- warning: {text(each)}\n" for each in preview.warnings))


def _cost_lines(cost: CostChange) -> Iterator[str]:
    """The lines of the bill that differ in the busiest month, those that differ most first."""
    worst = busiest(cost.after) or busiest(cost.before)
    if worst is None:
        return
    before = {_key(line): line for bill in cost.before if bill.month == worst.month for line in bill.estimate.lines}
    after = {_key(line): line for bill in cost.after if bill.month == worst.month for line in bill.estimate.lines}
    more = {key: _usd(after.get(key)) - _usd(before.get(key)) for key in (*before, *after)}
    for key in sorted(more, key=lambda key: (-abs(more[key]), key)):
        if abs(more[key]) >= _CENT:
            was, becomes = _usd(before.get(key)), _usd(after.get(key))
            yield f"- cost in {worst.month} of {code(key[0])}, {text(key[1])}: {was:,.2f} $ → {becomes:,.2f} $\n"
    for each in cost.unpriced:
        yield f"- cost of {code(each.resource)} is not known and comes on top: {text(each.reason)}\n"


def _key(line: Line) -> tuple[str, str]:
    return line.resource, line.item


def _usd(line: Line | None) -> Decimal:
    return line.monthly_usd if line else Decimal(0)
