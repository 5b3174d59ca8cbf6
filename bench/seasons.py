"""`python -m bench.seasons`: how long the plan of a whole year takes, at full resolution, for 100 regions on one core.

Two fleets: the repository's regions under other names, and generated ones, whose markets are in any zones of the world,
up to eight in a region. Each is planned twice: first with nothing remembered of days, sunsets and holidays.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import verdict
from bench.generated import project
from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.model import Region
from seasons.intervals import Interval
from seasons.plan import plans

TARGET_SECONDS = 2.0
_REGIONS, _SEED, _YEAR = 100, 5, 2026
_FLEETS = ("copies", "generated")


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.seasons", description="Time to plan a year of 100 regions.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--fleet", choices=_FLEETS, help="measure this one in this process; else each in its own")
    words = parser.parse_args()
    if words.fleet:
        print(json.dumps(_measured(words.fleet)))
        return 0
    rows = [_in_a_new_process(fleet) for fleet in _FLEETS]
    print(json.dumps(rows, indent=2) if words.json else "\n".join(line for row in rows for line in _lines(row)))
    return 0


def _in_a_new_process(fleet: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.seasons", "--fleet", fleet]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _measured(name: str) -> dict[str, Any]:
    fleet = _copies(_REGIONS) if name == "copies" else _generated(_REGIONS)
    first, steps = _plan(fleet)
    again, _ = _plan(fleet)
    return {
        "fleet": name,
        "regions": len(fleet.regions),
        "markets": sum(len(region.markets) for region in fleet.regions.values()),
        "plans": steps,
        "seconds_first": first,
        "seconds_again": again,
        "target_seconds": TARGET_SECONDS,
        "met": first <= TARGET_SECONDS,
    }


def _plan(fleet: Fleet) -> tuple[float, int]:
    """Processor seconds that the year of every region takes, and the number of plans."""
    year = Interval(datetime(_YEAR, 1, 1, tzinfo=UTC), datetime(_YEAR + 1, 1, 1, tzinfo=UTC))
    started = time.process_time()
    steps = sum(len(plans(fleet, region, year)) for region in fleet.regions.values())
    return time.process_time() - started, steps


def _copies(count: int) -> Fleet:
    fleet, named = load_fleet(), dict[str, Region]()
    while len(named) < count:
        # Read again each time, so that none answers from what is remembered of another one.
        for region in load_fleet().regions.values():
            named[f"{region.name}-{len(named)}"] = region
    return Fleet(named, fleet.workloads)


def _generated(count: int) -> Fleet:
    with tempfile.TemporaryDirectory(prefix="wedsync-bench-") as directory:
        settings = PACKAGE_DIRECTORY.parent / "Pulumi.local.yaml"
        made = project(count, _SEED, settings).write(Path(directory))
        return load_fleet(made / PACKAGE_DIRECTORY.name)


def _lines(row: dict[str, Any]) -> list[str]:
    what = f"{row['fleet']}: a year of {row['regions']} regions, {row['markets']} markets, {row['plans']} plans"
    return [verdict(what, row["seconds_first"], row["target_seconds"], " s"), f"  again: {row['seconds_again']:.3f} s"]


if __name__ == "__main__":
    sys.exit(main())
