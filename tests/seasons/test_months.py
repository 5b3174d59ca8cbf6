from __future__ import annotations

import pytest

from seasons.months import YearMonth, working_days


@pytest.mark.parametrize(
    ("year", "month", "days"),
    [
        (2013, 3, 20),  # 21 weekdays; Good Friday was the 29th
        (2013, 4, 21),  # 22; Easter Monday was the 1st
        (2014, 4, 20),  # 22; both were in April
        (2014, 3, 21),
        (2016, 2, 21),  # the 29th was a Monday
        (2015, 2, 20),
    ],
)
def test_working_days_are_weekdays_without_easter_s_two(year: int, month: int, days: int) -> None:
    assert working_days(YearMonth(year, month)) == days


def test_months_are_written_and_sorted_by_time() -> None:
    assert str(YearMonth(2011, 3)) == "2011-03"
    assert YearMonth(2011, 12) < YearMonth(2012, 1)
