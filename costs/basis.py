"""What an estimate rests on besides the resources: month, prices, usage, season plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from costs.months import Month
from costs.prices import PriceBooks
from costs.seasonal_use import SeasonalUse, seasonal_use, unplanned
from costs.usage import Usage
from regions.fleet import Fleet
from regions.model import Region

_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Basis:
    """What all resources of a stack have in common."""

    aws_region: str
    """Where a resource is that names no AWS region of its own."""
    month: Month
    books: PriceBooks
    usage: Usage
    season: SeasonalUse
    share: Decimal
    """The region's part of the fleet's traffic: from 0 to 1."""
    home: str
    """AWS region of the fleet's first writer."""
    fleet_operations: Decimal
    """Mean database operations a second of the whole fleet."""

    @property
    def monthly_operations(self) -> Decimal:
        """Database operations of the whole fleet in the month, at the year's mean rate."""
        return self.fleet_operations * self.month.hours * _SECONDS


def region_basis(fleet: Fleet, region: Region, month: Month, books: PriceBooks, usage: Usage) -> Basis:
    """Return what a region stack's estimate rests on; its season plan of the month is computed here."""
    return Basis(
        aws_region=region.aws_region,
        month=month,
        books=books,
        usage=usage,
        season=seasonal_use(fleet, region, month),
        share=Decimal(str(fleet.traffic_share(region))),
        home=fleet.home,
        fleet_operations=_operations(fleet),
    )


def shared_basis(fleet: Fleet, month: Month, books: PriceBooks, usage: Usage) -> Basis:
    """Return what the global stack's estimate rests on: no season, and the whole fleet's traffic."""
    return Basis(
        aws_region=fleet.home,
        month=month,
        books=books,
        usage=usage,
        season=unplanned(month.hours),
        share=Decimal(1),
        home=fleet.home,
        fleet_operations=_operations(fleet),
    )


def _operations(fleet: Fleet) -> Decimal:
    return Decimal(str(fleet.workloads.demand.mean_operations_per_second))
