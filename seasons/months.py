"""Months of the calendar, and the days in them that weddings depend on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.easter import easter

_FRIDAY = 4


class YearMonth(NamedTuple):
    """A month of a year. Sorts by time."""

    year: int
    month: int

    def __str__(self) -> str:
        """Write it as YYYY-MM."""
        return f"{self.year:04}-{self.month:02}"


def working_days(month: YearMonth) -> int:
    """Return the days in a month on which offices are open: Mondays to Fridays, but for Good Friday and Easter Monday.

    Those two move between March and April. Other holidays keep to their month, whose effect has them; that some are on
    a weekend in some years is left out. Toronto's City Hall, whose licences the curve was first fitted on, is closed
    on Easter Monday, though shops are open: http://eventsintorontonow.blogspot.com/2014/04/what-open-and-closed-easter-monday-2014.html
    """
    sunday = easter(month.year)
    closed = {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    length = monthrange(month.year, month.month)[1]
    days = (date(month.year, month.month, day) for day in range(1, length + 1))
    return sum(day.weekday() <= _FRIDAY and day not in closed for day in days)
