"""`wedops season forecast`: a region's next week, hour by hour, from its history."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import JsonOption, RegionOption, errors
from delivery.season.options import WorkloadOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regions.fleet import Fleet
    from regions.model import Region
    from seasons.calendar import Workload
    from seasons.hourly import WeekForecast

HistoryOption = Annotated[
    Path | None, typer.Option("--history", help="CSV of hours: time,value with instants such as 2026-06-06T14:00:00Z.")
]
PrometheusOption = Annotated[
    str | None, typer.Option("--prometheus", help="Address of a Prometheus server, instead of --history.")
]
QueryOption = Annotated[
    str | None, typer.Option("--query", help="PromQL of one series, such as sum(rate(http_requests_total[1h])).")
]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at", help="The week starts with this hour: an instant with its offset. Else: the end of --history, or now."
    ),
]


def forecast(
    region: RegionOption,
    history: HistoryOption = None,
    prometheus: PrometheusOption = None,
    query: QueryOption = None,
    at: AtOption = None,
    workload: WorkloadOption = "performance_monitor",
    json_output: JsonOption = False,
) -> None:
    """Forecast the next 168 hours of a region. Give --history, or --prometheus with --query."""
    with errors():
        from delivery.inputs import region_of
        from delivery.season.options import workload_of
        from regions.load import load_fleet

        fleet = load_fleet()
        place, kind = region_of(fleet, region), workload_of(workload)
        hours, start = _history(history, prometheus, query, at)
        result = _forecast(fleet, place, kind, hours, start)
        if json_output:
            typer.echo(json.dumps(_document(place, kind, result), indent=2, allow_nan=False))
        else:
            _show(place, result)


def _history(
    history: Path | None, prometheus: str | None, query: str | None, at: str | None
) -> tuple[Mapping[datetime, float], datetime]:
    """What is known by hour, and the full hour at which the week starts."""
    from delivery.inputs import instant_of
    from delivery.steps import InputError
    from seasons.intervals import HOUR

    given = None if at is None else _full_hour(instant_of(at))
    match history, prometheus, query:
        case Path(), None, None:
            from delivery.season.hour_file import read_hours

            hours = read_hours(history)
            return hours, given or max(hours) + HOUR
        case None, str(), str():
            from delivery.season.prometheus import Prometheus
            from seasons.hourly import HISTORY
            from seasons.intervals import Interval

            start = given or _full_hour(instant_of(None))
            return Prometheus(prometheus).hours(query, Interval(start - HISTORY, start)), start
        case _:
            raise InputError("Give either --history, or --prometheus together with --query.")


def _full_hour(instant: datetime) -> datetime:
    """The start of the instant's hour: what is known of an hour in progress is not the hour's value."""
    return instant.replace(minute=0, second=0, microsecond=0)


def _forecast(
    fleet: Fleet, region: Region, workload: Workload, hours: Mapping[datetime, float], start: datetime
) -> WeekForecast:
    from delivery.instants import iso
    from delivery.steps import InputError
    from seasons.hourly import FEWEST_HOURS, HISTORY, WEEK, ShortHistoryError, forecast_week
    from seasons.intervals import HOUR, Interval
    from seasons.simulation import expected_rates

    around = Interval(start - HISTORY, start + WEEK)
    rates = expected_rates(fleet, region, workload, around)
    expected = {around.start + number * HOUR: rate for number, rate in enumerate(rates)}
    try:
        return forecast_week(hours, expected, start, region.first_market.zone)
    except ShortHistoryError as error:
        raise InputError(
            f"There is too little history for a week from {iso(start)}: {error}. Give at least {FEWEST_HOURS} hours,"
            " two weeks, that end at the start of the forecast or shortly before."
        ) from None


def _document(region: Region, workload: Workload, result: WeekForecast) -> dict[str, object]:
    from delivery.instants import iso
    from seasons.hourly import INTERVAL
    from seasons.intervals import HOUR

    held_out = result.held_out
    return {
        "region": region.name,
        "workload": workload,
        "from": iso(result.hours[0].hour),
        "to": iso(result.hours[-1].hour + HOUR),
        "interval": INTERVAL,
        "backtest": held_out
        and {
            "from": iso(held_out.during.start),
            "to": iso(held_out.during.end),
            "accuracy": held_out.accuracy,
            "baseline_accuracy": held_out.baseline_accuracy,
        },
        "hours": [
            {"time": iso(each.hour), "value": each.value, "low": each.low, "high": each.high} for each in result.hours
        ],
    }


def _show(region: Region, result: WeekForecast) -> None:
    from rich.console import Console

    from delivery.season.forecast_table import accuracy_sentence, day_table

    console = Console(highlight=False, markup=False)
    console.print(day_table(region, result))
    console.print(accuracy_sentence(result))
