"""Forecasts a year that is known from the years before it, and says how good that was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seasons.accuracy import wape
from seasons.curve import TooFewMonthsError, check_known, forecast_months
from seasons.months import YearMonth


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """A month: as forecast, as it was, and as the same month was when it was last known (seasonal-naive)."""

    month: YearMonth
    forecast: float
    actual: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """A year's months, in order, and the first and last month that the forecast was made from."""

    months: tuple[MonthForecast, ...]
    train_from: YearMonth
    train_to: YearMonth

    @property
    def wape(self) -> float:
        """Weighted absolute percentage error of the forecast, as a fraction."""
        return wape([each.actual for each in self.months], [each.forecast for each in self.months])

    @property
    def baseline_wape(self) -> float:
        """The same of the baseline."""
        return wape([each.actual for each in self.months], [each.baseline for each in self.months])


def backtest(values: Mapping[YearMonth, float], test_year: int) -> Backtest:
    """Forecast the months of a year from the years before it alone.

    Args:
        values: above 0, in order; months may be missing, and those of the test year that are count.
        test_year: a year with at least one month.
    Raises:
        TooFewMonthsError: the years before do not suffice.
    """
    known = {month: value for month, value in values.items() if month.year < test_year}
    tested = {month: value for month, value in values.items() if month.year == test_year}
    forecast = forecast_months(known, list(tested))
    last = {month.month: value for month, value in known.items()}  # later years overwrite earlier ones
    return Backtest(
        tuple(MonthForecast(month, forecast[month], value, last[month.month]) for month, value in tested.items()),
        min(known),
        max(known),
    )


def forecastable_years(months: Collection[YearMonth]) -> list[int]:
    """Return the years of which these months have enough before them to forecast them from, in order."""
    return [year for year in sorted({month.year for month in months}) if _is_testable(months, year)]


def _is_testable(months: Collection[YearMonth], year: int) -> bool:
    try:
        check_known([month for month in months if month.year < year], [month for month in months if month.year == year])
    except TooFewMonthsError:
        return False
    return True
