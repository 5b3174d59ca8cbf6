"""`python -m regions`: check region files, and write the editors' schemas."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from regions.fleet import Fleet
from regions.load import load_fleet
from regions.problems import ABSENT, FleetError, Problem
from regions.schema import schema_texts, write_schemas

MISTAKES = 2  # exit status, as argparse's own for wrong arguments


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if all is well and 2 if the files hold mistakes."""
    options = _parser().parse_args(arguments)
    if options.command == "check":
        return _check(options.dir, as_json=options.json)
    return _schema(write=options.write)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m regions", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read all region files and say what is wrong with them")
    check.add_argument("--dir", type=Path, help="directory with the files (default: the project's own)")
    check.add_argument("--json", action="store_true", help="print JSON")
    schema = commands.add_parser("schema", help="print the JSON Schemas of the files")
    schema.add_argument("--write", action="store_true", help="write them next to the region files instead")
    return parser


def _check(directory: Path | None, *, as_json: bool) -> int:
    try:
        fleet = load_fleet(directory)
    except FleetError as error:
        if as_json:
            print(json.dumps({"ok": False, "problems": [_as_data(problem) for problem in error.problems]}, indent=2))
        else:
            print(error, file=sys.stderr)
        return MISTAKES
    if as_json:
        print(json.dumps({"ok": True, "regions": list(fleet.regions), "groups": _groups(fleet)}, indent=2))
    else:
        print(_summary(fleet))
    return 0


def _as_data(problem: Problem) -> dict[str, object]:
    data = asdict(problem)
    if problem.value is ABSENT:
        del data["value"]
    return {**data, "sentence": str(problem)}


def _groups(fleet: Fleet) -> dict[str, list[str]]:
    return {group: [region.name for region in fleet.members(group)] for group in fleet.groups}


def _summary(fleet: Fleet) -> str:
    lines = [f"{len(fleet.regions)} regions, no mistakes"]
    for region in fleet.regions.values():
        months = ", ".join(str(month) for month in region.season_months)
        markets = ", ".join(market.name for market in region.markets)
        lines.append(f"  {region.name} ({region.aws_region}): {markets}; season in months {months}")
    for group, members in _groups(fleet).items():
        lines.append(f"  replication group {group}: {members[0]} writes first; members {', '.join(members)}")
    return "\n".join(lines)


def _schema(*, write: bool) -> int:
    if write:
        print("\n".join(f"written: {path}" for path in write_schemas()))
    else:
        print(json.dumps({name: json.loads(text) for name, text in schema_texts().items()}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
