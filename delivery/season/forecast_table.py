"""A forecast week for people: a row a day, by the clock of the region's first market and by UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.table import Table

from regions.model import Region
from seasons.hourly import INTERVAL, HourForecast, WeekForecast

_BARS = "▁▂▃▄▅▆▇█"


def day_table(region: Region, week: WeekForecast) -> Table:
    """Return each local day's hours as bars, and its busiest hour: when, how much, and within which bounds."""
    market = region.first_market
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    for column in (market.name, "hour by hour", "busiest", "UTC"):
        table.add_column(column, no_wrap=True)
    for column in ("value", f"{INTERVAL:.0%} between"):
        table.add_column(column, justify="right", no_wrap=True)
    most = max(hour.value for hour in week.hours)
    days: dict[date, list[HourForecast]] = {}
    for hour in week.hours:
        days.setdefault(hour.hour.astimezone(market.zone).date(), []).append(hour)
    for day, hours in days.items():
        peak = max(hours, key=lambda hour: hour.value)
        table.add_row(
            f"{day:%a %Y-%m-%d}",
            _bars(hours, most),
            f"{peak.hour.astimezone(market.zone):%H:%M %Z}",
            f"{peak.hour:%a %H:%M}",
            _number(peak.value),
            f"{_number(peak.low)} - {_number(peak.high)}",
        )
    return table


def accuracy_sentence(week: WeekForecast) -> str:
    """Return how well the last week of history was forecast."""
    test = week.held_out
    if test is None:
        return "The last week of history has nothing in it to test the forecast on."
    return (
        f"The week to {test.during.end:%a %Y-%m-%d %H:%M} UTC, forecast from what was before it: accuracy"
        f" {test.accuracy:.1%}, baseline (the hour a week earlier) {test.baseline_accuracy:.1%}"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _bars(hours: Sequence[HourForecast], most: float) -> str:
    return "".join(
        _BARS[min(int(hour.value / most * len(_BARS)), len(_BARS) - 1)] if most else _BARS[0] for hour in hours
    )
