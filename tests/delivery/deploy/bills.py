"""Bills that a test makes up."""

from __future__ import annotations

from decimal import Decimal

from costs.lines import Estimate, Line, Unpriced
from costs.months import Month
from costs.year import MonthlyBill


def bill(month: Month, *amounts: Decimal | int | str, unpriced: tuple[Unpriced, ...] = ()) -> MonthlyBill:
    lines = [
        Line(f"aws:x/y:Z::{number}", "hours", Decimal(1), "h", Decimal(amount), "assumed", "https://example.org")
        for number, amount in enumerate(amounts)
    ]
    return MonthlyBill(month, Estimate(lines, unpriced))
