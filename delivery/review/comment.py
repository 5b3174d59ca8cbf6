"""The comment: a line a stack, then what would be lost, then each stack's details. Pure, and always small enough.

GitHub cuts comments at 65,536 characters; here the most important comes first, and what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from delivery.deploy.cost_change import CostChange, busiest, usd
from delivery.deploy.preview import OPERATIONS, StackPreview
from delivery.review.budget import Part, fitted, reserve, size
from delivery.review.details import parts
from delivery.review.losses import losses_section
from delivery.review.markdown import block, cell
from delivery.review.seen import Seen
from guard.verdict import Verdict
from guard.words import at_utc

LIMIT = 60_000
"""Bytes of UTF-8."""
_MISTAKES = 10_000  # characters, of which none has more than four bytes

_COLUMNS = ("create", "update", "replace", "delete")
_DELETING = ("delete", "discard")
_HEAD = (
    "| stack | create | update | replace | delete | $ in the busiest month | policies | changes are |\n"
    "|---|--:|--:|--:|--:|---|---|---|\n"
)
_NO_ROOM = "\nThe details of {} more stacks are not shown: there is no room.\n"
_DETAILS = "\n<details><summary>{}</summary>\n\n{}\n</details>\n"


def marker(environment: str) -> str:
    """Return the line by which the comment of an environment is found again."""
    return f"<!-- wedops review {environment} -->"


def comment(environment: str, seen: Sequence[Seen], untouched: Sequence[str]) -> str:
    """Return the comment, less than 60,000 bytes.

    Args:
        environment: its name.
        seen: the stacks that the edit touches.
        untouched: the environment's other stacks.
    """
    head = f"{marker(environment)}\n## {cell(environment)}: {_verdict(seen)}\n\n"
    head += _HEAD + "".join(map(_row, seen)) if seen else ""
    if untouched:
        head += f"\nNot touched by this edit: {', '.join(map(cell, untouched))}.\n"
    # Half of what is left at most, so that there are details as well.
    head += losses_section(seen, (LIMIT - size(head)) // 2)
    return head + _details(seen, LIMIT - size(head) - 1)


def mistakes(environment: str, message: str) -> str:
    """Return the comment where nothing can be previewed, for the files are wrong: an earlier one would be believed."""
    head = f"{marker(environment)}\n## {cell(environment)}: nothing could be previewed\n\n"
    return f"{head}{block(message, _MISTAKES)}\n"


def _details(seen: Sequence[Seen], room: int) -> str:
    """What there is room for. Where there are very many stacks, those that fail or are refused come first."""
    room -= size(_NO_ROOM) + 10
    told: dict[str, str] = {}
    every: list[Part] = []
    for each in sorted(seen, key=lambda each: (not each.failed, not each.refused)):
        found = [part for part in parts(each) if part.items]
        title = f"{cell(each.review.stack)}: {_counts(each)}"
        needed = size(_DETAILS.format(title, "")) + reserve(found)
        if found and needed <= room:
            room -= needed
            told[each.review.stack] = title
            every += found
    texts = fitted(every, room)
    shown = [_DETAILS.format(told[name], texts[name]) for name in (each.review.stack for each in seen) if name in told]
    missing = sum(any(part.items for part in parts(each)) for each in seen) - len(shown)
    return "".join(shown) + (_NO_ROOM.format(missing) if missing else "")


def _verdict(seen: Sequence[Seen]) -> str:
    failed, refused = sum(each.failed for each in seen), sum(each.refused for each in seen)
    if not seen:
        return "this edit touches no stack"
    words = [f"{failed} of {len(seen)} stacks could not be previewed"] if failed else []
    words += [f"{refused} of {len(seen)} stacks would be refused"] if refused else []
    return ", ".join(words) or "nothing stops it"


def _row(seen: Seen) -> str:
    review = seen.review
    shown = [cell(review.stack), *_numbers(seen), _cost(review.cost), _policies(seen), _window(review.verdict)]
    return f"| {' | '.join(shown)} |\n"


def _numbers(seen: Seen) -> list[str]:
    preview = seen.review.preview
    if preview is None or seen.failed:
        return ["new" if seen.is_new else "failed" if seen.failed else "not previewed", "", "", ""]
    found = _by_column(preview)
    return [f"**{found[name]}**" if found[name] and name in _COLUMNS[2:] else str(found[name]) for name in _COLUMNS]


def _by_column(preview: StackPreview) -> dict[str, int]:
    counts = preview.counts
    found = {name: counts.get(name, 0) for name in _COLUMNS}
    found["delete"] += counts.get("discard", 0)
    # What has no column of its own, an import or what a newer engine does, changes something.
    found["update"] += sum(count for name, count in counts.items() if name not in (*OPERATIONS[:3], *_COLUMNS, *_QUIET))
    return found


_QUIET = ("read", "same")


def _counts(seen: Seen) -> str:
    preview = seen.review.preview
    if seen.is_new:
        return "new"
    if seen.failed or preview is None:
        return "failed" if seen.failed else "refused"
    found = ", ".join(f"{count} {name}" for name, count in _by_column(preview).items() if count)
    return f"{found or 'no change'}{', refused' if seen.refused else ''}"


def _cost(cost: CostChange | None) -> str:
    if cost is None:
        return "not known"
    was, becomes = busiest(cost.before), busiest(cost.after)
    percent = "" if cost.increase_percent is None else f" ({cost.increase_percent:+.1f} %)"
    more = f", without a price {len(cost.unpriced)}" if cost.unpriced else ""
    return cell(f"{usd(was):,.0f} → {usd(becomes):,.0f}{percent}{more}")


def _policies(seen: Seen) -> str:
    preview = seen.review.preview
    if preview is None or seen.failed:
        return "not known"
    stopping = sum(result.stops for result in preview.policies)
    advisory = len(preview.policies) - stopping
    words = [f"**{stopping} stop it**"] if stopping else []
    words += [f"{advisory} advise"] if advisory else []
    return ", ".join(words) or "pass"


def _window(verdict: Verdict) -> str:
    if verdict.override is not None:
        return f"open by {cell(verdict.override.name.rpartition('/')[2])}"
    if verdict.opens_at is not None:
        return f"**blocked until {at_utc(verdict.opens_at)}**"
    return f"allowed until {at_utc(verdict.closes_at)}" if verdict.closes_at else "always allowed"
