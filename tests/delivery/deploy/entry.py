"""`wedops` for a checkout and at an instant that a test chooses: the command has neither option nor variable for them.

python entry.py <checkout> <instant> up|preview|destroy <stack> [--yes] [--json] [--accept-loss <URN>]...
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import typer

from delivery.deploy import commands
from delivery.deploy.subject import Surroundings


def main(project: str, instant: str, command: str, stack: str, *options: str) -> None:
    around = Surroundings(Path(project), lambda: datetime.fromisoformat(instant))
    yes, as_json = "--yes" in options, "--json" in options
    match command:
        case "preview":
            commands.preview_in(around, stack, json_output=as_json)
        case "destroy":
            commands.destroy_in(around, stack, yes=yes, json_output=as_json)
        case _:
            accepted = [option for option in options if option.startswith("urn:")]
            commands.up_in(around, stack, accepted, yes=yes, json_output=as_json)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except typer.Exit as end:
        sys.exit(end.exit_code)
