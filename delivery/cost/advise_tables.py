"""Advice for people: the savings side by side, and how each comes about."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from costs.advice import Advice, Difference
from delivery.cost.advise_command import Advised
from delivery.season.number_table import number_table


def show(advised: Advised) -> None:
    """Print the advice."""
    console = Console(highlight=False, markup=False)
    console.print(_savings(advised.advice))
    console.print(
        f"Twelve months from {advised.first}. In season: the mean of each region's season months, all summed."
    )
    for advice in advised.advice:
        optimisation = advice.optimisation
        console.print()
        console.print(optimisation.name, style="bold")
        console.print(advice.verdict, soft_wrap=True)
        for number, step in enumerate(optimisation.steps, start=1):
            console.print(f"  {number}. {step}", soft_wrap=True)
        for change in optimisation.changes:
            console.print(f"  changes {change}", soft_wrap=True)
        console.print(_arithmetic(advice))
        for assumption in optimisation.assumptions(advised.usage):
            console.print(f"  assumed: {assumption}", soft_wrap=True)
    if advised.warnings:
        console.print()
    for warning in advised.warnings:
        console.print(warning, style="yellow", soft_wrap=True)


def _savings(advice: Sequence[Advice]) -> Table:
    table = number_table("saving, $ a month", "business", "ours", "in place", "left to do", "ours, $ a year", "months")
    for each in advice:
        table.add_row(
            each.optimisation.name,
            f"{each.optimisation.business_usd:,}",
            f"{each.monthly_usd:,.0f}",
            f"{each.in_place_usd:,.0f}",
            f"{each.open_usd:,.0f}",
            f"{each.year_usd:,.0f}",
            "in season" if each.optimisation.season_only else "all",
        )
    return table


def _arithmetic(advice: Advice) -> Table:
    table = number_table("  ", "before", "after", "", "saved, $ a month", "")
    table.columns[3].justify = "left"
    for says, differences in (("in place", advice.in_place), ("left to do", advice.open)):
        for each in differences:
            table.add_row(*_row(each), says)
    return table


def _row(difference: Difference) -> tuple[str, ...]:
    return (
        f"  {difference.kind}",
        f"{difference.before:,.0f}",
        f"{difference.after:,.0f}",
        difference.unit,
        f"{difference.saved_usd:,.2f}",
    )
