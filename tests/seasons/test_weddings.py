"""Who marries when, and what the day's weddings are a multiple of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from regions.cities import City
from regions.zones import time_zone
from seasons.intervals import Interval
from seasons.sun import nightfall, sunset
from seasons.weddings import culture_factor, resting, sabbaths, wedding_days

from .fleets import WORKLOADS, market, spans, utc

CULTURES = WORKLOADS.demand.cultures
FORTNIGHT = Interval(utc("2026-06-03"), utc("2026-06-17"))


@pytest.mark.parametrize(
    ("cultures", "factor"),
    [
        ({"british": 1.0}, 1.0),
        ({"indian": 1.0}, 2.0),
        # (0.5 x 1.0 x 1 day + 0.5 x 2.0 x 3 days) / (0.5 x 1 + 0.5 x 3): three of four weddings of a day are Indian.
        ({"british": 0.5, "indian": 0.5}, 1.75),
        # (0.2 x 1.8 x 2 + 0.2 x 1.5 x 2 + 0.6 x 1.4 x 1) / (0.4 + 0.4 + 0.6)
        ({"nigerian": 0.2, "chinese": 0.2, "greek": 0.6}, 2.16 / 1.4),
    ],
)
def test_the_factor_is_the_mean_over_the_days_weddings(cultures: dict[str, float], factor: float) -> None:
    for sabbath in (False, True):
        assert culture_factor(market(cultures=cultures), CULTURES, sabbath=sabbath) == pytest.approx(factor)


def test_who_keeps_the_sabbath_is_not_among_its_weddings() -> None:
    mixed = market(cultures={"jewish": 0.5, "greek": 0.5})
    assert culture_factor(mixed, CULTURES, sabbath=False) == pytest.approx(1.35)
    assert culture_factor(mixed, CULTURES, sabbath=True) == pytest.approx(1.4)
    assert resting(mixed, CULTURES) == ("jewish",)


def test_where_nobody_marries_demand_is_the_baseline() -> None:
    assert culture_factor(market(cultures={"jewish": 1.0}), CULTURES, sabbath=True) == 1.0


# Sunset by the United States Naval Observatory's tables, and by timeanddate.com, to the minute.
@pytest.mark.parametrize(
    ("zone", "city", "day", "expected"),
    [
        ("America/New_York", City("US", 40.71, -74.01), "2026-06-19", "2026-06-20 00:30"),
        ("America/New_York", City("US", 40.71, -74.01), "2026-12-11", "2026-12-11 21:28"),
        ("Asia/Jerusalem", City("IL", 31.78, 35.22), "2026-03-20", "2026-03-20 15:50"),
        ("Australia/Sydney", City("AU", -33.87, 151.21), "2026-01-02", "2026-01-02 09:09"),
        ("Pacific/Auckland", City("NZ", -36.85, 174.76), "2026-01-02", "2026-01-02 07:43"),
        ("Pacific/Honolulu", City("US", 21.31, -157.86), "2026-01-02", "2026-01-03 04:01"),
        # A western longitude with an eastern date: half past six in the evening, as in Honolulu, but a day later.
        ("Pacific/Kiritimati", City("KI", 1.87, -157.4), "2026-03-20", "2026-03-20 04:40"),
    ],
)
def test_sunsets(zone: str, city: City, day: str, expected: str) -> None:
    found = sunset(time_zone(zone), city, date.fromisoformat(day))
    assert found is not None
    assert abs(found - utc(expected)) <= timedelta(minutes=2)


def test_the_sabbath_is_from_sunset_to_nightfall_by_the_markets_own_sun() -> None:
    assert spans(sabbaths(market("America/New_York"), FORTNIGHT)) == [
        ("2026-06-06 00:23", "2026-06-07 01:15"),
        ("2026-06-13 00:27", "2026-06-14 01:19"),
    ]


@pytest.mark.parametrize(("zone", "shorter"), [("Europe/London", "2026-12"), ("Australia/Melbourne", "2026-06")])
def test_it_begins_earlier_in_each_hemispheres_winter(zone: str, shorter: str) -> None:
    year = sabbaths(market(zone), Interval(utc("2026-01-01"), utc("2027-01-01")))
    local = [each.start.astimezone(time_zone(zone)) for each in year]
    earliest = min(local, key=lambda start: start.time())
    assert earliest.strftime("%Y-%m") == shorter
    assert {start.weekday() for start in local} == {4}


def test_where_the_sun_does_not_set_it_is_from_noon_to_midnight() -> None:
    tromso = market("Europe/Oslo").model_copy(update={"latitude": 69.65, "longitude": 18.96})
    assert spans(sabbaths(tromso, FORTNIGHT)) == [
        ("2026-06-05 10:00", "2026-06-06 22:00"),
        ("2026-06-12 10:00", "2026-06-13 22:00"),
    ]


def test_where_night_does_not_fall_it_ends_with_the_day() -> None:
    (first, _) = sabbaths(market("Europe/Helsinki"), FORTNIGHT)
    assert spans([first]) == [("2026-06-05 19:35", "2026-06-06 21:00")]
    assert nightfall(time_zone("Europe/Helsinki"), City("FI", 60.17, 24.97), date(2026, 6, 6)) is None


def test_night_that_falls_after_midnight_is_the_days_before() -> None:
    glasgow = market("Europe/London").model_copy(update={"latitude": 57.5, "longitude": -4.2})
    (_, sabbath) = sabbaths(glasgow, FORTNIGHT)
    local = sabbath.end.astimezone(glasgow.zone)
    assert (local.date(), local.hour) == (date(2026, 6, 14), 0)


def test_a_zone_of_no_city_has_no_sun() -> None:
    assert spans(sabbaths(market("Etc/GMT+5"), FORTNIGHT))[0] == ("2026-06-05 17:00", "2026-06-07 05:00")


@pytest.mark.parametrize(
    ("culture", "expected"),
    [
        ("british", ("2026-06-06 00:00", "2026-06-07 00:00")),
        ("indian", ("2026-06-05 00:00", "2026-06-08 00:00")),
        ("nigerian", ("2026-06-06 00:00", "2026-06-08 00:00")),
        ("chinese", ("2026-06-06 00:00", "2026-06-08 00:00")),
        ("jewish", ("2026-06-07 00:00", "2026-06-08 00:00")),
    ],
)
def test_a_weekends_weddings(culture: str, expected: tuple[str, str]) -> None:
    days = wedding_days(market(), CULTURES[culture], Interval(utc("2026-06-03"), utc("2026-06-10")))
    assert spans(days) == [expected]


def test_no_wedding_of_theirs_lies_in_a_sabbath() -> None:
    # A nightfall after midnight: Sunday has begun, the Sabbath has not ended.
    north = market("Europe/London").model_copy(update={"latitude": 57.5, "longitude": -4.2})
    days = wedding_days(north, CULTURES["jewish"], FORTNIGHT)
    rests = sabbaths(north, Interval(FORTNIGHT.start - timedelta(days=9), FORTNIGHT.end + timedelta(days=9)))
    assert len(days) == 2
    assert not any(day.start < rest.end and rest.start < day.end for day in days for rest in rests)
    assert days[1].start == sabbaths(north, FORTNIGHT)[1].end
