"""`wedops season backtest`: how well a year's months would have been forecast from the years before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import JsonOption, errors

if TYPE_CHECKING:
    from seasons.backtest import Backtest
    from seasons.months import YearMonth

DataOption = Annotated[
    Path, typer.Option("--data", help="CSV of months: month,<value> with YYYY-MM, or date,<value> with YYYY-MM-01.")
]
YearOption = Annotated[int, typer.Option("--test-year", help="The year to forecast; only years before it are used.")]


def backtest(data: DataOption, test_year: YearOption, json_output: JsonOption = False) -> None:
    """Forecast a year's months from the years before it, and tell how good that is beside last year's months."""
    with errors():
        from delivery.season.month_file import read_months

        result = _backtest(data, read_months(data), test_year)
        if json_output:
            typer.echo(json.dumps(_document(result, test_year), indent=2, allow_nan=False))
        else:
            _show(result, test_year)


def _backtest(data: Path, months: dict[YearMonth, float], test_year: int) -> Backtest:
    from delivery.steps import InputError
    from seasons.backtest import backtest as run
    from seasons.backtest import forecastable_years
    from seasons.curve import TooFewMonthsError

    years = ", ".join(str(year) for year in forecastable_years(months))
    fix = f"give one of the years that can be tested: {years}." if years else "add earlier years: none can be tested."
    if all(month.year != test_year for month in months):
        raise InputError(f"--test-year {test_year}: {data} has no month of it; {fix}")
    try:
        return run(months, test_year)
    except TooFewMonthsError as error:
        raise InputError(f"--test-year {test_year}: {data} has too little before it ({error}); {fix}") from None


def _document(result: Backtest, test_year: int) -> dict[str, object]:
    return {
        "test_year": test_year,
        "train_from": str(result.train_from),
        "train_to": str(result.train_to),
        "months": len(result.months),
        "accuracy": 1 - result.wape,
        "baseline_accuracy": 1 - result.baseline_wape,
        "wape": result.wape,
        "baseline_wape": result.baseline_wape,
        "forecast": [
            {
                "month": str(each.month),
                "forecast": each.forecast,
                "actual": each.actual,
                "baseline": each.baseline,
            }
            for each in result.months
        ],
    }


def _show(result: Backtest, test_year: int) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="dim")
    table.add_column("month")
    for column in ("forecast", "actual", "error", "last year's", "error"):
        table.add_column(column, justify="right")
    for each in result.months:
        errors_of = [f"{guess / each.actual - 1:+.1%}" for guess in (each.forecast, each.baseline)]
        values = [f"{value:,.5g}" for value in (each.forecast, each.actual, each.baseline)]
        table.add_row(str(each.month), *values[:2], errors_of[0], values[2], errors_of[1])
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print(
        f"{test_year}, from {result.train_from} to {result.train_to}: accuracy {1 - result.wape:.1%},"
        f" baseline {1 - result.baseline_wape:.1%}"
    )
