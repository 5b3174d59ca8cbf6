"""An estimate: lines with their arithmetic, and what could not be priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One position of a month's bill."""

    resource: str
    """Type and name of the resource."""
    item: str
    """What is paid for."""
    quantity: Decimal
    unit: str
    unit_price_usd: Decimal
    assumption: str
    """Where the quantity comes from, and what about the price is assumed."""
    source: str
    """The public page that says the price."""

    @property
    def monthly_usd(self) -> Decimal:
        """Quantity times unit price, not rounded."""
        return self.quantity * self.unit_price_usd


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A resource whose cost is not known, and why."""

    resource: str
    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What resources cost in a month, as far as it can be said."""

    lines: Sequence[Line]
    unpriced: Sequence[Unpriced]

    @property
    def total_usd(self) -> Decimal:
        """The sum of all lines, not rounded; what is in `unpriced` comes on top."""
        return sum((line.monthly_usd for line in self.lines), start=Decimal(0))
