"""Twelve months' bills for people: by region, against the ceilings, and what the off-season saves."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from costs.ceiling import NEAR_PERCENT
from costs.off_season import GOAL, OffSeason
from delivery.cost.season_command import StackYear, Year
from delivery.season.number_table import number_table

_SHOWN = 10  # of what holds the saving back; the rest is some dollars each


def show(year: Year) -> None:
    """Print the year."""
    console = Console(highlight=False, markup=False)
    console.print(_months(year))
    console.print(f"~ above {NEAR_PERCENT} % of the stack's ceiling, ! above all of it.")
    console.print()
    console.print(_savings(year))
    console.print("Months of engagement season count for neither. The fleet is the sum, each region by its own season.")
    if not year.together.total.met:
        console.print()
        console.print(_held_back(year.together))
    for warning in year.warnings:
        console.print(warning, style="yellow", soft_wrap=True)


def _months(year: Year) -> Table:
    table = number_table("month, UTC", *(_name(each) for each in year.stacks), "all")
    for place, month in enumerate(year.months):
        cells = [_cell(each, place) for each in year.stacks]
        table.add_row(str(month), *cells, f"{year.total_usd(place):,.0f}  ")
    table.add_row("ceiling", *(f"{each.verdict.ceiling_usd:,}  " for each in year.stacks), f"{year.ceiling_usd:,}  ")
    return table


def _name(year: StackYear) -> str:
    return year.stack.region.name if year.stack.region else "global"


def _cell(year: StackYear, place: int) -> str:
    total, ceiling = year.bills[place].estimate.total_usd, year.verdict.ceiling_usd
    mark = "!" if total > ceiling else "~" if total * 100 > NEAR_PERCENT * ceiling else " "
    return f"{total:,.0f} {mark}"


def _savings(year: Year) -> Table:
    table = number_table("mean month, $", "season", "off season", "saving", f"goal {GOAL:.0%}", "above goal")
    for name, found in _rows(year):
        if found is None:
            table.add_row(name, "-", "-", "-", "has no off-season", "-")
            continue
        means = found.total
        verdict = "met" if means.met else "missed"
        above = "-" if means.met else f"{means.above_goal_usd:,.0f}"
        table.add_row(
            name, f"{means.season_usd:,.0f}", f"{means.off_season_usd:,.0f}", f"{means.share:.1%}", verdict, above
        )
    return table


def _rows(year: Year) -> Iterator[tuple[str, OffSeason | None]]:
    for each in year.stacks:
        if each.stack.region:
            yield each.stack.region.name, each.off_season
    yield "fleet, and what is global", year.together


def _held_back(found: OffSeason) -> Table:
    table = number_table("held back by, $ a month", "season", "off season", "above goal")
    for kind, means in found.held_back[:_SHOWN]:
        table.add_row(kind, f"{means.season_usd:,.0f}", f"{means.off_season_usd:,.0f}", f"{means.above_goal_usd:,.0f}")
    rest = found.held_back[_SHOWN:]
    if rest:
        above = sum(means.above_goal_usd for _, means in rest)
        table.add_row(f"{len(rest)} more", "", "", f"{above:,.0f}")
    return table
