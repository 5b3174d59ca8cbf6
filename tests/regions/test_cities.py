"""Where a time zone's city is, by the tables of tzdata."""

from __future__ import annotations

import pytest

from regions.cities import City, city_of, country_codes
from regions.model import Market


def market(**fields: object) -> Market:
    return Market.model_validate(
        {"name": "One", "time_zone": "Europe/Berlin", "traffic_share": 1.0, "cultures": {"other": 1.0}, **fields}
    )


@pytest.mark.parametrize(
    ("zone", "country", "latitude", "longitude"),
    [
        ("Europe/Berlin", "DE", 52.5, 13.367),
        ("America/New_York", "US", 40.714, -74.006),
        ("Australia/Sydney", "AU", -33.867, 151.217),
        ("America/Sao_Paulo", "BR", -23.533, -46.617),
        ("Asia/Calcutta", "IN", 22.533, 88.367),  # an old name of Asia/Kolkata
    ],
)
def test_a_zones_city(zone: str, country: str, latitude: float, longitude: float) -> None:
    city = city_of(zone)
    assert city is not None
    assert city.country == country
    assert (city.latitude, city.longitude) == pytest.approx((latitude, longitude), abs=1e-3)


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "EST5EDT"])
def test_zones_of_no_city(zone: str) -> None:
    assert city_of(zone) is None


def test_countries() -> None:
    assert {"DE", "US", "IN"} <= country_codes()
    assert "UK" not in country_codes()


def test_a_market_has_its_zones_place_unless_it_says_its_own() -> None:
    city = market().city
    assert (city and city.latitude, market().country_code) == (52.5, "DE")
    assert market(latitude=48.1, longitude=11.6, country="AT").city == City("AT", 48.1, 11.6)
    assert market(country="AT").country_code == "AT"
    assert market(time_zone="UTC").city is None
    assert market(time_zone="UTC").country_code is None
