"""Whether a stack keeps to its monthly ceiling, and how that is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from costs.lines import Unpriced, by_resource, total_usd
from costs.year import MonthlyBill

NEAR_PERCENT = 80
"""A month that takes more of its ceiling than this is near it."""
_NAMED = 3  # of what costs most; what comes after it is rarely what a ceiling is kept with

Level = Literal["within", "near", "over"]


@dataclass(frozen=True, slots=True)
class CeilingVerdict:
    """What a ceiling says of a stack's bills."""

    level: Level
    worst: MonthlyBill
    """The dearest month; of several, the first."""
    ceiling_usd: int
    unpriced: tuple[Unpriced, ...]
    """What has no price in any of the months, each resource once."""
    sentences: tuple[str, ...]
    """What, when, how much, and what to do; the most important first."""

    @property
    def worst_usd(self) -> Decimal:
        """What the dearest month costs, not rounded."""
        return self.worst.estimate.total_usd


def judge(bills: Sequence[MonthlyBill], ceiling_usd: int, stack: str) -> CeilingVerdict:
    """Return whether every month keeps to the ceiling.

    A month may cost exactly as much as its ceiling, and is near it from above 80 %. What cannot be priced is over any
    ceiling: nobody knows that it is not.

    Args:
        bills: of one stack, at least one.
        ceiling_usd: most that one of its months may cost.
        stack: its name, such as "prod-eu-central-1".
    Raises:
        ValueError: there is no bill, or the ceiling is not above 0.
    """
    if not bills or ceiling_usd <= 0:
        raise ValueError(f"{len(bills)} bills and a ceiling of {ceiling_usd} $: there must be some of both")
    worst = max(bills, key=lambda bill: bill.estimate.total_usd)
    unpriced = _unpriced(bills)
    level = _level(worst.estimate.total_usd, ceiling_usd)
    sentences = (*_unknown(stack, ceiling_usd, unpriced), *_known(stack, bills, worst, ceiling_usd, level))
    return CeilingVerdict("over" if unpriced else level, worst, ceiling_usd, unpriced, sentences)


def _level(total: Decimal, ceiling_usd: int) -> Level:
    if total > ceiling_usd:
        return "over"
    return "near" if total * 100 > NEAR_PERCENT * ceiling_usd else "within"


def _unpriced(bills: Sequence[MonthlyBill]) -> tuple[Unpriced, ...]:
    found = {each.resource: each for bill in reversed(bills) for each in bill.estimate.unpriced}
    return tuple(found[resource] for resource in sorted(found))


def _unknown(stack: str, ceiling_usd: int, unpriced: Sequence[Unpriced]) -> Iterator[str]:
    if unpriced:
        yield (
            f"{stack}: {len(unpriced)} of its resources cannot be priced, so nobody knows whether it keeps to its"
            f" ceiling of {ceiling_usd:,} $ a month. Give each a price in costs/pricers.py or a reason in"
            " costs/free.yaml, or make its inputs known before it exists."
        )
    yield from (f"{each.resource}: {each.reason}." for each in unpriced)


def _known(
    stack: str, bills: Sequence[MonthlyBill], worst: MonthlyBill, ceiling_usd: int, level: Level
) -> Iterator[str]:
    total = worst.estimate.total_usd
    when = f"its dearest month, {worst.month}," if len(bills) > 1 else str(worst.month)
    above = f"{total - ceiling_usd:,.2f} $ more than" if level == "over" else f"{total / ceiling_usd:.1%} of"
    yield f"{stack}: {when} costs {total:,.2f} $, {above} its ceiling of {ceiling_usd:,} $."
    if level != "within":
        yield f"What costs most: {'; '.join(_dearest(worst))}."
        yield f"Make it smaller, or raise monthly_ceilings_usd in Pulumi.{stack.partition('-')[0]}.yaml."


def _dearest(bill: MonthlyBill) -> Iterator[str]:
    for resource, lines in by_resource(bill.estimate.lines)[:_NAMED]:
        yield f"{resource} {total_usd(lines):,.2f} $"
