"""`wedops freeze check`: whether changes are allowed in a region, and when that changes.

Pipelines ask this before every change: it loads nothing that it does not need, and no rich, which takes as long to
load as all the rest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from delivery.console import REFUSED, AtOption, JsonOption, RegionOption, errors

if TYPE_CHECKING:
    from regions.model import Region
    from seasons.freeze import Verdict


def check(region: RegionOption, at: AtOption = None, json_output: JsonOption = False) -> None:
    """Tell whether changes are allowed in a region: exit code 0 if they are, 3 if they are blocked, 2 on bad input.

    While they are allowed, closes_at is when the next window begins, and opens_at is null; while they are blocked,
    opens_at is when the window ends, and closes_at is null.
    """
    with errors():
        from delivery.inputs import instant_of, region_of
        from regions.load import load_fleet
        from seasons import freeze

        instant = instant_of(at)
        fleet = load_fleet()
        place = region_of(fleet, region)
        verdict = freeze.check(fleet, place, instant)
    if json_output:
        typer.echo(json.dumps(_document(place, verdict), indent=2))
    else:
        _show(place, verdict)
    if not verdict.allowed:
        raise typer.Exit(REFUSED)


def _document(region: Region, verdict: Verdict) -> dict[str, object]:
    from delivery.instants import iso

    return {
        "region": region.name,
        "at": iso(verdict.at),
        "allowed": verdict.allowed,
        "reasons": list(verdict.reasons),
        "opens_at": verdict.opens_at and iso(verdict.opens_at),
        "closes_at": verdict.closes_at and iso(verdict.closes_at),
    }


def _show(region: Region, verdict: Verdict) -> None:
    """Print the verdict, the reasons, and the times by the clock of every market."""
    from delivery.freeze.local_times import aligned, duration, market_clocks, times

    if verdict.allowed:
        typer.secho(f"{region.name} is open: changes are allowed.", fg="green")
    else:
        typer.secho(f"{region.name} is blocked, because of", fg="red")
        typer.echo("".join(f"  {reason}\n" for reason in verdict.reasons), nl=False)
    for what, change in (("opens", verdict.opens_at), ("closes", verdict.closes_at)):
        if change:
            typer.secho(f"It {what} in {duration(change - verdict.at)}.", bold=True)
            clocks = market_clocks([region])
            typer.echo(aligned([["", "asked for", what], *times((verdict.at, change), clocks)]))
