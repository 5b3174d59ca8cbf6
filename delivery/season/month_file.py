"""Reads a file of months: `month,<value>` with YYYY-MM, or `date,<value>` with the first day of each month."""

from __future__ import annotations

import re
from pathlib import Path

from delivery.instants import YEARS
from delivery.season.table import Kind, read_table
from seasons.months import YearMonth

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(-01)?")


def read_months(path: Path) -> dict[YearMonth, float]:
    """Return the values by month, in order and all above 0; months may be missing.

    Raises:
        InputError: the file cannot be read, or is wrong: every wrong line is named.
    """
    return read_table(path, _MONTHS)


def _month(text: str) -> YearMonth:
    found = _MONTH.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a month")
    if int(found[1]) not in YEARS:
        raise ValueError(f"{text!r} is outside of the years {YEARS[0]} to {YEARS[-1]}")
    return YearMonth(int(found[1]), int(found[2]))


_MONTHS = Kind(
    unit="month",
    columns=("month", "date"),
    example="2017-06,1889",
    parse=_month,
    say=str,
    needs_more_than_zero="which no share can be taken of; leave the month out",
)
