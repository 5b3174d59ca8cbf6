"""Step functions, against the plainest reading of what each operation promises, instant by instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seasons.intervals import Interval, union
from seasons.steps import Steps, ahead, clipped, mapped, numbered, overlay, settled, together

MINUTE = timedelta(minutes=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
LONG = 60  # minutes that the functions here last

functions = st.dictionaries(st.integers(1, LONG - 1), st.integers(0, 4), max_size=12).map(
    lambda changes: steps({0: 2, **changes})
)
minutes = st.integers(0, LONG)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def steps(changes: dict[int, int]) -> Steps[int]:
    """A function by the minutes at which it changes."""
    places = sorted(changes)
    return mapped(Steps([at(place) for place in places], [changes[place] for place in places], at(LONG)), int)


def values(function: Steps[int]) -> list[int]:
    """Its value in every minute."""
    return [function.at(at(minute)) for minute in range(LONG)]


def test_a_value_holds_from_its_start_until_the_next() -> None:
    function = steps({0: 1, 10: 5, 20: 1})
    assert [function.at(at(minute)) for minute in (0, 9, 10, 19, 20, 59)] == [1, 1, 5, 5, 1, 1]
    assert list(function.pieces()) == [
        (Interval(at(0), at(10)), 1),
        (Interval(at(10), at(20)), 5),
        (Interval(at(20), at(LONG)), 1),
    ]


@given(st.lists(st.lists(st.tuples(minutes, minutes), max_size=5), min_size=1, max_size=4))
def test_overlay_says_which_layers_cover(described: list[list[tuple[int, int]]]) -> None:
    layers = [union(Interval(at(start - 5), at(end - 5)) for start, end in layer) for layer in described]
    covering = values(overlay(layers, Interval(at(0), at(LONG))))
    for minute, covered in enumerate(covering):
        assert covered == sum(1 << place for place, layer in enumerate(layers) if any(at(minute) in i for i in layer))


@given(functions, functions, functions)
def test_together_is_all_of_them_at_each_instant(one: Steps[int], two: Steps[int], three: Steps[int]) -> None:
    whole = together([one, two, three])
    assert [whole.at(at(m)) for m in range(LONG)] == list(zip(values(one), values(two), values(three), strict=True))
    assert_joined(whole)


@given(functions)
def test_numbered_calls_once_for_each_value(one: Steps[int]) -> None:
    called: list[int] = []

    def parity(value: int) -> str:
        called.append(value)
        return "odd" if value % 2 else "even"

    found = numbered(one, parity)
    assert [found.at(at(minute)) for minute in range(LONG)] == ["odd" if v % 2 else "even" for v in values(one)]
    assert sorted(called) == sorted(set(one.values))
    assert len(set(found.table)) == len(found.table)
    assert list(found.pieces()) == [(during, found.table[place]) for during, place in found.places.pieces()]
    assert_joined(found.places)


def assert_joined(function: Steps[object]) -> None:
    """Neighbours differ, and starts are in order."""
    assert all(a != b for a, b in pairwise(function.values))
    assert sorted(set(function.starts)) == list(function.starts)


@given(functions, st.integers(0, 20))
def test_ahead_is_all_that_comes_within_the_lead(function: Steps[int], lead: int) -> None:
    before, near = values(function), ahead(function, lead * MINUTE)
    for minute in range(LONG):
        coming = before[minute : minute + lead + 1]
        assert near.at(at(minute)) == tuple(value for value, _ in groupby(coming))
    assert_joined(near)


def filled(before: list[int], settle: int) -> list[int]:
    """Every dip below a level between two minutes at the level, if it is shorter than `settle`, is filled to it."""
    after = list(before)
    for level in range(1, 5):
        reaching = [minute for minute, value in enumerate(before) if value >= level]
        for left, right in pairwise(reaching):
            if right - left - 1 < settle:
                after[left:right] = [max(value, level) for value in after[left:right]]
    return after


@given(functions, st.integers(1, 20))
def test_settled_fills_every_short_dip_and_no_other(function: Steps[int], settle: int) -> None:
    result = settled(function, settle * MINUTE)
    assert values(result) == filled(values(function), settle)
    assert_joined(result)


@given(functions, st.integers(1, 20))
def test_what_is_settled_never_rises_soon_after_it_fell(function: Steps[int], settle: int) -> None:
    result = settled(function, settle * MINUTE)
    fell: datetime | None = None
    for start, before, after in zip(result.starts[1:], result.values, result.values[1:], strict=False):
        if after < before:
            fell = start
        elif fell is not None:
            assert start - fell >= settle * MINUTE


@pytest.mark.parametrize(("back_at", "between"), [(29, 5), (30, 1)])
def test_a_dip_as_long_as_the_settle_time_stays(back_at: int, between: int) -> None:
    assert settled(steps({0: 5, 20: 1, back_at: 5}), 10 * MINUTE).at(at(25)) == between


@given(functions, st.integers(0, LONG - 1), st.integers(1, LONG))
def test_clipped_is_the_same_inside(function: Steps[int], start: int, length: int) -> None:
    within = Interval(at(start), min(at(start + length), at(LONG)))
    part = clipped(function, within)
    assert (part.starts[0], part.end) == within
    assert all(part.at(at(m)) == function.at(at(m)) for m in range(LONG) if at(m) in within)
    assert_joined(part)
