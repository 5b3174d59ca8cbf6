"""What a stack costs month after month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from costs.basis import Basis, region_basis, shared_basis
from costs.estimate import estimate
from costs.lines import Estimate
from costs.months import Month
from costs.resources import Resource
from costs.tariff import Tariff
from regions.fleet import Fleet
from regions.model import Region


@dataclass(frozen=True, slots=True)
class MonthlyBill:
    """A month, and what a stack costs in it."""

    month: Month
    estimate: Estimate


def bills(
    resources: Sequence[Resource], fleet: Fleet, region: Region | None, first: Month, tariff: Tariff, months: int = 12
) -> tuple[MonthlyBill, ...]:
    """Return a stack's bills, one a month in order.

    Args:
        resources: all of the stack's.
        fleet: of the environment's regions, for a region's part of the traffic depends on who else there is.
        region: whose stack it is; None: the global stack.
        first: the first month.
        tariff: prices, usage and what is free.
        months: how many.
    """
    return tuple(
        MonthlyBill(basis.month, estimate(resources, basis, tariff.free))
        for basis in bases(fleet, region, first, tariff, months)
    )


def bases(fleet: Fleet, region: Region | None, first: Month, tariff: Tariff, months: int = 12) -> tuple[Basis, ...]:
    """Return what the bills of these months rest on; the arguments are those of `bills`."""
    return tuple(_basis(fleet, region, month, tariff) for month in islice(_from(first), months))


def _basis(fleet: Fleet, region: Region | None, month: Month, tariff: Tariff) -> Basis:
    if region is None:
        return shared_basis(fleet, month, tariff.books, tariff.usage)
    return region_basis(fleet, region, month, tariff.books, tariff.usage)


def _from(first: Month) -> Iterator[Month]:
    month = first
    while True:
        yield month
        month = month.next()
