"""Special days, against dates that others have published."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from holidays import list_supported_countries

from regions.cities import country_codes
from regions.model.demand import LunarCalendar, LunarEvent, ObservedDate
from seasons.events import Occasion, holidays_of, lunar_date, occasions
from seasons.intervals import Interval

from .fleets import WORKLOADS, market, spans, utc

DEMAND = WORKLOADS.demand
LUNAR = {event.name: event for event in DEMAND.lunar_events}
YEAR = Interval(utc("2026-01-01"), utc("2027-01-01"))


def days_of(name: str, zone: str = "UTC", cultures: dict[str, float] | None = None, **how: object) -> list[object]:
    """The factor of an occasion in a market, and its days in 2026 unless another range is given.

    Where a country has a public holiday by the name of an event, of the event.
    """
    within, observed = how.get("within", YEAR), how.get("observed", ())
    assert isinstance(within, Interval)
    assert isinstance(observed, tuple)
    country = how.get("country")
    place = market(zone, cultures, country=str(country) if country else None)
    found = [each for each in occasions(DEMAND, observed, place, within) if each[0].name == name]
    ((occasion, days),) = [each for each in found if "events" in each[0].source] or found
    return [occasion.factor, *spans(days)]


def test_fixed_events_are_days_of_the_markets_own_calendar() -> None:
    assert days_of("Valentine's Day") == [6.0, ("2026-02-14 00:00", "2026-02-15 00:00")]
    assert days_of("New Year's Eve", "Asia/Tokyo") == [8.0, ("2026-12-30 15:00", "2026-12-31 15:00")]
    assert days_of("New Year's Eve", "America/Los_Angeles")[1:] == [
        ("2025-12-31 08:00", "2026-01-01 08:00"),  # there it is still the old year when the range begins
        ("2026-12-31 08:00", "2027-01-01 08:00"),
    ]


def test_a_day_that_a_year_has_not_is_no_day() -> None:
    leap = DEMAND.model_copy(update={"events": (DEMAND.events[0].model_copy(update={"day": 29}),)})
    four_years = Interval(utc("2025-01-01"), utc("2029-01-01"))
    days = next(
        days for occasion, days in occasions(leap, (), market(), four_years) if occasion.name == "Valentine's Day"
    )
    assert spans(days) == [("2028-02-29 00:00", "2028-03-01 00:00")]


# Chinese days by the Hong Kong Observatory's conversion tables; Islamic ones by the Umm al-Qura calendar.
@pytest.mark.parametrize(
    ("event", "year", "published"),
    [
        ("chinese_new_year", 2020, "2020-01-25"),
        ("chinese_new_year", 2024, "2024-02-10"),
        ("chinese_new_year", 2025, "2025-01-29"),
        ("chinese_new_year", 2026, "2026-02-17"),
        ("chinese_new_year", 2033, "2033-01-31"),
        ("qixi", 2020, "2020-08-25"),  # after a leap month
        ("qixi", 2024, "2024-08-10"),
        ("qixi", 2025, "2025-08-29"),
        ("qixi", 2026, "2026-08-19"),
        ("eid_al_fitr", 1444, "2023-04-21"),
        ("eid_al_fitr", 1445, "2024-04-10"),
        ("eid_al_fitr", 1446, "2025-03-30"),
        ("eid_al_fitr", 1447, "2026-03-20"),
        ("eid_al_adha", 1445, "2024-06-16"),
        ("eid_al_adha", 1446, "2025-06-06"),
        ("eid_al_adha", 1447, "2026-05-27"),
    ],
)
def test_lunar_dates(event: str, year: int, published: str) -> None:
    assert lunar_date(LUNAR[event], year) == date.fromisoformat(published)


def test_lunar_events_count_in_proportion_to_the_weddings_of_their_calendar() -> None:
    all_of_them = days_of("Qixi", "Asia/Shanghai", {"chinese": 1.0})
    assert all_of_them == [4.0, ("2026-08-18 16:00", "2026-08-19 16:00")]
    a_tenth = days_of("Qixi", "Asia/Shanghai", {"chinese": 0.1, "british": 0.9})
    assert a_tenth[0] == pytest.approx(1.3)
    assert not [each for each in occasions(DEMAND, (), market(), YEAR) if each[0].name in LUNAR]


def test_pads_are_days_before_and_after() -> None:
    assert LUNAR["eid_al_fitr"].pad_days == 1
    assert days_of("Eid al-Fitr", "UTC", {"nigerian": 1.0})[1:] == [("2026-03-19 00:00", "2026-03-22 00:00")]


def test_a_pad_reaches_into_the_range() -> None:
    day_after = Interval(utc("2026-03-21 12:00"), utc("2026-03-21 13:00"))
    assert len(days_of("Eid al-Fitr", "UTC", {"nigerian": 1.0}, within=day_after)) == 2


def test_two_years_may_begin_in_one() -> None:
    in_2000 = Interval(utc("2000-01-01"), utc("2001-01-01"))
    assert days_of("Eid al-Fitr", "UTC", {"nigerian": 1.0}, within=in_2000)[1:] == [
        ("2000-01-07 00:00", "2000-01-10 00:00"),
        ("2000-12-26 00:00", "2000-12-29 00:00"),
    ]


def observed(day: str, *countries: str) -> ObservedDate:
    return ObservedDate(event="eid_al_fitr", year=1447, observed=date.fromisoformat(day), countries=countries or None)


@pytest.mark.parametrize(
    ("dates", "middle"),
    [
        ((observed("2026-03-21"),), "2026-03-21"),
        ((observed("2026-03-21", "NG", "GH"),), "2026-03-21"),
        ((observed("2026-03-21", "GH"),), "2026-03-20"),
        ((observed("2026-03-22", "NG"), observed("2026-03-21")), "2026-03-22"),
    ],
)
def test_a_day_that_was_observed_counts_and_not_the_computed_one(dates: tuple[ObservedDate, ...], middle: str) -> None:
    day = utc(middle)
    expected = [(day - timedelta(days=1), day + timedelta(days=2))]
    assert days_of("Eid al-Fitr", "UTC", {"nigerian": 1.0}, country="NG", observed=dates)[1:] == spans(expected)


def test_outside_their_tables_no_lunar_day_is_known() -> None:
    late = Interval(utc("2110-01-01"), utc("2112-01-01"))
    names = {each.name for each, _ in occasions(DEMAND, (), market(cultures={"chinese": 0.5, "nigerian": 0.5}), late)}
    assert names == {"Valentine's Day", "New Year's Eve"}


@pytest.mark.parametrize(("calendar", "first", "last"), [("chinese", 1900, 2099), ("islamic", 1343, 1500)])
@pytest.mark.parametrize(("month", "day"), [(1, 1), (12, 28)])
def test_every_known_year_is_found_from_any_hour_of_the_day(
    calendar: LunarCalendar, first: int, last: int, month: int, day: int
) -> None:
    event = LunarEvent(name="edge", title="Edge", calendar=calendar, month=month, day=day, factor=2, pad_days=0)
    demand = DEMAND.model_copy(update={"lunar_events": (event,)})
    place = market(cultures={"chinese": 0.5, "nigerian": 0.5})
    for year in range(first, last + 1):
        start = datetime.combine(lunar_date(event, year), time(12), UTC)
        names = {each.name for each, _ in occasions(demand, (), place, Interval(start, start + timedelta(hours=1)))}
        assert "Edge" in names, year


def test_public_holidays_are_the_countrys_and_the_subdivisions() -> None:
    bavaria, germany = (dict(holidays_of("DE", part, 2026)) for part in ("BY", None))
    assert germany[date(2026, 10, 3)] == "German Unity Day"
    assert date(2026, 1, 6) in bavaria
    assert date(2026, 1, 6) not in germany


def test_every_country_has_holidays() -> None:
    assert country_codes() <= set(list_supported_countries())


def test_holidays_come_with_the_time_zone_unless_a_country_is_given() -> None:
    assert days_of("German Unity Day", "Europe/Berlin") == [1.5, ("2026-10-02 22:00", "2026-10-03 22:00")]
    assert days_of("Independence Day", "Europe/Berlin", country="US")[:1] == [1.5]


def test_the_busiest_is_first() -> None:
    there = market("Asia/Shanghai", {"chinese": 1.0}, country="CN")
    factors = [occasion.factor for occasion, _ in occasions(DEMAND, (), there, YEAR)]
    assert factors == sorted(factors, reverse=True)
    assert factors[:3] == [8.0, 6.0, 4.0]


def test_only_what_lies_in_the_range_is_there() -> None:
    march = Interval(utc("2026-03-02"), utc("2026-03-09"))
    assert occasions(DEMAND, (), market(), march) == ()
    day = Interval(utc("2026-02-14 23:59"), utc("2026-03-09"))
    assert [occasion for occasion, _ in occasions(DEMAND, (), market(), day)] == [
        Occasion("Valentine's Day", 6.0, "workloads.yaml: demand.events")
    ]
