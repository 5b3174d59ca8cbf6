"""Days and instants as people and pipelines write them, and as they are printed for machines."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from delivery.steps import InputError
from seasons.local_days import utc

# Before, zones kept local mean time; beyond, their rules are anybody's guess.
YEARS = range(1900, 2200)


def parse_instant(text: str) -> datetime:
    """Return the instant in UTC that an ISO 8601 text such as 2026-11-28T18:30+01:00 means.

    Raises:
        InputError: it is none, has no offset from UTC, or is outside of `YEARS`.
    """
    instant = _read(text, "is no instant: write it as 2026-11-28T18:30:00Z or 2026-11-28T19:30+01:00.")
    if instant.tzinfo is None:
        local = instant.isoformat()
        raise InputError(f"{text!r} has no offset from UTC: write {local}Z, or {local}+01:00 with the offset you mean.")
    _check_year(instant.year, text)
    return utc(instant)


def parse_day_or_instant(text: str) -> datetime:
    """Return the instant in UTC; a day such as 2026-11-28 means its first one, by UTC.

    Raises:
        InputError: it is neither a day nor an instant, see `parse_instant`.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        _read(text, "is neither a day nor an instant: write it as 2026-11-28 or 2026-11-28T18:30:00Z.")
        return parse_instant(text)
    _check_year(day.year, text)
    return datetime.combine(day, time.min, UTC)


def iso(instant: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC: 2026-11-28T18:30:00Z."""
    return utc(instant).isoformat().replace("+00:00", "Z")


def _read(text: str, wrong: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} {wrong}") from None


def _check_year(year: int, text: str) -> None:
    if year not in YEARS:
        raise InputError(f"{text!r} is outside of the years {YEARS[0]} to {YEARS[-1]} that calendars are known for.")
