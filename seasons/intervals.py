"""Half-open intervals of time, and sets of them. Instants are aware datetimes in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

HOUR = timedelta(hours=1)


class Interval(NamedTuple):
    """From `start`, which is in it, to `end`, which is not; both in UTC. Sorts by its start."""

    start: datetime
    end: datetime

    def __contains__(self, instant: object) -> bool:
        return isinstance(instant, datetime) and self.start <= instant < self.end


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what any of the intervals covers: sorted, disjoint, and with a gap between neighbours."""
    merged: list[Interval] = []
    for each in sorted(intervals):
        if each.start >= each.end:
            continue
        if merged and each.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(each)
    return tuple(merged)


def clip(intervals: Iterable[Interval], within: Interval) -> tuple[Interval, ...]:
    """Return the parts of the intervals inside `within`, in their order; what lies outside is dropped."""
    parts = (Interval(max(each.start, within.start), min(each.end, within.end)) for each in intervals)
    return tuple(part for part in parts if part.start < part.end)


def subtract(intervals: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what the intervals cover and the holes do not: sorted, disjoint, and with a gap between neighbours."""
    cut = union(holes)
    parts: list[Interval] = []
    first = 0
    for start, end in union(intervals):
        while first < len(cut) and cut[first].end <= start:
            first += 1
        hole = first  # not `first` itself: the last hole may reach into the next interval
        while hole < len(cut) and cut[hole].start < end:
            if start < cut[hole].start:
                parts.append(Interval(start, cut[hole].start))
            start = cut[hole].end
            hole += 1
        if start < end:
            parts.append(Interval(start, end))
    return tuple(parts)


def pieces(within: Interval, edges: Iterable[datetime]) -> tuple[Interval, ...]:
    """Return `within` cut at those edges that lie inside it; each piece is the longest without an edge."""
    inside = sorted({edge for edge in edges if within.start < edge < within.end})
    bounds: Sequence[datetime] = (within.start, *inside, within.end)
    return tuple(Interval(start, end) for start, end in pairwise(bounds) if start < end)
