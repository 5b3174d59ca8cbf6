"""Reads a file of hours: `time,value`, with full hours as ISO 8601 with an offset from UTC."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from delivery.instants import iso, parse_instant
from delivery.season.table import Kind, read_table
from delivery.steps import InputError


def read_hours(path: Path) -> dict[datetime, float]:
    """Return the values by hour in UTC, in order; hours may be missing.

    Raises:
        InputError: the file cannot be read, or is wrong: every wrong line is named.
    """
    return read_table(path, _HOURS)


def _hour(text: str) -> datetime:
    try:
        instant = parse_instant(text)
    except InputError as error:
        raise ValueError(str(error).rstrip(".")) from None
    if instant.minute or instant.second or instant.microsecond:
        raise ValueError(f"{text!r} is not on the hour in UTC")
    return instant


_HOURS = Kind(unit="time", columns=("time",), example="2026-06-06T14:00:00Z,1234.5", parse=_hour, say=iso)
