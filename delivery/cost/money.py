"""Amounts of money and parts of it, as machines and people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def cents(amount: Decimal) -> float:
    """Return US dollars rounded to the cent, half a cent up."""
    return float(amount.quantize(_CENT, ROUND_HALF_UP))


def part(share: Decimal) -> float:
    """Return a part of something with four digits behind the point."""
    return round(float(share), 4)


def dollars(amount: Decimal) -> str:
    """Return US dollars for people, such as "1,234.50 $"."""
    return f"{cents(amount):,.2f} $"
