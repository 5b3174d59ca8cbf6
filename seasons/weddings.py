"""Who marries when: cultures' wedding days, the Sabbath, and what a day's weddings are a multiple of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from regions.cities import City
from regions.model import Market
from regions.model.demand import Culture
from seasons.intervals import Interval, subtract, union
from seasons.local_days import clock, local_day
from seasons.sun import nightfall, sunset
from seasons.weekdays import MIDNIGHT, NOON, SATURDAY, days_of, overlapping

Cultures = Mapping[str, Culture]

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


def sabbaths(market: Market, within: Interval) -> tuple[Interval, ...]:
    """Return every Sabbath that lies in part in `within`, from Friday's sunset to Saturday's nightfall.

    Where the sun does not set, or nobody knows where it sets, it counts from Friday noon (assumption: earlier than any
    sunset); where night does not fall, to Saturday's end.
    """
    return _sabbaths(market.zone, market.city, within)


def culture_factor(market: Market, cultures: Cultures, *, sabbath: bool) -> float:
    """Return demand of a moment's weddings as a multiple of as many weddings of the baseline.

    The mean over the cultures that marry at the moment, by their share of weddings and by the days of each: a wedding
    of three days is among the day's weddings on three days. 1 where nobody marries.
    """
    weights = {
        cultures[name]: share * cultures[name].days
        for name, share in market.cultures.items()
        if not (sabbath and cultures[name].keeps_sabbath)
    }
    total = sum(weights.values())
    return sum(culture.factor * weight for culture, weight in weights.items()) / total if total else 1.0


def resting(market: Market, cultures: Cultures) -> tuple[str, ...]:
    """Return the market's cultures that do not marry on the Sabbath."""
    return tuple(name for name in market.cultures if cultures[name].keeps_sabbath)


def wedding_days(market: Market, culture: Culture, within: Interval) -> tuple[Interval, ...]:
    """Return the days of the weekends' weddings of a culture that lie in part in `within`.

    Assumption: a wedding's middle day, or the first of two, is a Saturday; where the Sabbath is kept, the wedding
    begins on Sunday and what would lie in a Sabbath is left out.
    """
    first = 1 if culture.keeps_sabbath else -((culture.days - 1) // 2)
    offsets = range(first, first + culture.days)
    wider = Interval(within.start - culture.days * _DAY, within.end + culture.days * _DAY)
    days = union(
        day
        for saturday in days_of(SATURDAY, wider)
        for offset in offsets
        if (day := local_day(market.zone, saturday + offset * _DAY))
    )
    days = subtract(days, sabbaths(market, wider)) if culture.keeps_sabbath else days
    return overlapping(days, within)


@lru_cache(maxsize=64)
def _sabbaths(zone: ZoneInfo, city: City | None, within: Interval) -> tuple[Interval, ...]:
    return overlapping((_sabbath(zone, city, saturday) for saturday in days_of(SATURDAY, within)), within)


def _sabbath(zone: ZoneInfo, city: City | None, saturday: date) -> Interval:
    friday = saturday - _DAY
    start = sunset(zone, city, friday) if city else None
    end = nightfall(zone, city, saturday) if city else None
    # Whole minutes, and rather one more: an almanac is not exact to the second.
    return Interval(
        start.replace(second=0, microsecond=0) if start else clock(zone, friday, NOON)[0],
        end.replace(second=0, microsecond=0) + _MINUTE if end else clock(zone, saturday + _DAY, MIDNIGHT)[1],
    )
