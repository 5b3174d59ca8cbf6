"""Options of several commands."""

from __future__ import annotations

from typing import Annotated

import typer

FirstMonthOption = Annotated[
    str | None, typer.Option("--from", help="The first of twelve months: 2026-11. This one, by UTC, unless given.")
]
