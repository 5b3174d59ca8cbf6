"""`wedops up`, `preview` and `destroy`: commands without a name of their group."""

from __future__ import annotations

import typer

from delivery.deploy.commands import destroy, preview, up

app = typer.Typer()

app.command("destroy")(destroy)
app.command("preview")(preview)
app.command("up")(up)
