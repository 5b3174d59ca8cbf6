"""A month's bill for people: by stack, by what is paid for, and what is assumed."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.table import Table

from costs.lines import Line, total_usd
from delivery.cost.estimate_command import Answer
from delivery.cost.money import dollars
from delivery.season.number_table import number_table

_SHOWN = 20  # kinds of lines; what comes after them is some dollars each


def show(answer: Answer) -> None:
    """Print the answer."""
    console = Console(highlight=False, markup=False)
    console.print(_title(answer), style="bold", soft_wrap=True)
    if len(answer.bills) > 1:
        console.print(_stacks(answer))
        console.print()
    console.print(_kinds(answer))
    for each in answer.bills:
        for unpriced in each.verdict.unpriced:
            console.print(f"Not priced: {unpriced.resource}: {unpriced.reason}", style="red", soft_wrap=True)
    if answer.warnings:
        console.print()
    for warning in answer.warnings:
        console.print(warning, style="yellow", soft_wrap=True)


def _title(answer: Answer) -> str:
    what = answer.environment if answer.region is None else f"{answer.environment}, {answer.region}"
    share = answer.total_usd / answer.ceiling_usd
    return f"{what} in {answer.month}: {dollars(answer.total_usd)}, {share:.0%} of {answer.ceiling_usd:,} $"


def _stacks(answer: Answer) -> Table:
    table = number_table("stack", "$ a month", "ceiling", "of it", "")
    for each in answer.bills:
        total, ceiling = each.bill.estimate.total_usd, each.verdict.ceiling_usd
        level = "" if each.verdict.level == "within" else each.verdict.level
        table.add_row(each.stack, dollars(total), f"{ceiling:,} $", f"{total / ceiling:.0%}", level)
    return table


def _kinds(answer: Answer) -> Table:
    """A row for each kind of line, the dearest first; the assumption is that of its dearest line."""
    by_kind: dict[tuple[str, str], list[Line]] = {}
    whole = answer.total_usd
    for _, line in answer.lines():
        by_kind.setdefault((line.kind, line.unit), []).append(line)
    rows = sorted(by_kind.items(), key=lambda each: -total_usd(each[1]))
    table = number_table("what", "quantity", "$ a month", "part")
    table.add_column("assumed", overflow="fold")
    for (kind, unit), lines in rows[:_SHOWN]:
        quantity = sum((line.quantity for line in lines), start=Decimal(0))
        of_it = total_usd(lines)
        table.add_row(kind, f"{quantity:,.0f} {unit}", dollars(of_it), f"{of_it / whole:.0%}", lines[0].assumption)
    rest = [line for _, lines in rows[_SHOWN:] for line in lines]
    if rest:
        of_it = total_usd(rest)
        table.add_row(f"{len(rows) - _SHOWN} more", "", dollars(of_it), f"{of_it / whole:.0%}", "--json has all lines")
    return table
