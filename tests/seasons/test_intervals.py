"""Sets of intervals against sets of whole hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seasons.intervals import Interval, clip, pieces, subtract, union

START = datetime(2026, 11, 28, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = range(30)


def interval(start: int, end: int) -> Interval:
    return Interval(START + start * HOUR, START + end * HOUR)


def hours(intervals: Iterable[Interval]) -> set[int]:
    """The hours that any of them covers."""
    return {hour for hour in HOURS if any(START + hour * HOUR in each for each in intervals)}


def is_minimal(intervals: tuple[Interval, ...]) -> bool:
    """Sorted, none empty, and with a gap between neighbours."""
    edges = [edge for each in intervals for edge in each]
    return all(before < after for before, after in pairwise(edges))


# Empty and reversed ones are among them.
some = st.lists(st.builds(interval, st.sampled_from(HOURS), st.sampled_from(HOURS)), max_size=8)
one = st.tuples(st.sampled_from(HOURS), st.sampled_from(HOURS)).map(lambda pair: interval(min(pair), max(pair)))


def test_an_interval_has_its_start_and_not_its_end() -> None:
    each = interval(0, 2)
    assert each.start in each
    assert each.end - timedelta(microseconds=1) in each
    assert each.end not in each
    assert each.start - timedelta(microseconds=1) not in each
    assert "2026-11-28" not in each


@given(some)
def test_a_union_covers_what_any_of_them_covers(intervals: list[Interval]) -> None:
    assert hours(union(intervals)) == hours(intervals)
    assert is_minimal(union(intervals))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_intervals_that_touch_are_one(order: tuple[int, int]) -> None:
    parts = interval(0, 2), interval(2, 4)
    assert union(parts[index] for index in order) == (interval(0, 4),)


@given(some, one)
def test_clipping_keeps_what_is_inside(intervals: list[Interval], within: Interval) -> None:
    assert hours(clip(intervals, within)) == hours(intervals) & hours([within])
    assert all(within.start <= each.start < each.end <= within.end for each in clip(intervals, within))
    assert clip(union(intervals), within) == union(clip(intervals, within))


def test_clipping_keeps_the_order() -> None:
    later, earlier = interval(5, 9), interval(1, 3)
    assert clip([later, earlier], interval(2, 8)) == (interval(5, 8), interval(2, 3))


@given(some, some)
def test_what_is_left_is_covered_by_the_one_and_not_by_the_other(
    intervals: list[Interval], holes: list[Interval]
) -> None:
    assert hours(subtract(intervals, holes)) == hours(intervals) - hours(holes)
    assert is_minimal(subtract(intervals, holes))


def test_a_hole_can_reach_over_a_gap() -> None:
    assert subtract([interval(0, 4), interval(5, 9)], [interval(3, 6)]) == (interval(0, 3), interval(6, 9))


@given(one, st.lists(st.sampled_from(HOURS)))
def test_pieces_cover_the_whole_and_are_cut_at_every_edge_inside(within: Interval, edges: list[int]) -> None:
    instants = [START + hour * HOUR for hour in edges]
    cut = pieces(within, instants)
    assert hours(cut) == hours([within])
    assert all(before.end == after.start for before, after in pairwise(cut))
    inside = {each for each in instants if within.start < each < within.end}
    assert {each.start for each in cut[1:]} == inside
