"""`wedops review`, `drift` and `workflow-settings`: what workflows run; commands without a name of their group."""

from __future__ import annotations

import typer

from delivery.drift.command import drift
from delivery.review.command import review
from delivery.review.settings_command import workflow_settings

app = typer.Typer()

app.command("review")(review)
app.command("drift")(drift)
app.command("workflow-settings")(workflow_settings)
