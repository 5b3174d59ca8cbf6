"""The emergency flag: a ConfigMap with `active_until` and `reason`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from services.season_scaler.snapshot import Emergency

NONE = Emergency(active=False, sentence="", sound=True)


def emergency(data: Mapping[str, str] | None, now: datetime) -> Emergency:
    """Return what the flag says at `now`: it holds until `active_until`, an instant with offset, which is not in it.

    A flag that cannot be understood counts as active, because protecting is safer, until somebody corrects it.
    """
    if data is None:
        return NONE
    until, reason = data.get("active_until", ""), data.get("reason", "").strip()
    end = _instant(until)
    if end is None:
        fix = "write an instant with its offset, such as 2026-11-28T18:00:00Z"
        return Emergency(
            active=True,
            sentence=f"The emergency flag's active_until is {until!r}: {fix}. Until then an emergency is assumed.",
            sound=False,
        )
    if now >= end:
        return NONE
    return Emergency(
        active=True, sentence=f"An emergency is declared until {until}: {reason or 'no reason'}.", sound=True
    )


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.utcoffset() is None else instant
