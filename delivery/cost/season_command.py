"""`wedops cost season`: twelve months by region, and what the off-season saves of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import EnvironmentOption, JsonOption, errors
from delivery.cost.options import FirstMonthOption

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from costs.advice import Stack
    from costs.ceiling import CeilingVerdict
    from costs.months import Month
    from costs.off_season import Means, OffSeason
    from costs.year import MonthlyBill
    from delivery.cost.inputs import Subject

SvgOption = Annotated[Path | None, typer.Option("--svg", help="Draw the months, stacked by region, into this file.")]


@dataclass(frozen=True, slots=True)
class StackYear:
    """A stack's twelve bills, what its ceiling says of them, and its off-season, if it has one."""

    stack: Stack
    bills: Sequence[MonthlyBill]
    verdict: CeilingVerdict
    off_season: OffSeason | None


@dataclass(frozen=True, slots=True)
class Year:
    """All stacks of an environment, the global one first."""

    environment: str
    stacks: Sequence[StackYear]
    together: OffSeason
    warnings: Sequence[str]

    @property
    def months(self) -> Sequence[Month]:
        """The twelve months."""
        return [bill.month for bill in self.stacks[0].bills]

    @property
    def ceiling_usd(self) -> int:
        """Of all stacks together."""
        return sum(each.verdict.ceiling_usd for each in self.stacks)

    def total_usd(self, place: int) -> Decimal:
        """Return what all stacks cost in the month at this place, not rounded."""
        from costs.lines import total_usd

        return total_usd(line for each in self.stacks for line in each.bills[place].estimate.lines)


def season(
    environment: EnvironmentOption,
    first: FirstMonthOption = None,
    svg: SvgOption = None,
    json_output: JsonOption = False,
) -> None:
    """Tell what twelve months cost by region, against the ceilings, and how far the off-season is from its goal."""
    with errors():
        from datetime import UTC, datetime

        from delivery.cost.inputs import month_of, subject
        from delivery.inputs import check_writable, write

        start = month_of("--from", first)
        if svg is not None:
            check_writable("--svg", svg)
        year = _year(subject(environment), start, datetime.now(UTC).date())
        if svg is not None:
            from delivery.cost.season_chart import chart

            write("--svg", svg, chart(year))
        if json_output:
            typer.echo(json.dumps(document(year), indent=2, allow_nan=False))
        else:
            from delivery.cost.season_tables import show

            show(year)


def _year(subject: Subject, first: Month, today: date) -> Year:
    from costs.ceiling import judge
    from costs.off_season import off_season, together
    from costs.year import bills

    stacks: list[StackYear] = []
    for stack in subject.stacks:
        of_stack = bills(stack.resources, subject.fleet, stack.region, first, subject.tariff)
        verdict = judge(of_stack, subject.ceiling(stack), stack.name)
        by_season = off_season(of_stack, stack.region) if stack.region else None
        stacks.append(StackYear(stack, of_stack, verdict, by_season))
    told = [sentence for each in stacks if each.verdict.level != "within" for sentence in each.verdict.sentences]
    both = together((each.bills, each.stack.region) for each in stacks)
    return Year(subject.environment.name, stacks, both, (*told, *subject.stale(today)))


def document(year: Year) -> dict[str, object]:
    """Return the year as JSON has it."""
    from costs.off_season import GOAL
    from delivery.cost.money import cents

    return {
        "environment": year.environment,
        "goal": float(GOAL),
        "months": [
            {"month": str(month), "total_usd": cents(year.total_usd(place))} for place, month in enumerate(year.months)
        ],
        "ceiling_usd": year.ceiling_usd,
        "stacks": [_stack(each) for each in year.stacks],
        "off_season": _off_season(year.together),
        "unpriced": [
            {"stack": each.stack.name, "resource": unpriced.resource, "reason": unpriced.reason}
            for each in year.stacks
            for unpriced in each.verdict.unpriced
        ],
        "warnings": list(year.warnings),
    }


def _stack(year: StackYear) -> dict[str, object]:
    from delivery.cost.money import cents

    return {
        "stack": year.stack.name,
        "region": year.stack.region.name if year.stack.region else None,
        "ceiling_usd": year.verdict.ceiling_usd,
        "level": year.verdict.level,
        "months": [{"month": str(bill.month), "total_usd": cents(bill.estimate.total_usd)} for bill in year.bills],
        "off_season": year.off_season and _off_season(year.off_season),
    }


def _off_season(found: OffSeason) -> dict[str, object]:
    from delivery.cost.money import part

    return {
        **_means(found.total),
        "saving": part(found.total.share),
        "met": found.total.met,
        "held_back_by": [{"what": kind, **_means(means)} for kind, means in found.held_back],
    }


def _means(means: Means) -> dict[str, object]:
    from delivery.cost.money import cents

    return {
        "season_usd": cents(means.season_usd),
        "off_season_usd": cents(means.off_season_usd),
        "above_goal_usd": cents(means.above_goal_usd),
    }
