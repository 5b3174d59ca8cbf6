"""`wedops season …`: the list of its commands."""

from __future__ import annotations

import typer

from delivery.season.backtest_command import backtest
from delivery.season.calendar_command import calendar
from delivery.season.forecast_command import forecast
from delivery.season.plan_command import plan
from delivery.season.simulate_command import simulate

app = typer.Typer(no_args_is_help=True, help="When it is busy, how busy, and what should run.")

app.command("backtest")(backtest)
app.command("calendar")(calendar)
app.command("forecast")(forecast)
app.command("plan")(plan)
app.command("simulate")(simulate)
