"""What a change does to a stack's bill: from the inputs before and after it, as the preview has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from costs.lines import Unpriced, by_resource, total_usd
from costs.months import Month
from costs.resources import Resource
from costs.tariff import Tariff
from costs.year import MonthlyBill, bills
from delivery.deploy.preview import Inputs, StackPreview, Step
from regions.fleet import Fleet
from regions.model import Region

_PROVIDER = "pulumi:providers:aws"
_GROWING_TOLD = 3  # what explains a jump; what comes after it is rarely what is turned back


@dataclass(frozen=True, slots=True)
class CostChange:
    """Twelve months' bills of one stack, from this month on, as it is and as it would be.

    `before` is empty where the stack has nothing that costs money yet, `after` where nothing is left of it.
    """

    before: tuple[MonthlyBill, ...]
    after: tuple[MonthlyBill, ...]

    @property
    def increase_percent(self) -> Decimal | None:
        """By how much the busiest month gets dearer, %; negative: cheaper; None: there is nothing to compare with."""
        before, after = usd(busiest(self.before)), usd(busiest(self.after))
        return (after - before) / before * 100 if before else None

    @property
    def unpriced(self) -> tuple[Unpriced, ...]:
        """What nobody knows the price of after the change: it comes on top."""
        return tuple({each.resource: each for bill in self.after for each in bill.estimate.unpriced}.values())

    def refusal(self, allowed_percent: int, environment: str) -> str | None:
        """Return why this is too much for one change, or None if it is not."""
        increase = self.increase_percent
        worst, was = busiest(self.after), busiest(self.before)
        if increase is None or increase <= allowed_percent or worst is None or was is None:
            return None
        return (
            f"Cost: the busiest month would be {worst.month} with {usd(worst):,.2f} $, {increase:.0f} % more than"
            f" {was.month} with {usd(was):,.2f} $ now; one change may raise it by {allowed_percent} %. What grows most:"
            f" {'; '.join(self._growing())}. Make it smaller, or raise max_cost_increase_percent in"
            f" Pulumi.{environment}.yaml with the same review."
        )

    def _growing(self) -> list[str]:
        """The resources whose cost grows most in the busiest month, by how much."""
        worst = busiest(self.after)
        before = _by_resource(next((bill for bill in self.before if worst and bill.month == worst.month), None))
        growth = {name: usd - before.get(name, Decimal(0)) for name, usd in _by_resource(worst).items()}
        most = sorted(growth.items(), key=lambda each: -each[1])
        return [f"{name} by {more:,.2f} $" for name, more in islice(most, _GROWING_TOLD) if more > 0]


def cost_change(preview: StackPreview, fleet: Fleet, region: Region | None, first: Month, tariff: Tariff) -> CostChange:
    """Return what a stack costs before and after the previewed change.

    Args:
        preview: of the change.
        fleet: of the environment's regions.
        region: whose stack it is; None: the global stack.
        first: the first of the twelve months.
        tariff: prices, usage and what is free.
    """
    regions = _aws_regions(preview)
    resources = [step for step in preview.steps if step.is_resource]
    # What somebody deleted by hand is part of what the stack costs: to make it again is no jump.
    before = [(step, preview.gone.get(step.urn) if step.old is None else step.old) for step in resources]
    old = [_resource(step, inputs, regions) for step, inputs in before if inputs is not None]
    new = [_resource(step, step.new, regions) for step in resources if step.new is not None]
    return CostChange(
        before=bills(old, fleet, region, first, tariff) if old else (),
        after=bills(new, fleet, region, first, tariff) if new else (),
    )


def busiest(found: Sequence[MonthlyBill]) -> MonthlyBill | None:
    """Return the dearest month; of several, the first; None where there is no bill."""
    return max(found, key=usd, default=None)


def usd(bill: MonthlyBill | None) -> Decimal:
    """Return what a month costs, not rounded; 0 where there is no bill."""
    return bill.estimate.total_usd if bill else Decimal(0)


def _by_resource(bill: MonthlyBill | None) -> Mapping[str, Decimal]:
    return {name: total_usd(lines) for name, lines in by_resource(bill.estimate.lines)} if bill else {}


def _resource(step: Step, inputs: Inputs, regions: Mapping[str, str]) -> Resource:
    return Resource(step.type, step.name, inputs, regions.get(step.provider))


def _aws_regions(preview: StackPreview) -> Mapping[str, str]:
    """Where each AWS provider works, by its URN."""
    providers = {step.urn: step.new or step.old or {} for step in preview.steps if step.type == _PROVIDER}
    return {urn: str(inputs["region"]) for urn, inputs in providers.items() if "region" in inputs}
