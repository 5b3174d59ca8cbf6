"""What the curve is made of, each part where it alone makes the difference."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seasons.curve import TooFewMonthsError, forecast_months
from seasons.months import YearMonth, working_days

_EFFECTS = (740, 780, 1130, 1330, 1720, 1850, 2000, 1920, 1330, 1020, 770, 750)


def _months(first: int, last: int) -> list[YearMonth]:
    return [YearMonth(year, month) for year in range(first, last + 1) for month in range(1, 13)]


def _mean_error(values: dict[YearMonth, float], forecast: dict[YearMonth, float]) -> float:
    return sum(abs(math.log(forecast[month] / values[month])) for month in forecast) / len(forecast)


def test_months_that_follow_their_working_days_are_forecast_exactly() -> None:
    """Easter moves between March and April, and every month's weekdays change: last year's months are off by 4 %."""
    values = {month: _EFFECTS[month.month - 1] * working_days(month) / 21 for month in _months(2011, 2016)}
    known = {month: value for month, value in values.items() if month.year < 2016}
    assert forecast_months(known, _months(2016, 2016)) == pytest.approx(
        {month: values[month] for month in _months(2016, 2016)}, rel=1e-6
    )


def test_a_rate_that_does_not_follow_them_is_too() -> None:
    known = {month: float(_EFFECTS[month.month - 1]) for month in _months(2011, 2015)}
    forecast = forecast_months(known, _months(2016, 2016))
    assert list(forecast.values()) == pytest.approx(_EFFECTS, rel=1e-6)


def test_years_that_are_all_the_same_leave_nothing_to_explain() -> None:
    known = dict.fromkeys(_months(2011, 2015), 1.0)
    assert list(forecast_months(known, _months(2016, 2016)).values()) == pytest.approx([1.0] * 12)


def test_noise_of_the_last_year_is_averaged_out() -> None:
    source = random.Random(5)  # noqa: S311
    values = {month: _EFFECTS[month.month - 1] * math.exp(source.gauss(0, 0.05)) for month in _months(2006, 2015)}
    known = {month: value for month, value in values.items() if month.year < 2015}
    forecast = forecast_months(known, _months(2015, 2015))
    last_year = {month: values[YearMonth(2014, month.month)] for month in forecast}
    truth = {month: float(_EFFECTS[month.month - 1]) for month in forecast}
    assert _mean_error(truth, forecast) < 0.5 * _mean_error(truth, last_year)


def test_a_level_that_has_moved_is_followed() -> None:
    source = random.Random(6)  # noqa: S311
    known = {
        month: _EFFECTS[month.month - 1] * (1.3 if month.year >= 2014 else 1) * math.exp(source.gauss(0, 0.02))
        for month in _months(2009, 2015)
    }
    forecast = forecast_months(known, _months(2016, 2016))
    ratios = [value / _EFFECTS[month.month - 1] for month, value in forecast.items()]
    assert 1.2 < sum(ratios) / 12 < 1.35  # the mean over all years is 1.09


def test_one_year_off_is_not_taken_for_a_new_level_where_levels_have_come_back_before() -> None:
    swings = {2009: 1.06, 2010: 0.94, 2011: 1.06, 2012: 0.94, 2013: 1.06, 2014: 0.94}
    source = random.Random(7)  # noqa: S311
    known = {
        month: _EFFECTS[month.month - 1] * swings[month.year] * math.exp(source.gauss(0, 0.02))
        for month in _months(2009, 2014)
    }
    forecast = forecast_months(known, _months(2015, 2015))
    mean = sum(value / _EFFECTS[month.month - 1] for month, value in forecast.items()) / 12
    assert 0.96 < mean < 1.03


def test_missing_months_are_stood() -> None:
    known = {
        month: float(_EFFECTS[month.month - 1])
        for month in _months(2011, 2015)
        if month.month > 2 and month != YearMonth(2014, 7)
    }
    forecast = forecast_months(known, [YearMonth(2016, 7), YearMonth(2016, 3)])
    assert forecast == pytest.approx({YearMonth(2016, 7): 2000, YearMonth(2016, 3): 1130}, rel=1e-6)


def test_working_days_that_are_the_same_in_all_years_are_left_to_the_month() -> None:
    """2015 and 2026 have the same calendar, Easter included; 2027's has one working day less in March and in July."""
    known = {
        month: _EFFECTS[month.month - 1] * working_days(month) / 21
        for month in (*_months(2015, 2015), *_months(2026, 2026))
    }
    forecast = forecast_months(known, _months(2027, 2027))
    assert list(forecast.values()) == pytest.approx(
        [known[YearMonth(2026, month.month)] for month in forecast], rel=1e-6
    )


@pytest.mark.parametrize(
    ("known", "month", "says"),
    [
        (_months(2015, 2015), YearMonth(2016, 1), r"1 year\(s\) known; at least 2"),
        ([], YearMonth(2016, 1), r"0 year\(s\) known"),
        (
            [month for month in _months(2013, 2015) if month.month > 2],
            YearMonth(2016, 2),
            "no earlier year is known of 2016-02",
        ),
        (
            [*_months(2015, 2015), YearMonth(2014, 12)],
            YearMonth(2016, 1),
            "13 months known; more than 13 are needed",
        ),
    ],
)
def test_too_few_months_are_refused(known: list[YearMonth], month: YearMonth, says: str) -> None:
    with pytest.raises(TooFewMonthsError, match=says):
        forecast_months(dict.fromkeys(known, 7.0), [month])


@given(st.lists(st.floats(0.5, 2), min_size=36, max_size=36), st.floats(1e-3, 1e6))
@settings(max_examples=15, deadline=None)
def test_the_unit_does_not_matter(noise: list[float], unit: float) -> None:
    known = {month: _EFFECTS[month.month - 1] * part for month, part in zip(_months(2011, 2013), noise, strict=True)}
    forecast = forecast_months(known, _months(2014, 2014))
    scaled = forecast_months({month: value * unit for month, value in known.items()}, _months(2014, 2014))
    assert scaled == pytest.approx({month: value * unit for month, value in forecast.items()}, rel=1e-6)
