"""The plan once more, written to be read and not to be fast: minute by minute, from the requirements' own words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cache
from itertools import pairwise

from astral import Observer
from astral.sun import dusk
from astral.sun import sunset as astral_sunset
from borax.calendars.lunardate import LunarDate
from hijridate import Gregorian
from holidays import country_holidays

from regions.fleet import Fleet
from regions.model import Market, Region

MINUTE = timedelta(minutes=1)
MONITOR, API = "performance_monitor", "wedding_api"
LEVELS = ("NORMAL", "HIGH", "MAXIMUM")


@dataclass(frozen=True)
class Instant:
    """What the oracle finds at a minute, without looking ahead."""

    phase: str
    level: str
    wedding_day: bool
    rates: dict[str, float]


def instant(fleet: Fleet, region: Region, at: datetime, *, emergency: bool) -> Instant:
    """What holds at an instant in a region whose clocks do not change at midnight."""
    markets = [_Market(fleet, region, market, at) for market in region.markets]
    levels = [market.level() for market in markets]
    phases = [market.phase for market in markets]
    return Instant(
        phase=next(p for p in ("wedding_season", "engagement_season", "off_season") if p in phases),
        level="MAXIMUM" if emergency else max(levels, key=LEVELS.index),
        wedding_day=any(market.is_wedding_day() for market in markets),
        rates={w: sum(market.rate(w, emergency=emergency) for market in markets) for w in (MONITOR, API)},
    )


class _Market:
    def __init__(self, fleet: Fleet, region: Region, market: Market, at: datetime) -> None:
        self.workloads, self.market, self.at = fleet.workloads, market, at
        self.local = at.astimezone(market.zone)
        season = market.season or region.season
        month = self.local.month
        self.phase = (
            "wedding_season"
            if month in season.peak_months
            else "engagement_season"
            if month in season.engagement_months
            else "off_season"
        )
        weights = sum(other.traffic_weight for other in fleet.regions.values())
        self.baseline = 50_000_000 / 86_400 * region.traffic_weight / weights * market.traffic_share

    def event(self) -> float:
        """The factor of the day's fixed event."""
        return {(2, 14): 6.0, (12, 31): 8.0}.get((self.local.month, self.local.day), 1.0)

    def level(self) -> str:
        day, peak = self.local.strftime("%A"), self.phase == "wedding_season"
        if (day == "Saturday" and peak) or self.event() == 8:
            return "MAXIMUM"
        if day == "Saturday" or (peak and day in ("Friday", "Sunday")) or self.event() == 6:
            return "HIGH"
        return "NORMAL"

    def is_wedding_day(self) -> bool:
        return self.local.strftime("%A") == "Saturday" or self.event() > 1

    def rate(self, workload: str, *, emergency: bool) -> float:
        seasons = {MONITOR: {"wedding_season": 4.0, "engagement_season": 2.5}, API: {"wedding_season": 2.5}}
        specials = [self.event(), *self._soft_days()]
        if self.local.strftime("%A") == "Saturday":
            if workload == API:
                specials.append(8.0)
            elif 8 <= self.local.hour < 12:
                specials.append(6.0)
        if emergency:
            specials.append(10.0)
        return self.baseline * seasons[workload].get(self.phase, 1.0) * max(specials) * self._culture()

    def _soft_days(self) -> list[float]:
        """Factors of public holidays and lunar days."""
        factors = [1.0]
        day, demand = self.local.date(), self.workloads.demand
        if self.market.country_code and day in _holidays(self.market.country_code, day.year):
            factors.append(demand.holidays.factor)
        for event in demand.lunar_events:
            share = sum(s for c, s in self.market.cultures.items() if demand.cultures[c].calendar == event.calendar)
            near = [day + timedelta(days=pad) for pad in range(-event.pad_days, event.pad_days + 1)]
            if any(_lunar(event.calendar, each) == (event.month, event.day) for each in near):
                factors.append(1 + share * (event.factor - 1))
        return factors

    def _culture(self) -> float:
        weighted = total = Fraction(0)
        for name, share in self.market.cultures.items():
            culture = self.workloads.demand.cultures[name]
            if culture.keeps_sabbath and self._is_sabbath():
                continue
            weddings = Fraction(share) * culture.days
            weighted, total = weighted + weddings * Fraction(culture.factor), total + weddings
        return float(weighted / total) if total else 1.0

    def _is_sabbath(self) -> bool:
        city = self.market.city
        assert city is not None
        day, zone, there = self.local.date(), self.market.zone, (city.latitude, city.longitude)
        if self.local.strftime("%A") == "Friday":
            return self.at >= _sunset(there, day, zone)
        if self.local.strftime("%A") == "Saturday":
            return self.at < _night(there, day, zone)
        return False


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))


@cache
def _sunset(there: tuple[float, float], day: date, zone: tzinfo) -> datetime:
    return astral_sunset(Observer(*there), day, tzinfo=zone).replace(second=0, microsecond=0)


@cache
def _night(there: tuple[float, float], day: date, zone: tzinfo) -> datetime:
    return dusk(Observer(*there), day, 8.5, tzinfo=zone).replace(second=0, microsecond=0) + MINUTE


@cache
def _lunar(calendar: str, day: date) -> tuple[int, int]:
    if calendar == "islamic":
        return Gregorian.fromdate(day).to_hijri().datetuple()[1:]
    there = LunarDate.from_solar(day)
    return (0, 0) if there.leap else (there.month, there.day)


class Oracle:
    """The plan of `length` minutes from `start` on."""

    def __init__(self, fleet: Fleet, region: Region, start: datetime, length: int, *, emergency: bool) -> None:
        workloads = fleet.workloads
        self.lead = int(60 * workloads.wedding_day_mode.lead_hours)
        self.settle = int(60 * workloads.planning.settle_hours)
        first, count = -self.settle, length + 2 * self.settle + self.lead
        minutes = [start + (first + minute) * MINUTE for minute in range(count)]
        self.instants = [instant(fleet, region, at.astimezone(UTC), emergency=emergency) for at in minutes]
        self._inside = slice(self.settle, self.settle + length)

    def exact(self) -> list[tuple[str, str]]:
        """Phase and level of each minute."""
        return [(each.phase, each.level) for each in self.instants[self._inside]]

    def wedding_day(self) -> list[bool]:
        """Whether wedding-day mode is on, each minute."""
        return [bool(on) for on in self._ahead(lambda each: int(each.wedding_day))[self._inside]]

    def floor(self, workload: str) -> list[int]:
        """The floor of each minute."""
        wanted, most = self._ahead(lambda i: _wanted(workload, i)), self._ahead(lambda i: _ceiling(workload, i))
        mode = self._ahead(lambda each: int(each.wedding_day))
        floors = [
            min(m, math.ceil(Fraction(12, 10) * min(w, m)) if on else w)
            for w, m, on in zip(wanted, most, mode, strict=True)
        ]
        return self._settled(floors)[self._inside]

    def _ahead(self, value: Callable[[Instant], int]) -> list[int]:
        values = [value(each) for each in self.instants]
        return [max(values[minute : minute + self.lead + 1]) for minute in range(len(values))]

    def _settled(self, values: list[int]) -> list[int]:
        after = list(values)
        for level in sorted(set(values)):
            reaching = [minute for minute, value in enumerate(values) if value >= level]
            for left, right in pairwise(reaching):
                if 1 < right - left <= self.settle:
                    after[left + 1 : right] = [max(value, level) for value in after[left + 1 : right]]
        return after


def _wanted(workload: str, at: Instant) -> int:
    if workload == API:
        return max({"NORMAL": 10, "HIGH": 35, "MAXIMUM": 50}[at.level], math.ceil(at.rates[API] * 1.25 / 200))
    floors = {"wedding_season": 12, "engagement_season": 6, "off_season": 4}
    floor = 24 if at.level == "MAXIMUM" else floors[at.phase]
    return max(floor, math.ceil(at.rates[MONITOR] * 1.25 / (10_000 / 24)))


def _ceiling(workload: str, at: Instant) -> int:
    return 50 if workload == API else 36 if at.level == "MAXIMUM" else 24
