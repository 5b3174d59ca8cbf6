"""On real months: how much better than last year's months, and from nothing but the years before."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from seasons.backtest import Backtest, MonthForecast, backtest, forecastable_years
from seasons.months import YearMonth

_DATA = Path(__file__).parents[1] / "data" / "seasons"


def _read(name: str) -> dict[YearMonth, float]:
    with (_DATA / name).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {YearMonth(int(time[:4]), int(time[5:7])): float(value) for time, value in rows}


@pytest.fixture
def toronto() -> dict[YearMonth, float]:
    return _read("marriage_licences_toronto_2011_2018.csv")


@pytest.fixture
def usa() -> dict[YearMonth, float]:
    return _read("us_marriage_rate_monthly_2000_2009.csv")


def test_toronto_s_error_is_a_fifth_below_the_baseline_s(toronto: dict[YearMonth, float]) -> None:
    results = [backtest(toronto, year) for year in range(2014, 2019)]
    error = sum(result.wape for result in results) / len(results)
    baseline = sum(result.baseline_wape for result in results) / len(results)
    assert baseline == pytest.approx(0.0553, abs=0.0001)
    assert error <= 0.8 * baseline


@pytest.mark.parametrize("year", range(2013, 2019))
def test_toronto_s_accuracy_keeps_the_contract_in_every_year(toronto: dict[YearMonth, float], year: int) -> None:
    assert 1 - backtest(toronto, year).wape > 0.9


def test_months_without_working_days_behind_them_are_forecast_better_than_the_baseline_too(
    usa: dict[YearMonth, float],
) -> None:
    results = [backtest(usa, year) for year in range(2003, 2010)]
    assert sum(each.wape for each in results) < 0.95 * sum(each.baseline_wape for each in results)
    assert all(1 - each.wape > 0.9 for each in results)


def test_from_two_short_years_the_forecast_is_no_better_than_the_baseline(usa: dict[YearMonth, float]) -> None:
    """2002 is the first year that can be tested: there are two Januaries missing before it, and ten months of 2000."""
    assert forecastable_years(usa)[0] == 2002
    result = backtest(usa, 2002)
    assert (result.train_from, result.train_to) == (YearMonth(2000, 3), YearMonth(2001, 12))
    assert result.wape > result.baseline_wape
    assert 1 - result.wape > 0.9


def test_years_can_be_tested_once_enough_is_known_before_them(toronto: dict[YearMonth, float]) -> None:
    assert forecastable_years(toronto) == list(range(2013, 2019))
    february = YearMonth(2015, 2)
    assert forecastable_years([month for month in toronto if month.month != 2 or month == february]) == [
        2013,
        2014,
        2016,
        2017,
        2018,
    ]
    assert forecastable_years([]) == []


def test_nothing_of_the_test_year_or_later_is_used(toronto: dict[YearMonth, float]) -> None:
    changed = {month: value * (3 if month.year >= 2015 else 1) for month, value in toronto.items()}
    before, after = backtest(toronto, 2015), backtest(changed, 2015)
    assert [each.forecast for each in before.months] == [each.forecast for each in after.months]
    assert [each.baseline for each in before.months] == [each.baseline for each in after.months]
    assert after.months[0].actual == 3 * before.months[0].actual
    assert (before.train_from, before.train_to) == (YearMonth(2011, 1), YearMonth(2014, 12))


def test_the_baseline_is_the_newest_value_of_the_same_month(toronto: dict[YearMonth, float]) -> None:
    del toronto[YearMonth(2016, 2)], toronto[YearMonth(2015, 2)], toronto[YearMonth(2017, 5)]
    months = {each.month: each for each in backtest(toronto, 2017).months}
    assert months[YearMonth(2017, 2)].baseline == toronto[YearMonth(2014, 2)]
    assert months[YearMonth(2017, 3)].baseline == toronto[YearMonth(2016, 3)]
    assert YearMonth(2017, 5) not in months
    assert len(months) == 11


def test_errors_are_weighted_by_size() -> None:
    months = (
        MonthForecast(YearMonth(2015, 1), forecast=90, actual=100, baseline=100),
        MonthForecast(YearMonth(2015, 2), forecast=310, actual=300, baseline=240),
    )
    result = Backtest(months, YearMonth(2011, 1), YearMonth(2014, 12))
    assert result.wape == pytest.approx(20 / 400)
    assert result.baseline_wape == pytest.approx(60 / 400)
