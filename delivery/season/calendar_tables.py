"""Calendars for people: each entry by its market's clock and by UTC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from delivery.freeze.local_times import aligned
from delivery.season.entries import Entry
from regions.model import Region


def show(regions: Sequence[Region], entries: Sequence[Entry]) -> None:
    """Print a list for each market."""
    for region in regions:
        for market in region.markets:
            typer.secho(f"{region.name}, {market.name} ({market.time_zone})", bold=True)
            found = [each for each in entries if each.region == region.name and each.market is market]
            typer.echo(aligned([["", "", "from", "to", "from (UTC)", "to (UTC)"], *_rows(found)]) + "\n")


def _rows(entries: Sequence[Entry]) -> Iterator[list[str]]:
    for entry in entries:
        zone = entry.market.zone
        local = [f"{edge.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" for edge in entry.during]
        in_utc = [f"{edge:%Y-%m-%d %H:%M}" for edge in entry.during]
        yield [entry.kind, entry.name.replace("_", " "), *local, *in_utc]
