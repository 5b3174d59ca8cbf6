"""`wedops cost …`: the list of its commands."""

from __future__ import annotations

import typer

from delivery.cost.advise_command import advise
from delivery.cost.estimate_command import estimate
from delivery.cost.season_command import season

app = typer.Typer(no_args_is_help=True, help="What stacks cost, by public prices; nothing is asked of a cloud.")

app.command("advise")(advise)
app.command("estimate")(estimate)
app.command("season")(season)
