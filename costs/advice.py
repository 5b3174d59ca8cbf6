"""What each optimisation saves of a fleet's own bills, beside what the business expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costs.basis import Basis
from costs.estimate import estimate
from costs.lines import Line, total_usd
from costs.months import Month
from costs.optimisations import OPTIMISATIONS, Optimisation
from costs.resources import Resource
from costs.scenarios import Change, Scenario
from costs.tariff import Tariff
from costs.year import bases
from regions.fleet import Fleet
from regions.model import Region

_FAR = 2  # ours and theirs are far from each other where one is more than so many times the other


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack and what it is made of; `region` is None for the global one."""

    name: str
    region: Region | None
    resources: Sequence[Resource]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change makes of a kind of line, in the mean of the months that count; all stacks together."""

    kind: str
    unit: str
    before: Decimal
    after: Decimal
    before_usd: Decimal
    after_usd: Decimal

    @property
    def saved_usd(self) -> Decimal:
        """US dollars a month, not rounded."""
        return self.before_usd - self.after_usd


@dataclass(frozen=True, slots=True)
class Advice:
    """What an optimisation saves."""

    optimisation: Optimisation
    in_place: tuple[Difference, ...]
    """What is saved already, the largest saving first."""
    open: tuple[Difference, ...]
    """What is left to be saved."""
    year_usd: Decimal
    """Both, over all months whatever the season."""

    @property
    def in_place_usd(self) -> Decimal:
        """Saved already, a month that counts."""
        return sum((each.saved_usd for each in self.in_place), start=Decimal(0))

    @property
    def open_usd(self) -> Decimal:
        """Left to be saved, a month that counts."""
        return sum((each.saved_usd for each in self.open), start=Decimal(0))

    @property
    def monthly_usd(self) -> Decimal:
        """The whole saving of a month that counts: the season's where the business says so, else any."""
        return self.in_place_usd + self.open_usd

    @property
    def acts_on_usd(self) -> Decimal:
        """What the lines that it changes cost in such a month without any of it."""
        first = {each.kind: each.before_usd for each in (*self.open, *self.in_place)}
        return sum(first.values(), start=Decimal(0))

    @property
    def verdict(self) -> str:
        """How ours compares with the business's estimate, in a sentence."""
        ours, theirs = self.monthly_usd, self.optimisation.business_usd
        if not self.acts_on_usd:
            return f"The business expects {theirs:,} $ a month; there is nothing here that it acts on in such a month."
        if ours * _FAR < theirs:
            return (
                f"Far below the business's {theirs:,} $: ours is {ours:,.0f} $ a month, and all that it acts on costs"
                f" {self.acts_on_usd:,.0f} $, of which theirs would be {theirs / self.acts_on_usd:.0%}."
            )
        if ours > theirs * _FAR:
            return (
                f"Far above the business's {theirs:,} $: by the assumptions below, ours is {ours:,.0f} $ a month of"
                f" {self.acts_on_usd:,.0f} $ that it acts on."
            )
        return f"Near the business's {theirs:,} $: ours is {ours:,.0f} $ a month."


def advise(stacks: Sequence[Stack], fleet: Fleet, first: Month, tariff: Tariff, months: int = 12) -> tuple[Advice, ...]:
    """Return what each optimisation saves, the largest saving first.

    The months that count are all, or those of a region's own season where the business expects it there alone.

    Args:
        stacks: of an environment.
        fleet: of its regions.
        first: the first month.
        tariff: prices, usage and what is free.
        months: how many.
    """
    priced: list[tuple[Region | None, list[_Priced]]] = []
    for stack in stacks:
        scenarios = _scenarios(stack, bases(fleet, stack.region, first, tariff, months))
        priced.append((stack.region, [(each, _lines(each, tariff.free)) for each in scenarios]))
    found = [_advice(each, priced, tariff.free) for each in OPTIMISATIONS]
    return tuple(sorted(found, key=lambda advice: -advice.monthly_usd))


_Priced = tuple[Scenario, Sequence[Line]]
"""A stack's month as it is, and its lines."""


@dataclass(frozen=True, slots=True)
class _Month:
    """The lines of a stack's month in the three scenarios of an optimisation."""

    number: int
    without: Sequence[Line]
    now: Sequence[Line]
    further: Sequence[Line]


def _scenarios(stack: Stack, on: Sequence[Basis]) -> list[Scenario]:
    year = [basis.season for basis in on]
    return [Scenario(stack.resources, basis, year) for basis in on]


def _advice(
    optimisation: Optimisation, stacks: Sequence[tuple[Region | None, Sequence[_Priced]]], free: Mapping[str, str]
) -> Advice:
    whole = [(region, [_month(optimisation, each, free) for each in year]) for region, year in stacks]
    counting = [_counted(region, year) if optimisation.season_only else year for region, year in whole]
    months = [month for _, year in whole for month in year]
    return Advice(
        optimisation,
        in_place=_differences([[(month.without, month.now) for month in year] for year in counting]),
        open=_differences([[(month.now, month.further) for month in year] for year in counting]),
        year_usd=sum((total_usd(month.without) - total_usd(month.further) for month in months), start=Decimal(0)),
    )


def _month(optimisation: Optimisation, priced: _Priced, free: Mapping[str, str]) -> _Month:
    scenario, now = priced

    def after(change: Change | None) -> Sequence[Line]:
        return _lines(change(scenario), free) if change else now

    return _Month(scenario.basis.month.number, after(optimisation.without), now, after(optimisation.further))


def _counted(region: Region | None, year: Sequence[_Month]) -> list[_Month]:
    """The months of a region's season; the global stack has none."""
    return [month for month in year if region is None or month.number in region.season_months]


def _differences(stacks: Iterable[Sequence[tuple[Sequence[Line], Sequence[Line]]]]) -> tuple[Difference, ...]:
    """What differs between lines before and after a change, each stack by the mean of its months."""
    found: dict[tuple[str, str], list[Decimal]] = {}
    for months in stacks:
        for sides in months:
            for side, lines in enumerate(sides):
                for line in lines:
                    sums = found.setdefault((line.kind, line.unit), [Decimal(0)] * 4)
                    sums[side] += line.quantity / len(months)
                    sums[2 + side] += line.monthly_usd / len(months)
    differing = [Difference(*key, *sums) for key, sums in found.items() if sums[2] != sums[3]]
    return tuple(sorted(differing, key=lambda each: -each.saved_usd))


def _lines(scenario: Scenario, free: Mapping[str, str]) -> Sequence[Line]:
    return estimate(scenario.resources, scenario.basis, free).lines
