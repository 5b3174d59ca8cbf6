"""An estimate: lines with their arithmetic, and what could not be priced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    @property
    def kind(self) -> str:
        """What it is in the bill of any region: the last word of the resource's type, and the item."""
        return f"{self.resource.partition('::')[0].rpartition(':')[2]}: {self.item}"


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
        return total_usd(self.lines)


def total_usd(lines: Iterable[Line]) -> Decimal:
    """Return the sum of lines, not rounded."""
    return sum((line.monthly_usd for line in lines), start=Decimal(0))


def by_resource(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Return the lines of each resource, the dearest resource first; resources that cost the same by name."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.resource, []).append(line)
    return sorted(found.items(), key=lambda each: (-total_usd(each[1]), each[0]))
