"""A month of a bill: AWS bills by the calendar month in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from seasons.intervals import Interval

_TEXT = re.compile(r"^(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int
    """From 1 to 12."""

    def __str__(self) -> str:
        """Return it as `parse_month` reads it."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def during(self) -> Interval:
        """From its first instant to the next month's, in UTC."""
        following = self.next()
        return Interval(
            datetime(self.year, self.number, 1, tzinfo=UTC), datetime(following.year, following.number, 1, tzinfo=UTC)
        )

    @property
    def hours(self) -> Decimal:
        """Its hours: from 672 to 744."""
        start, end = self.during
        return Decimal((end - start).days * 24)

    def next(self) -> Month:
        """Return the month after this one."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)


def parse_month(text: str) -> Month:
    """Read "2026-11".

    Raises:
        ValueError: it is no month, with a sentence.
    """
    if not (match := _TEXT.match(text)) or match["year"] == "0000" or match["year"] == "9999":
        raise ValueError(f"{text!r} is no month; write it as 2026-11")
    return Month(int(match["year"]), int(match["month"]))
