"""What fits into a comment: the most important first, and what does not fit is counted. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NOTE = "- and {} more {}, not shown: there is no room\n"
_NOTE_BYTES = len(NOTE) + 40


@dataclass(frozen=True, slots=True)
class Part:
    """Items of one kind about one stack, most important first; the parts that matter most have the lowest `rank`.

    `noun`: what the items are, in the plural.
    """

    stack: str
    rank: int
    noun: str
    items: tuple[str, ...]


def size(text: str) -> int:
    """Return the bytes that GitHub counts."""
    return len(text.encode())


def reserve(parts: Sequence[Part]) -> int:
    """Return the bytes that it may take to say what is missing of these."""
    return _NOTE_BYTES * len(parts)


def fitted(parts: Sequence[Part], room: int) -> Mapping[str, str]:
    """Return each stack's Markdown, all together not larger than `room` bytes and their reserve.

    Parts of a lower rank come first, of the same rank each stack gets its turn item by item. A part is cut at its end
    only, and says how much is missing.

    Args:
        parts: what there is to show; within a stack they are shown in order of rank.
        room: bytes for the items.
    """
    shown: dict[int, int] = dict.fromkeys(range(len(parts)), 0)
    ended: set[int] = set()
    turns = sorted((part.rank, turn, index) for index, part in enumerate(parts) for turn in range(len(part.items)))
    for _, turn, index in turns:
        needed = size(parts[index].items[turn])
        if index in ended or needed > room:
            ended.add(index)
            continue
        room -= needed
        shown[index] += 1
    texts: dict[str, str] = defaultdict(str)
    for index in sorted(range(len(parts)), key=lambda index: parts[index].rank):
        part = parts[index]
        missing = len(part.items) - shown[index]
        texts[part.stack] += "".join(part.items[: shown[index]])
        texts[part.stack] += NOTE.format(missing, part.noun) if missing else ""
    return texts
