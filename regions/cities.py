"""Each time zone's city, and the countries: from the tables of the pinned tzdata package."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_ZONES = "zone.tab"  # a row a zone, with one country each; zone1970.tab has one row for several countries
_COUNTRIES = "iso3166.tab"
_COORDINATES = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


class City(NamedTuple):
    """A place: ISO 3166 country (None if unknown), degrees north, degrees east."""

    country: str | None
    latitude: float
    longitude: float


def city_of(time_zone: str) -> City | None:
    """Return the principal city of an IANA time zone; None for a zone that has none, such as UTC."""
    return _cities().get(time_zone)


@cache
def country_codes() -> frozenset[str]:
    """Every country's two letters, ISO 3166."""
    return frozenset(code for code, *_ in _rows(_COUNTRIES))


@cache
def _cities() -> dict[str, City]:
    known = {zone: _city(country, coordinates) for country, coordinates, zone, *_ in _rows(_ZONES)}
    return {**known, **{old: known[zone] for old, zone in _links() if zone in known and old not in known}}


def _links() -> list[tuple[str, str]]:
    """Old names of zones, with the zones' own names."""
    lines = (line.split() for line in _text("tzdata.zi").splitlines() if line.startswith("L "))
    return [(old, zone) for _, zone, old in lines]


def _city(country: str, coordinates: str) -> City:
    match = _COORDINATES.fullmatch(coordinates)
    assert match is not None, f"{_ZONES}: {coordinates}"  # noqa: S101 - the table's own format, see its head
    north, degrees, minutes, seconds, east, degrees_east, minutes_east, seconds_east = match.groups()
    return City(
        country, _degrees(north, degrees, minutes, seconds), _degrees(east, degrees_east, minutes_east, seconds_east)
    )


def _degrees(sign: str, degrees: str, minutes: str, seconds: str | None) -> float:
    value = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -value if sign == "-" else value


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in _text(table).splitlines() if line and not line.startswith("#")]


def _text(table: str) -> str:
    return files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")
