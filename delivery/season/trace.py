"""A measured year: a file of hours without a gap."""

from __future__ import annotations

from pathlib import Path

from delivery.instants import iso
from delivery.season.hour_file import read_hours
from delivery.steps import InputError
from seasons.intervals import HOUR, Interval


def read_trace(path: Path, year: Interval) -> tuple[Interval, list[float]]:
    """Return the hours that the file has, and the value of each.

    Raises:
        InputError: the file is wrong, has hours outside of the year, or leaves some out between its first and last.
    """
    hours = read_hours(path)
    during = Interval(min(hours), max(hours) + HOUR)
    wrong: list[str] = []
    if outside := [hour for hour in hours if hour not in year]:
        wrong.append(
            f"--trace {path}: {iso(outside[0])} is not in the year from {iso(year.start)} to {iso(year.end)}"
            f" ({len(outside)} such hours); leave them out, or give the year that they are in."
        )
    count = (during.end - during.start) // HOUR
    if missing := count - len(hours):
        first = next(hour for number in range(count) if (hour := during.start + number * HOUR) not in hours)
        wrong.append(
            f"--trace {path}: {missing} hours are missing, {iso(first)} first; a replay needs every hour between the"
            " first and the last."
        )
    if wrong:
        raise InputError("\n".join(wrong))
    return during, list(hours.values())
