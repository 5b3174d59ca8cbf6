"""`wedops cost estimate`: what stacks cost in a month, line by line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import EnvironmentOption, JsonOption, errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from decimal import Decimal

    from costs.ceiling import CeilingVerdict
    from costs.lines import Line
    from costs.months import Month
    from costs.year import MonthlyBill
    from delivery.cost.inputs import Subject

StackChoice = Annotated[
    str | None,
    typer.Option("--region", "-r", help="A region's stack alone, or `global` for the global one. Unless given: all."),
]
MonthOption = Annotated[str | None, typer.Option("--month", help="The month: 2026-11. This one, by UTC, unless given.")]


@dataclass(frozen=True, slots=True)
class StackBill:
    """A stack's month and what its ceiling says of it."""

    stack: str
    bill: MonthlyBill
    verdict: CeilingVerdict


@dataclass(frozen=True, slots=True)
class Answer:
    """The bills of a month, dearest lines first in each."""

    environment: str
    region: str | None
    month: Month
    bills: Sequence[StackBill]
    warnings: Sequence[str]

    @property
    def total_usd(self) -> Decimal:
        """Of all stacks, not rounded."""
        from costs.lines import total_usd

        return total_usd(line for _, line in self.lines())

    @property
    def ceiling_usd(self) -> int:
        """Of all stacks together."""
        return sum(each.verdict.ceiling_usd for each in self.bills)

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Yield every line with its stack, the dearest first."""
        found = [(each.stack, line) for each in self.bills for line in each.bill.estimate.lines]
        yield from sorted(found, key=lambda each: -each[1].monthly_usd)


def estimate(
    environment: EnvironmentOption,
    region: StackChoice = None,
    month: MonthOption = None,
    json_output: JsonOption = False,
) -> None:
    """Tell what a month costs: quantities, public prices, and what is assumed.

    It is a question, and its exit code is 0 over a ceiling, too; what refuses a change is the policy
    enforce-cost-ceiling.
    """
    with errors():
        from datetime import UTC, datetime

        from delivery.cost.inputs import month_of, subject

        when = month_of("--month", month)
        answer = _answer(subject(environment, region), region, when, datetime.now(UTC).date())
        if json_output:
            typer.echo(json.dumps(document(answer), indent=2, allow_nan=False))
        else:
            from delivery.cost.estimate_tables import show

            show(answer)


def _answer(subject: Subject, region: str | None, month: Month, today: date) -> Answer:
    from costs.ceiling import judge
    from costs.year import bills

    found: list[StackBill] = []
    for stack in subject.stacks:
        priced = bills(stack.resources, subject.fleet, stack.region, month, subject.tariff, months=1)
        found.append(StackBill(stack.name, priced[0], judge(priced, subject.ceiling(stack), stack.name)))
    told = [sentence for each in found if each.verdict.level != "within" for sentence in each.verdict.sentences]
    return Answer(subject.environment.name, region, month, found, (*told, *subject.stale(today)))


def document(answer: Answer) -> dict[str, object]:
    """Return the answer as JSON has it; where it is of several stacks, lines say whose they are."""
    from delivery.cost.money import cents

    whole = answer.region is None
    return {
        "environment": answer.environment,
        "region": answer.region,
        "month": str(answer.month),
        "total_usd": cents(answer.total_usd),
        "lines": [({"stack": stack} if whole else {}) | _line(line) for stack, line in answer.lines()],
        "unpriced": [
            ({"stack": each.stack} if whole else {}) | {"resource": unpriced.resource, "reason": unpriced.reason}
            for each in answer.bills
            for unpriced in each.verdict.unpriced
        ],
        "ceiling_usd": answer.ceiling_usd,
        "warnings": list(answer.warnings),
    }


def _line(line: Line) -> dict[str, object]:
    from delivery.cost.money import cents

    return {
        "resource": line.resource,
        "item": line.item,
        "quantity": float(line.quantity),
        "unit": line.unit,
        "unit_price_usd": float(line.unit_price_usd),
        "monthly_usd": cents(line.monthly_usd),
        "assumption": line.assumption,
        "source": line.source,
    }
