"""A week ahead: exact where the model's parts are the truth, honest about noise, and better than last week's hours."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from regions.zones import time_zone
from seasons.hourly import HISTORY, INTERVAL, WEEK, ShortHistoryError, WeekForecast, forecast_week
from seasons.intervals import HOUR

_NEW_YORK = time_zone("America/New_York")
# A week in which clocks in New York are put forward (Sunday 2026-03-08).
_START = datetime(2026, 3, 5, tzinfo=UTC)

Hours = dict[datetime, float]


def _shape(hour: datetime) -> float:
    """What the plan does not know: local hours of the day, and quiet Mondays."""
    local = hour.astimezone(_NEW_YORK)
    return (1 + 0.6 * math.sin((local.hour - 8) / 24 * 2 * math.pi)) * (0.5 if local.weekday() == 0 else 1)


def _expected(hour: datetime) -> float:
    """Like a plan's: a season from March on, and one special day."""
    return 100.0 * (4 if hour >= datetime(2026, 3, 1, tzinfo=UTC) else 1) * (6 if hour.day == 10 else 1)


def _hours(of: Callable[[datetime], float], start: datetime = _START) -> Hours:
    count = (HISTORY + WEEK) // HOUR
    return {hour: of(hour) for hour in (start - HISTORY + number * HOUR for number in range(count))}


def _before(hours: Hours, start: datetime = _START) -> Hours:
    return {hour: value for hour, value in hours.items() if hour < start}


_EXPECTED = _hours(_expected)
_EXACT = _hours(lambda hour: 3 * _expected(hour) * _shape(hour))


def _forecast(history: Hours) -> WeekForecast:
    return forecast_week(history, _EXPECTED, _START, _NEW_YORK)


def _values(week: WeekForecast) -> Hours:
    return {each.hour: each.value for each in week.hours}


def _week(hours: Hours) -> Hours:
    return {hour: value for hour, value in hours.items() if _START <= hour < _START + WEEK}


def _noisy(seed: int) -> Hours:
    source, deviation = random.Random(seed), 0.0  # noqa: S311
    noisy: Hours = {}
    for hour, value in _EXACT.items():
        deviation = 0.8 * deviation + source.gauss(0, 0.06)
        noisy[hour] = value * math.exp(deviation)
    return noisy


def test_calendar_profile_and_level_together_are_exact_across_a_season_s_start_and_a_clock_change() -> None:
    week = _forecast(_before(_EXACT))
    assert len(week.hours) == 168
    assert _values(week) == pytest.approx(_week(_EXACT), rel=1e-9)
    assert all(each.low == pytest.approx(each.value) == pytest.approx(each.high) for each in week.hours)


def test_hours_from_the_start_on_and_those_long_ago_are_not_used() -> None:
    more = {_START - HISTORY - number * HOUR: 1e9 for number in range(1, 100)}
    later = dict.fromkeys(_week(_EXACT), 1000000000.0)
    assert _forecast({**more, **_before(_EXACT), **later}) == _forecast(_before(_EXACT))


def test_missing_hours_are_stood() -> None:
    source = random.Random(1)  # noqa: S311
    kept = {hour: value for hour, value in _before(_EXACT).items() if source.random() < 0.7}
    assert _values(_forecast(kept)) == pytest.approx(_week(_EXACT), rel=1e-6)


def test_an_hour_of_the_week_that_is_never_known_is_as_on_other_days() -> None:
    def is_gap(hour: datetime) -> bool:
        local = hour.astimezone(_NEW_YORK)
        return (local.weekday(), local.hour) == (3, 12)

    flat = _hours(lambda hour: _expected(hour) * (2 if hour.astimezone(_NEW_YORK).hour == 12 else 1))
    values = _values(_forecast({hour: value for hour, value in _before(flat).items() if not is_gap(hour)}))
    (gap,) = (hour for hour in values if is_gap(hour))
    assert values[gap] == pytest.approx(flat[gap], rel=0.01)


def test_quiet_hours_stay_at_zero() -> None:
    zero_at_night = _hours(lambda hour: 0.0 if hour.astimezone(_NEW_YORK).hour < 5 else _expected(hour))
    assert _values(_forecast(_before(zero_at_night))) == pytest.approx(_week(zero_at_night), rel=1e-9)


def test_a_level_that_has_moved_is_followed() -> None:
    moved = {hour: value * (2 if hour >= _START - 2 * WEEK else 1) for hour, value in _EXACT.items()}
    forecast = _values(_forecast(_before(moved)))
    ratios = [forecast[hour] / value for hour, value in _week(moved).items()]
    assert 0.93 < sum(ratios) / len(ratios) < 1.02


def test_a_day_that_is_missing_since_the_level_moved_has_the_new_level_too() -> None:
    moved = {hour: value * (2 if hour >= _START - 4 * WEEK else 1) for hour, value in _EXACT.items()}
    known = {hour: value for hour, value in _before(moved).items() if hour < _START - 4 * WEEK or hour.weekday() != 5}
    assert _values(_forecast(known)) == pytest.approx(_week(moved), rel=0.01)


def test_the_interval_has_its_part_of_the_hours() -> None:
    inside: list[bool] = []
    for seed in range(12):
        noisy = _noisy(seed)
        inside += [each.low <= noisy[each.hour] <= each.high for each in _forecast(_before(noisy)).hours]
    assert INTERVAL - 0.06 < sum(inside) / len(inside) < INTERVAL + 0.06


def test_noise_is_averaged_and_the_season_s_start_known_so_last_week_s_hours_are_beaten() -> None:
    held_out = _forecast(_before(_noisy(3))).held_out
    assert held_out is not None
    assert (held_out.during.start, held_out.during.end) == (_START - WEEK, _START)  # the season starts in it
    assert held_out.accuracy > 0.9
    assert held_out.baseline_accuracy < 0.6


def test_the_week_that_is_held_out_is_not_learnt_from() -> None:
    history = _before(_EXACT)
    doubled = {hour: value * (2 if hour >= _START - WEEK else 1) for hour, value in history.items()}
    held_out = _forecast(doubled).held_out
    assert held_out is not None
    assert held_out.accuracy == pytest.approx(0.5)


def test_the_baseline_is_the_hour_of_the_last_week_that_has_it() -> None:
    flat = dict.fromkeys(_before(_EXACT), 100.0)
    hour = _START - timedelta(days=2)
    del flat[hour - WEEK]
    flat[hour - 2 * WEEK] = 300.0
    held_out = forecast_week(flat, dict.fromkeys(_EXPECTED, 1.0), _START, _NEW_YORK).held_out
    assert held_out is not None
    assert held_out.baseline_accuracy == pytest.approx(1 - 200 / 16_800)


def test_traffic_after_nothing_may_be_gone_again_or_be_twice_as_much() -> None:
    """All past forecasts were of nothing: how far one of something is off, they cannot tell."""
    first_week = {hour: value if hour >= _START - WEEK else 0.0 for hour, value in _before(_EXACT).items()}
    hours = _forecast(first_week).hours
    assert min(each.value for each in hours) > 0
    for each in hours:
        assert (each.low, each.high) == (pytest.approx(0, abs=1e-9), pytest.approx(2 * each.value))


def test_an_hour_of_which_nothing_is_forecast_may_have_what_such_hours_have_had() -> None:
    """Nights are quiet; but each week another night has been as busy as the days. Weekend nights not yet."""

    def value(hour: datetime) -> float:
        local, week = hour.astimezone(_NEW_YORK), (hour - (_START - HISTORY)) // WEEK
        return 0.0 if local.hour < 5 and local.weekday() != week - 1 else _expected(hour)

    weekend = [
        each
        for each in _forecast({hour: value(hour) for hour in _before(_EXPECTED) if hour < _START - 2 * WEEK}).hours
        if each.value == 0
    ]
    assert weekend
    assert {(each.low, each.high) for each in weekend} == {(0.0, _EXPECTED[each.hour]) for each in weekend}


def test_of_nothing_nothing_is_forecast() -> None:
    week = _forecast(dict.fromkeys(_before(_EXACT), 0.0))
    assert {(each.low, each.value, each.high) for each in week.hours} == {(0.0, 0.0, 0.0)}
    assert week.held_out is None


@pytest.mark.parametrize("hours", [0, 200, 335])
def test_less_than_two_weeks_are_refused(hours: int) -> None:
    history = {_START - number * HOUR: 1.0 for number in range(1, hours + 1)}
    with pytest.raises(ShortHistoryError, match=f"{hours} hours are known in the 56 days"):
        _forecast(history)


def test_two_weeks_are_enough() -> None:
    history = {hour: value for hour, value in _before(_EXACT).items() if hour >= _START - 2 * WEEK}
    assert _values(_forecast(history)) == pytest.approx(_week(_EXACT), rel=1e-6)
