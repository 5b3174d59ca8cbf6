"""Step functions of time: one value from each edge until the next. Instants are in UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, compress
from operator import ne, xor
from typing import Generic, TypeVar

from seasons.intervals import Interval

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Steps(Generic[T_co]):
    """`values[i]` holds from `starts[i]` until the next start, the last one until `end`; neighbours differ."""

    starts: Sequence[datetime]
    values: Sequence[T_co]
    end: datetime

    def at(self, instant: datetime) -> T_co:
        """Return the value at an instant from the first start on."""
        return self.values[bisect_right(self.starts, instant) - 1]

    def pieces(self) -> Iterator[tuple[Interval, T_co]]:
        """Each value with the interval that it holds in, in order."""
        for start, end, value in zip(self.starts, (*self.starts[1:], self.end), self.values, strict=True):
            yield Interval(start, end), value


@dataclass(frozen=True, slots=True)
class Numbered(Generic[T_co]):
    """A step function by the places of its values in a table: a year has thousands of steps, but few values."""

    table: Sequence[T_co]
    places: Steps[int]

    def at(self, instant: datetime) -> T_co:
        """Return the value at an instant from the first start on."""
        return self.table[self.places.at(instant)]

    def pieces(self) -> Iterator[tuple[Interval, T_co]]:
        """Each value with the interval that it holds in, in order."""
        for during, place in self.places.pieces():
            yield during, self.table[place]


def overlay(layers: Sequence[Sequence[Interval]], within: Interval) -> Steps[int]:
    """Return which layers cover each instant of `within`: bit i of the value is set where `layers[i]` does.

    Each layer's intervals are sorted and disjoint.
    """
    toggled = defaultdict[datetime, int](int, {within.start: 0})
    for place, layer in enumerate(layers):
        bit = 1 << place
        for start, end in layer:
            if start < within.end and end > within.start and start < end:
                toggled[max(start, within.start)] ^= bit
                toggled[end] ^= bit
    starts = sorted([instant for instant in toggled if instant < within.end])
    return _joined(starts, list(accumulate(map(toggled.__getitem__, starts), xor)), within.end)


def mapped(steps: Steps[T], function: Callable[[T], U]) -> Steps[U]:
    """Return the function of each value; neighbours that become equal are one."""
    return _joined(steps.starts, list(map(function, steps.values)), steps.end)


def numbered(steps: Steps[U], function: Callable[[U], T]) -> Numbered[T]:
    """Return the function of each value, which it is called for only once; values can be hashed, results too."""
    numbers: dict[T, int] = {}
    places: dict[U, int] = {}
    for value in dict.fromkeys(steps.values):
        places[value] = numbers.setdefault(function(value), len(numbers))
    return Numbered(tuple(numbers), mapped(steps, places.__getitem__))


def together(functions: Sequence[Steps[T]]) -> Steps[tuple[T, ...]]:
    """Return what the functions are together at each instant; all of them have the same start and end."""
    starts = sorted(set[datetime]().union(*(steps.starts for steps in functions)))
    place_of = {start: place for place, start in enumerate(starts)}
    values = zip(*(_sampled(steps, place_of) for steps in functions), strict=True)
    # At each start one of them changes: there are no equal neighbours.
    return Steps(starts, list(values), functions[0].end)


def ahead(steps: Steps[T], lead: timedelta) -> Steps[tuple[T, ...]]:
    """Return the values from each instant until `lead` later, in order: what is needed then is to be there by then.

    Nothing is known beyond the end, so within `lead` of it values may be missing.
    """
    first, earlier = steps.starts[0], [start - lead for start in steps.starts]
    edges = sorted({first, *steps.starts, *(start for start in earlier if start > first)})
    ends, known = (*steps.starts[1:], steps.end), tuple(steps.values)
    oldest = newest = 0
    values: list[tuple[T, ...]] = []
    for edge in edges:
        while ends[oldest] <= edge:
            oldest += 1
        while newest + 1 < len(earlier) and earlier[newest + 1] <= edge:
            newest += 1
        values.append(known[oldest : newest + 1])
    return _joined(edges, values, steps.end)


def settled(steps: Steps[N], settle: timedelta) -> Steps[N]:
    """Return the lowest function that is nowhere lower and never rises again within `settle` of falling.

    A dip shorter than that is filled up to the lower of its two sides.
    """
    starts: list[datetime] = []
    values: list[N] = []
    bottom = 0  # what comes before this place is final; from it on, the values fall
    for start, value in zip(steps.starts, steps.values, strict=True):
        begin = start
        while len(values) > bottom and values[-1] <= value:
            if values[-1] < value and (len(values) - 1 == bottom or start - starts[-1] >= settle):
                bottom = len(values)  # a dip that is too wide, or that has no higher side before it, stays
                break
            begin, dip = starts.pop(), values.pop()
            if dip < value and values[-1] <= value:
                begin = start  # raised to the side before it, which is looked at next
        starts.append(begin)
        values.append(value)
    return _joined(starts, values, steps.end)


def clipped(steps: Steps[T], within: Interval) -> Steps[T]:
    """Return the part of the function inside `within`, all of which it covers."""
    first = bisect_right(steps.starts, within.start) - 1
    last = bisect_right(steps.starts, within.end)
    starts = [within.start, *(start for start in steps.starts[first + 1 : last] if start < within.end)]
    return Steps(starts, steps.values[first : first + len(starts)], within.end)


def _sampled(steps: Steps[T], place_of: Mapping[datetime, int]) -> Sequence[T]:
    """The function's values at instants in order, each with its place, among which are all of its starts."""
    if len(steps.starts) == len(place_of):
        return steps.values
    places = [place_of[start] for start in steps.starts]
    sampled: list[T] = []
    for value, place, following in zip(steps.values, places, (*places[1:], len(place_of)), strict=True):
        sampled += [value] * (following - place)
    return sampled


def _joined(starts: Sequence[datetime], values: Sequence[T], end: datetime) -> Steps[T]:
    """Equal neighbours as one."""
    changed = [True, *map(ne, values, values[1:])]
    if all(changed):
        return Steps(starts, values, end)
    return Steps(list(compress(starts, changed)), list(compress(values, changed)), end)
