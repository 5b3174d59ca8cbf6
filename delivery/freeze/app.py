"""`wedops freeze …`: the list of its commands."""

from __future__ import annotations

import typer

from delivery.freeze.check_command import check
from delivery.freeze.list_command import list_windows

app = typer.Typer(no_args_is_help=True, help="When changes are blocked.")

app.command("check")(check)
app.command("list")(list_windows)
