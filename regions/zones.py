"""Time zones of the pinned tzdata package: the same calendar on every machine, whatever its own zone files say."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def time_zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of this name, one of `regions.model.base.time_zone_names`: the same object every time.

    Raises:
        ZoneInfoNotFoundError: tzdata has no such zone.
    """
    try:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError) as error:  # no such file, or one that is no time zone's
        raise ZoneInfoNotFoundError(f"tzdata has no time zone {name!r}") from error
