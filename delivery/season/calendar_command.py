"""`wedops season calendar`: the calendar of a region's markets as intervals, and its years as a drawing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import FromOption, JsonOption, ToOption, errors

if TYPE_CHECKING:
    from delivery.season.entries import Entry

RegionChoice = Annotated[
    str | None, typer.Option("--region", "-r", help="Name of a file in regions/. All regions unless given.")
]
SvgOption = Annotated[
    Path | None, typer.Option("--svg", help="Draw the years of the range, days by regions, into this file.")
]


def calendar(
    start: FromOption,
    end: ToOption,
    region: RegionChoice = None,
    svg: SvgOption = None,
    json_output: JsonOption = False,
) -> None:
    """List seasons, Saturdays, booking surges, special days and weddings, cut to the range."""
    with errors():
        from delivery.inputs import check_writable, range_of, region_of, write
        from delivery.season.entries import entries
        from regions.load import load_fleet

        within, fleet = range_of(start, end), load_fleet()
        places = list(fleet.regions.values()) if region is None else [region_of(fleet, region)]
        if svg is not None:
            from delivery.season.heat_map import heat_map

            check_writable("--svg", svg)
            write("--svg", svg, heat_map(fleet, places, within))
        found = [entry for place in places for entry in entries(fleet, place, within)]
        if json_output:
            typer.echo(json.dumps([_document(entry) for entry in found], indent=2))
        elif svg is None:
            from delivery.season.calendar_tables import show

            show(places, found)
        else:
            typer.echo(f"Drawn: {svg}")


def _document(entry: Entry) -> dict[str, object]:
    from delivery.instants import iso

    return {
        "region": entry.region,
        "market": entry.market.name,
        "kind": entry.kind,
        "name": entry.name,
        "start": iso(entry.during.start),
        "end": iso(entry.during.end),
    }
