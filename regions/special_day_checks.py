"""Checks of special days: events, public holidays, and when lunar events were observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from regions.cities import city_of
from regions.draft import Draft
from regions.model import Region, Workloads
from regions.model.base import suggestion
from regions.model.demand import ObservedDates
from regions.problems import Problem, Problems

# The year of the Gregorian calendar in which a lunar year begins, and the one in which it ends.
_ISLAMIC_YEAR = 0.970224  # of a Gregorian one
_ISLAMIC_EPOCH = 621.57


def special_day_problems(workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together in the special days of workloads.yaml."""
    return tuple(_names(workloads))


def subdivision_problems(region: Draft[Region]) -> Iterator[Problem]:
    """Return which subdivisions of a region file are not ones that the `holidays` package knows."""
    for index in range(region.length("markets")):
        at = ("markets", index)
        if "subdivision" not in region.keys(*at):
            continue
        # Here, for importing it takes a good part of a second.
        from holidays import list_supported_countries

        subdivision, city = region.text(*at, "subdivision") or "", city_of(region.text(*at, "time_zone") or "")
        country = region.text(*at, "country") or (city.country if city else None) or "no country"
        known = tuple(list_supported_countries().get(country, ()))
        if subdivision not in known:
            fix = f"is no part of {country} with holidays of its own{suggestion(subdivision, known)}"
            yield region.problem((*at, "subdivision"), fix)


def observed_dates_problems(observed: Draft[ObservedDates], workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together in observed_dates.yaml, or with the events of workloads.yaml."""
    return (*_events(observed, workloads), *_twice(observed))


def _names(workloads: Draft[Workloads]) -> Iterator[Problem]:
    seen: set[str] = set()
    for kind in ("events", "lunar_events"):
        for index in range(workloads.length("demand", kind)):
            name = workloads.text("demand", kind, index, "name")
            if name in seen:
                yield workloads.problem(("demand", kind, index, "name"), "is the name of two events; give each its own")
            if name is not None:
                seen.add(name)


def _events(observed: Draft[ObservedDates], workloads: Draft[Workloads]) -> Iterator[Problem]:
    events = range(workloads.length("demand", "lunar_events"))
    calendars = {
        name: workloads.text("demand", "lunar_events", index, "calendar")
        for index in events
        if (name := workloads.text("demand", "lunar_events", index, "name"))
    }
    if not calendars:
        return
    for index in range(observed.length("dates")):
        event, year = observed.text("dates", index, "event"), observed.number("dates", index, "year")
        day = observed.text("dates", index, "observed")
        if event is not None and event not in calendars:
            fix = f"is not a lunar event of workloads.yaml{suggestion(event, tuple(calendars))}"
            yield observed.problem(("dates", index, "event"), fix)
        elif event is not None and year is not None and day is not None:
            first = int(year) if calendars[event] == "chinese" else int(_ISLAMIC_EPOCH + year * _ISLAMIC_YEAR)
            if date.fromisoformat(day).year not in (first, first + 1):
                fix = f"must lie in {first} or {first + 1}, as the event's year {year:g} does"
                yield observed.problem(("dates", index, "observed"), fix)


def _twice(observed: Draft[ObservedDates]) -> Iterator[Problem]:
    """One day for an event, a year and a country."""
    seen: set[tuple[object, ...]] = set()
    for index in range(observed.length("dates")):
        at = ("dates", index)
        event, year = observed.text(*at, "event"), observed.number(*at, "year")
        for country in observed.texts(*at, "countries") or (None,):
            key = (event, year, country)
            if None not in (event, year) and key in seen:
                where = f"for {country}" if country else "for every country"
                yield observed.problem((*at, "event"), f"has its year {year:g} {where} twice; remove one")
            seen.add(key)
