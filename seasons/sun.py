"""When the sun sets and when it is night, by the `astral` package."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from astral import Observer, SunDirection
from astral.sun import time_of_transit

from regions.cities import City

_DAY = timedelta(days=1)
_NOON = time(12)
# The sun's upper edge on the horizon, its radius 16' below; the package adds what the air refracts.
_SUNSET = 90 + 16 / 60
# Three stars are seen when the sun is 8.5 degrees down: one usual reckoning of the end of the Sabbath.
_NIGHTFALL = 90 + 8.5


def sunset(zone: ZoneInfo, city: City, day: date) -> datetime | None:
    """Return when the sun sets in the city on this local day, in UTC; None when it does not."""
    return _transit(zone, city, day, _SUNSET)


def nightfall(zone: ZoneInfo, city: City, day: date) -> datetime | None:
    """Return when night falls after this local day, perhaps after its midnight, in UTC; None when it does not."""
    return _transit(zone, city, day, _NIGHTFALL)


@lru_cache(maxsize=65_536)
def _transit(zone: ZoneInfo, city: City, day: date, zenith: float) -> datetime | None:
    """When the sinking sun passes an angle from the zenith between the day's noon and the next day's, by the clock."""
    noon = datetime.combine(day, _NOON)
    observer = Observer(city.latitude, city.longitude)
    # The package counts days by the place's longitude: where a clock keeps the other side's date, it is a day behind.
    for utc_day in (day, day - _DAY):
        try:
            instant = time_of_transit(observer, utc_day, zenith, SunDirection.SETTING)
        except ValueError:  # it does not sink that low, or does not rise
            continue
        if noon <= instant.astimezone(zone).replace(tzinfo=None) < noon + _DAY:
            return instant
    return None
