"""`wedops override …`: the list of its commands."""

from __future__ import annotations

import typer

from delivery.override.apply_command import apply
from delivery.override.request_command import request
from delivery.override.sign_command import sign
from delivery.override.verify_command import verify

app = typer.Typer(no_args_is_help=True, help="Open a freeze window in an emergency: two approvers, at most 4 hours.")

app.command("request")(request)
app.command("sign")(sign)
app.command("verify")(verify)
app.command("apply")(apply)
