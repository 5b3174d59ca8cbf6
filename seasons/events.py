"""Special days: fixed ones, public holidays, and lunar ones, as intervals of each market's own calendar."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from borax.calendars.lunardate import LunarDate
from hijridate import Hijri

from regions.model import Market
from regions.model.demand import Demand, Event, LunarCalendar, LunarEvent, ObservedDate
from seasons.intervals import Interval, union
from seasons.local_days import local_day
from seasons.weekdays import overlapping

_DAY = timedelta(days=1)
# Years that the packages' tables cover; no lunar event is known outside.
_TABLES: Mapping[LunarCalendar, range] = MappingProxyType({"chinese": range(1900, 2100), "islamic": range(1343, 1501)})


class Occasion(NamedTuple):
    """Why a day is special in a market: its name as people read it, the multiple of demand there, and its source."""

    name: str
    factor: float
    source: str


Occasions = tuple[tuple[Occasion, tuple[Interval, ...]], ...]


def occasions(demand: Demand, observed: Sequence[ObservedDate], market: Market, within: Interval) -> Occasions:
    """Return every occasion of the market of which a part lies in `within`, with its days, the busiest first.

    Args:
        observed: lunar days that were not the computed ones.
    """
    found = (
        *fixed_occasions(demand.events, market.zone, within),
        *_lunar_occasions(demand, observed, market, within),
        *_holidays(demand, market, within),
    )
    return tuple(sorted((each for each in found if each[1]), key=lambda each: -each[0].factor))


def fixed_occasions(events: Iterable[Event], zone: ZoneInfo, within: Interval) -> Occasions:
    """Return the events that have the same date every year; a year without the date has no such day."""
    return tuple(
        (
            Occasion(event.title, event.factor, "workloads.yaml: demand.events"),
            overlapping((local_day(zone, day) for day in _dates(event, within)), within),
        )
        for event in events
    )


def lunar_date(event: LunarEvent, year: int) -> date:
    """Return the computed date of an event in a year of its own calendar: chinese 1900-2099, islamic 1343-1500.

    Chinese dates by the `borax` package, Islamic ones by Umm al-Qura, as the `hijridate` package has it.
    """
    return _LUNAR[event.calendar](year, event.month, event.day)


def _dates(event: Event, within: Interval) -> Iterator[date]:
    for year in _years(within):
        try:
            yield date(year, event.month, event.day)
        except ValueError:  # 29 February
            continue


def _lunar_occasions(
    demand: Demand, observed: Sequence[ObservedDate], market: Market, within: Interval
) -> Iterator[tuple[Occasion, tuple[Interval, ...]]]:
    for event in demand.lunar_events:
        share = sum(part for name, part in market.cultures.items() if demand.cultures[name].calendar == event.calendar)
        if share == 0:
            continue
        source = f"workloads.yaml: demand.lunar_events, {event.factor:g} for {share:.0%} of the weddings"
        occasion = Occasion(event.title, 1 + (event.factor - 1) * share, source)
        yield occasion, overlapping(union(_lunar_days(event, observed, market, within)), within)


def _lunar_days(
    event: LunarEvent, observed: Sequence[ObservedDate], market: Market, within: Interval
) -> Iterator[Interval]:
    elsewhere = _observed(event, observed, market)
    for year in _lunar_years(event.calendar, within):
        day = elsewhere.get(year) or lunar_date(event, year)
        for pad in range(-event.pad_days, event.pad_days + 1):
            if span := local_day(market.zone, day + pad * _DAY):
                yield span


def _observed(event: LunarEvent, observed: Sequence[ObservedDate], market: Market) -> dict[int, date]:
    """The event's days by year that were not the computed ones; a country's own count more than everybody's."""
    everywhere = {each.year: each.observed for each in observed if each.event == event.name and each.countries is None}
    there = {
        each.year: each.observed
        for each in observed
        if each.event == event.name and each.countries is not None and market.country_code in each.countries
    }
    return everywhere | there


def _lunar_years(calendar: LunarCalendar, within: Interval) -> Iterator[int]:
    """The calendar's years of which a part may lie in `within`, as far as they are known."""
    for year in _years(within):
        if calendar == "chinese":
            candidates = (year - 1, year)  # which begins by 20 February
        else:
            # 33 of its years are 32 of the sun's, and year 1 began in July 622: one or two begin in each of the sun's.
            first = (year - 622) * 33 // 32
            candidates = (first - 1, first, first + 1)
        yield from (each for each in candidates if each in _TABLES[calendar])


def _holidays(demand: Demand, market: Market, within: Interval) -> Iterator[tuple[Occasion, tuple[Interval, ...]]]:
    if market.country_code is None:
        return
    days: dict[str, list[Interval | None]] = {}
    for year in _years(within):
        for day, name in holidays_of(market.country_code, market.subdivision, year):
            days.setdefault(name, []).append(local_day(market.zone, day))
    source = f"workloads.yaml: demand.holidays; public holidays of {market.country_code}"
    for name, spans in days.items():
        yield Occasion(name, demand.holidays.factor, source), overlapping(spans, within)


@lru_cache(maxsize=1024)
def holidays_of(country: str, subdivision: str | None, year: int) -> tuple[tuple[date, str], ...]:
    """Return a year's public holidays, by the `holidays` package, in English where it has names in English.

    Args:
        country: ISO 3166.
        subdivision: one that the package has, or None.
    """
    # Half a second and 280 modules: only for those who ask for holidays.
    from holidays import country_holidays

    with warnings.catch_warnings():
        # Of some countries movable days are known for some years only; then the others are all there is.
        warnings.simplefilter("ignore", UserWarning)
        return tuple(sorted(country_holidays(country, subdivision, years=year, language="en_US").items()))


def _years(within: Interval) -> range:
    """Years of which a part lies in `within` by some clock, and those that an occasion's pads reach into it from."""
    wider = 17 * _DAY  # the longest pad, and a clock's offset
    return range((within.start - wider).year, (within.end + wider).year + 1)


def _chinese(year: int, month: int, day: int) -> date:
    return LunarDate(year, month, day).to_solar_date()


def _islamic(year: int, month: int, day: int) -> date:
    return Hijri(year, month, day).to_gregorian()


_LUNAR: Mapping[LunarCalendar, Callable[[int, int, int], date]] = MappingProxyType(
    {"chinese": _chinese, "islamic": _islamic}
)
