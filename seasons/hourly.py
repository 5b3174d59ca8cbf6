"""A week ahead, hour by hour: the plan's own factors explain the calendar, history gives level and profile.

    value = expected rate x level x profile of the hour of the week

The expected rate has what the calendar is known to do (seasons, Saturdays, events). The profile corrects it where
traffic does otherwise in every week, and has the hours of the day, of which the plan knows nothing. The level follows.

Hours of the week go by the clock of the region's first market, as its jobs do. That is right for the markets that
change their clocks with it: all of today's regions' but Sydney, a fifth of one region's traffic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from seasons.accuracy import wape
from seasons.intervals import HOUR, Interval

WEEK = timedelta(weeks=1)
HOURS_A_WEEK = WEEK // HOUR
HISTORY = 8 * WEEK  # older weeks tell of another season's profile
FEWEST_HOURS = 2 * HOURS_A_WEEK  # a week to learn from, and one to see how wrong that is
INTERVAL = 0.90  # part of the hours that lie in the prediction interval

Hours = Mapping[datetime, float]
Values = NDArray[np.float64]

_ROUNDS = 20  # of the two-way fit, which stands still after a few
# How much of a day's news the level takes: from nearly the mean of all days to nearly the last day.
_PACES = (0.05, 0.1, 0.2, 0.4, 0.7)


class ShortHistoryError(ValueError):
    """History does not tell what a week looks like."""


@dataclass(frozen=True, slots=True)
class HourForecast:
    """The value expected in an hour, and the interval that it lies in with a probability of `INTERVAL`."""

    hour: datetime
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the last week of history was forecast from what was before it; the baseline is the hour a week earlier."""

    during: Interval
    accuracy: float
    baseline_accuracy: float


@dataclass(frozen=True, slots=True)
class WeekForecast:
    """A week of hours, and the last week of history as a test; None if nothing happened in it."""

    hours: tuple[HourForecast, ...]
    held_out: HeldOut | None


class _Past(NamedTuple):
    """An hour that is known: as it was, as forecast from what was before it, and the plan's rate."""

    actual: float
    forecast: float
    expected: float


class _Errors(NamedTuple):
    """How far hours are from their forecasts: as a part of those, and where nothing is forecast, of the plan's rate."""

    below: float
    above: float
    above_nothing: float


def forecast_week(history: Hours, expected: Hours, start: datetime, zone: ZoneInfo) -> WeekForecast:
    """Forecast the week from `start`.

    Args:
        history: values by full hour in UTC, not negative; hours may be missing, those from `start` on are not used.
        expected: the plan's rate, above 0, of each hour of the time `HISTORY` before `start` and of the week.
        start: a full hour in UTC.
        zone: by whose clock hours of the week are told.
    Raises:
        ShortHistoryError: there are not `FEWEST_HOURS` in the time `HISTORY` before `start`.
    """
    known = _part(history, Interval(start - HISTORY, start))
    if len(known) < FEWEST_HOURS:
        raise ShortHistoryError(f"{len(known)} hours are known in the {HISTORY.days} days before the forecast")
    errors = _errors(_past_forecasts(known, expected, zone))
    values = _forecast(known, expected, [start + number * HOUR for number in range(HOURS_A_WEEK)], zone)
    hours = tuple(_with_interval(hour, value, expected[hour], errors) for hour, value in values.items())
    return WeekForecast(hours, _hold_out(known, expected, zone))


def _with_interval(hour: datetime, value: float, expected: float, errors: _Errors) -> HourForecast:
    if value > 0:
        return HourForecast(hour, value, value * (1 + errors.below), value * (1 + errors.above))
    return HourForecast(hour, 0.0, 0.0, expected * errors.above_nothing)


def _errors(past: Sequence[_Past]) -> _Errors:
    """How far hours were from their forecasts, but for the rare ones at either end.

    An hour of which nothing was forecast, and in which something happened, was off by all there is: such hours are to
    come as often, and of one that is forecast now it may be all of it that is wrong, in either direction.
    """
    relative = [each.actual / each.forecast - 1 for each in past if each.forecast > 0]
    of_nothing = [each.actual / each.expected for each in past if each.forecast == 0]
    relative += [error for actual in of_nothing if actual > 0 for error in (-1.0, 1.0)]
    below, above = np.quantile(relative or [0.0], ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2))
    above_nothing = np.quantile(of_nothing or [0.0], (1 + INTERVAL) / 2)
    return _Errors(min(0.0, float(below)), max(0.0, float(above)), float(above_nothing))


def _past_forecasts(known: Hours, expected: Hours, zone: ZoneInfo) -> list[_Past]:
    """The hours of each past week that has a week of hours before it."""
    past: list[_Past] = []
    for week in _past_weeks(known):
        actual, before = _part(known, week), _part(known, Interval(min(known), week.start))
        forecast = _forecast(before, expected, list(actual), zone)
        past += (_Past(value, forecast[hour], expected[hour]) for hour, value in actual.items())
    return past


def _past_weeks(known: Hours) -> list[Interval]:
    """Weeks counted back from the end of history, as long as a week of hours is known before them; the latest first."""
    end = max(known) + HOUR
    weeks: list[Interval] = []
    while sum(hour < end - WEEK for hour in known) >= HOURS_A_WEEK:
        weeks.append(Interval(end - WEEK, end))
        end -= WEEK
    return weeks


def _hold_out(known: Hours, expected: Hours, zone: ZoneInfo) -> HeldOut | None:
    week = _past_weeks(known)[0]
    actual, before = _part(known, week), _part(known, Interval(min(known), week.start))
    values = list(actual.values())
    if not any(values):
        return None
    forecast = _forecast(before, expected, list(actual), zone)
    baseline = [_a_week_earlier(before, hour) for hour in actual]
    return HeldOut(week, 1 - wape(values, list(forecast.values())), 1 - wape(values, baseline))


def _a_week_earlier(before: Hours, hour: datetime) -> float:
    """The value of the same hour of the last week that has it; of a week with no such hour, the last value."""
    earlier = [before[same] for back in range(1, HISTORY // WEEK + 1) if (same := hour - back * WEEK) in before]
    return earlier[0] if earlier else before[max(before)]


def _forecast(known: Hours, expected: Hours, wanted: Sequence[datetime], zone: ZoneInfo) -> dict[datetime, float]:
    """Values of the wanted hours, by what is known of others."""
    hours = list(known)
    ratios = np.array([known[hour] / expected[hour] for hour in hours])
    weeks = np.array([(max(hours) - hour) // WEEK for hour in hours])
    slots = np.array([_slot(hour, zone) for hour in hours])
    profile = _profile(ratios, weeks, slots)
    level = _level(ratios, profile[slots], np.array([(hour - min(hours)) // timedelta(days=1) for hour in hours]))
    return {hour: float(expected[hour] * level * profile[_slot(hour, zone)]) for hour in wanted}


def _profile(ratios: Values, weeks: NDArray[np.int_], slots: NDArray[np.int_]) -> Values:
    """Each hour of the week beside the mean hour.

    The ratios are a table of weeks by hours of the week that is the product of its margins; they are fitted by turns,
    which is the Poisson likelihood's way and stands missing hours and zeros. An hour of the week that is not known has
    the mean of the same hour of other days.
    """
    levels, profile = np.ones(weeks.max() + 1), np.ones(HOURS_A_WEEK)
    known = np.bincount(slots, minlength=HOURS_A_WEEK) > 0
    for _ in range(_ROUNDS):
        profile = _quotient(_sums(slots, ratios, HOURS_A_WEEK), _sums(slots, levels[weeks], HOURS_A_WEEK))
        profile /= profile[known].mean() or 1.0
        levels = _quotient(_sums(weeks, ratios, len(levels)), _sums(weeks, profile[slots], len(levels)))
    by_day, known_by_day = profile.reshape(7, 24), known.reshape(7, 24)
    same_hour = _quotient((by_day * known_by_day).sum(axis=0), known_by_day.sum(axis=0).astype(float))
    filled = np.where(known_by_day.any(axis=0), same_hour, profile[known].mean())
    return np.where(known_by_day, by_day, filled).reshape(HOURS_A_WEEK)


def _level(ratios: Values, profile: Values, days: NDArray[np.int_]) -> float:
    """The level after the last day: exponential smoothing of the days', at the pace that told a week ahead best."""
    numbers = np.unique(days)
    levels = _quotient(_sums(days, ratios, days.max() + 1), _sums(days, profile, days.max() + 1))[numbers]
    smoothed = {pace: _smoothed(levels, pace) for pace in _PACES}
    ahead = 7
    errors = {
        pace: float(np.abs(levels[ahead:] - path[:-ahead]).sum()) if len(levels) > ahead else 0.0
        for pace, path in smoothed.items()
    }
    best = min(errors, key=lambda pace: round(errors[pace], 9))
    return float(smoothed[best][-1])


def _smoothed(levels: Values, pace: float) -> Values:
    """The smoothed level after each day; the first days count alike until a day's part is as small as the pace."""
    path, level = np.empty(len(levels)), 0.0
    for number, news in enumerate(levels):
        level += max(pace, 1 / (number + 1)) * (news - level)
        path[number] = level
    return path


def _slot(hour: datetime, zone: ZoneInfo) -> int:
    """The hour of the week that the zone's clock shows."""
    local = hour.astimezone(zone)
    return 24 * local.weekday() + local.hour


def _sums(groups: NDArray[np.int_], values: Values, count: int) -> Values:
    return np.bincount(groups, weights=values, minlength=count).astype(np.float64)


def _quotient(above: Values, below: Values) -> Values:
    """Quotients; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(below, dtype=np.float64), where=below > 0)


def _part(hours: Hours, within: Interval) -> dict[datetime, float]:
    return {hour: hours[hour] for hour in sorted(hours) if hour in within}
