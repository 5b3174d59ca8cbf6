"""What would be lost, so that nobody can overlook it: never cut, only told shorter where there is much of it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from delivery.deploy.checks import Loss
from delivery.review.budget import size
from delivery.review.markdown import code, text
from delivery.review.seen import Seen

_ACCEPTED = "`wedops up` refuses each until whoever deploys accepts it by name: `--accept-loss <URN>`."

Losses = Sequence[tuple[str, Loss]]
"""The stack, and what it would lose."""


def losses_section(seen: Sequence[Seen], room: int) -> str:
    """Return the section in the first of these forms that fits: sentences, names, numbers by stack, numbers.

    Args:
        seen: the stacks.
        room: bytes.
    """
    found = [(each.review.stack, loss) for each in seen for loss in each.review.losses]
    if not found:
        return ""
    forms: tuple[Callable[[Losses], str], ...] = (_sentences, _names, _numbers, _totals)
    resources = "1 resource holds" if len(found) == 1 else f"{len(found)} resources hold"
    head = f"\n### ⚠️ {resources} what would be LOST\n\n{_ACCEPTED}\n\n"
    written = (head + form(found) for form in forms)
    return next((form for form in written if size(form) <= room), head + _totals(found))


def _sentences(found: Losses) -> str:
    return "".join(
        f"- **{loss.step.operation.upper()}** {code(loss.step.type)} **{code(loss.step.name)}** of {code(stack)}"
        f"{_because(loss)}. Lost: {text(loss.what)}. {code(loss.step.urn, 1000)}\n"
        for stack, loss in found
    )


def _because(loss: Loss) -> str:
    keys = loss.step.replace_keys
    return f", because of {', '.join(map(code, keys))}" if keys else ""


def _names(found: Losses) -> str:
    return "".join(
        f"- {kind} Lost: {text(losses[0].what)}. {', '.join(code(loss.step.name) for loss in losses)}\n"
        for kind, losses in _kinds(found)
    )


def _numbers(found: Losses) -> str:
    return "".join(f"- {kind} Lost: {text(losses[0].what)}.\n" for kind, losses in _kinds(found))


def _totals(found: Losses) -> str:
    counts = Counter((loss.step.operation, loss.step.type) for _, loss in found)
    stacks = len({stack for stack, _ in found})
    told = "".join(f"- **{operation.upper()} {count}** {code(kind)}\n" for (operation, kind), count in counts.items())
    return f"In {stacks} stacks:\n\n{told}"


def _kinds(found: Losses) -> list[tuple[str, list[Loss]]]:
    """Those of a stack, an operation and a type together, with how many."""
    kinds: dict[tuple[str, str, str], list[Loss]] = defaultdict(list)
    for stack, loss in found:
        kinds[stack, loss.step.operation, loss.step.type].append(loss)
    return [
        (f"**{operation.upper()} {len(losses)}** {code(kind)} of {code(stack)}.", losses)
        for (stack, operation, kind), losses in kinds.items()
    ]
