"""Special days in workloads.yaml, places of markets, and observed dates: every mistake has one sentence."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from .conftest import RegionFiles

GOOD = {"event": "eid_al_fitr", "year": 1447, "observed": "2026-03-21", "countries": ["NG"]}


def expect_one(files: RegionFiles, sentence: str) -> None:
    assert files.sentences() == [sentence]


def test_without_the_file_no_date_was_observed(files: RegionFiles) -> None:
    files.path("observed_dates").unlink(missing_ok=True)
    assert files.load().observed_dates == ()


def test_observed_dates(files: RegionFiles) -> None:
    files.write("observed_dates", {"dates": [GOOD, {"event": "qixi", "year": 2027, "observed": "2027-08-08"}]})
    first, second = files.load().observed_dates
    assert (first.event, first.year, first.observed, first.countries) == (
        "eid_al_fitr",
        1447,
        date(2026, 3, 21),
        ("NG",),
    )
    assert second.countries is None
    assert files.load().restricted(["us-east-1"]).observed_dates == (first, second)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"event": "eid_al_fitrr"},
            "dates[0].event is 'eid_al_fitrr': is not a lunar event of workloads.yaml; did you mean 'eid_al_fitr'?",
        ),
        (
            {"event": "valentines_day"},
            "dates[0].event is 'valentines_day': is not a lunar event of workloads.yaml;"
            " known: chinese_new_year, qixi, eid_al_fitr, eid_al_adha",
        ),
        (
            {"observed": "2024-03-21"},
            "dates[0].observed is '2024-03-21': must lie in 2025 or 2026, as the event's year 1447 does",
        ),
        (
            {"event": "qixi", "year": 2025},
            None,
        ),
        (
            {"countries": ["UK"]},
            "dates[0].countries[0] is 'UK': must be a country's two letters (ISO 3166), such as 'DE'",
        ),
    ],
)
def test_wrong_observed_dates(files: RegionFiles, wrong: dict[str, object], sentence: str | None) -> None:
    files.write("observed_dates", {"dates": [{**GOOD, **wrong}]})
    if sentence is None:
        assert len(files.load().observed_dates) == 1
    else:
        expect_one(files, f"regions/observed_dates.yaml: {sentence}")


@pytest.mark.parametrize(
    ("other", "where"),
    [({}, "for NG"), ({"countries": ["GH", "NG"]}, "for NG"), ({"countries": None}, None)],
)
def test_a_day_observed_twice(files: RegionFiles, other: dict[str, object], where: str | None) -> None:
    second = {key: value for key, value in {**deepcopy(GOOD), **other}.items() if value is not None}
    files.write("observed_dates", {"dates": [GOOD, second]})
    if where is None:
        assert len(files.load().observed_dates) == 2
    else:
        expect_one(
            files,
            "regions/observed_dates.yaml: dates[1].event is 'eid_al_fitr':"
            f" has its year 1447 {where} twice; remove one",
        )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            ("lunar_events", 0, "name"),
            "valentines_day",
            "demand.lunar_events[0].name is 'valentines_day': is the name of two events; give each its own",
        ),
        (
            ("cultures", "chinese", "calendar"),
            "lunar",
            "demand.cultures.chinese.calendar is 'lunar': must be one of chinese, islamic"
            " (The lunar calendar that it keeps, if one)",
        ),
        (
            ("lunar_events", 0, "day"),
            29,
            "demand.lunar_events[0].day is 29: must be a whole number from 1 to 28"
            " (Day of the month; Umm al-Qura has had months of 28 days)",
        ),
    ],
)
def test_special_days(files: RegionFiles, field: tuple[str | int, ...], value: object, sentence: str) -> None:
    files.put("workloads", "demand", *field, value=value)
    expect_one(files, f"regions/workloads.yaml: {sentence}")


def test_maximum_is_not_below_high(files: RegionFiles) -> None:
    files.put("workloads", "protection", "maximum_event_factor", value=5.0)
    expect_one(
        files,
        "regions/workloads.yaml: protection.maximum_event_factor is 5.0: must not be below high_event_factor (6.0)",
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"latitude": 48.1},
            "markets[0].longitude is None: must be given together with latitude, or neither of them",
        ),
        (
            {"longitude": 11.6},
            "markets[0].longitude is 11.6: must be given together with latitude, or neither of them",
        ),
        (
            {"latitude": 48.1, "longitude": 181},
            "markets[0].longitude is 181: must be a number from -180 to 180"
            " (Degrees east; together with latitude, or neither)",
        ),
        (
            {"country": "UK"},
            "markets[0].country is 'UK': must be a country's two letters (ISO 3166), such as 'DE'",
        ),
        (
            {"subdivision": "CAL"},
            "markets[0].subdivision is 'CAL': is no part of US with holidays of its own; did you mean 'CA'?",
        ),
        (
            {"country": "AQ", "subdivision": "X"},
            "markets[0].subdivision is 'X': is no part of AQ with holidays of its own; known: ",
        ),
        ({"country": "DE", "subdivision": "BY"}, ""),
    ],
)
def test_places_of_markets(files: RegionFiles, fields: dict[str, object], sentence: str) -> None:
    for field, value in fields.items():
        files.put("us-east-1", "markets", 0, field, value=value)
    if sentence == "":
        assert files.load().region("us-east-1").markets[0].subdivision == "BY"
    else:
        expect_one(files, f"regions/us-east-1.yaml: {sentence}")
