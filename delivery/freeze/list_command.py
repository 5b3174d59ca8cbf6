"""`wedops freeze list`: when changes are blocked, in an environment, in a region, or by bare time zones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import FromOption, JsonOption, ToOption, errors

if TYPE_CHECKING:
    from delivery.freeze.local_times import Clock
    from seasons.freeze import Window
    from seasons.intervals import Interval

EnvironmentChoice = Annotated[
    str | None, typer.Option("--environment", "-e", help="All regions of an environment together.")
]
RegionChoice = Annotated[str | None, typer.Option("--region", "-r", help="One region: a file in regions/.")]
ZonesChoice = Annotated[
    str | None, typer.Option("--zones", help="IANA time zones, with commas between: Europe/Berlin,Asia/Tokyo.")
]


def list_windows(
    start: FromOption,
    end: ToOption,
    environment: EnvironmentChoice = None,
    region: RegionChoice = None,
    zones: ZonesChoice = None,
    json_output: JsonOption = False,
) -> None:
    """List when changes are blocked, cut to the range. Give one of --environment, --region and --zones."""
    with errors():
        from delivery.inputs import range_of

        found, clocks = _find(environment, region, zones, range_of(start, end))
        if json_output:
            typer.echo(json.dumps([_document(window) for window in found], indent=2))
        else:
            from delivery.freeze.rendering import show_windows

            show_windows(found, clocks)


def _find(
    environment: str | None, region: str | None, zones: str | None, within: Interval
) -> tuple[Sequence[Window], Sequence[Clock]]:
    """The windows, and the clocks that people there live by."""
    from delivery.freeze.inputs import environment_regions, zones_of
    from delivery.freeze.local_times import market_clocks, zone_clocks
    from delivery.inputs import region_of
    from delivery.steps import InputError
    from regions.load import load_fleet
    from seasons import freeze

    fleet = load_fleet()
    match environment, region, zones:
        case str(name), None, None:
            places = environment_regions(fleet, name)
        case None, str(name), None:
            places = [region_of(fleet, name)]
        case None, None, str(text):
            names = zones_of(text)
            return freeze.zone_windows(fleet.workloads, names, within), zone_clocks(names)
        case _:
            raise InputError("Give exactly one of --environment, --region and --zones.")
    return freeze.windows(fleet, [place.name for place in places], within), market_clocks(places)


def _document(window: Window) -> dict[str, object]:
    from delivery.instants import iso

    return {
        "start": iso(window.during.start),
        "end": iso(window.during.end),
        "regions": list(window.regions),
        "reasons": list(window.reasons),
    }
