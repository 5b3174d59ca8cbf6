"""How the guard's sentences tell instants and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from seasons.local_days import utc


def at_utc(instant: datetime) -> str:
    """Return an aware instant as in "Sun 2026-11-29 10:00 UTC"; seconds are told where there are any."""
    instant = utc(instant)
    return f"{instant:%a %Y-%m-%d %H:%M:%S} UTC" if instant.second else f"{instant:%a %Y-%m-%d %H:%M} UTC"


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", or "a, b and c"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
