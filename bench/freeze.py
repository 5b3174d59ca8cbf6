"""`python -m bench.freeze`: how long a freeze check takes, in a process that has loaded the fleet and as a command.

In the process: every region is asked at an instant of every other hour of a year, so that no answer is that of the
call before; a figure is the mean of one region's calls. The command is run as a pipeline runs it, a new process each
time, with its answer for machines and for people. Beside its wall time there is its processor time, which does not
grow with what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.figures import spread, verdict
from regions.load import load_fleet
from seasons.freeze import check

CHECK_TARGET, COMMAND_TARGET = 200.0, 400.0  # µs and ms
Figure = tuple[list[float], float, str]
"""Values, the target of their median, and their unit."""

_YEAR = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 365 * 24, 2)]
_BLOCKED = 3
_COMMAND = ("-m", "delivery", "freeze", "check", "--region", "us-east-1", "--at", "2026-11-28T10:00:00Z")


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.freeze", description="Time of a freeze check.")
    parser.add_argument("--runs", type=int, default=10, help="how many times each is measured (default: 10)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures = _measured(options.runs)
    if options.json:
        print(json.dumps({name: _summary(*figure) for name, figure in figures.items()}, indent=2))
        return 0
    for name, (values, target, unit) in figures.items():
        print(spread(name, values, unit))
        print(verdict(f"{name}, median", median(values), target, f" {unit}"))
    return 0


def _measured(runs: int) -> dict[str, Figure]:
    figures: dict[str, Figure] = {"check": (_checks(runs), CHECK_TARGET, "µs")}
    for name, options in (("command --json", ("--json",)), ("command", ())):
        times = [_command(options) for _ in range(runs + 1)][1:]  # the first one fills the disk's cache
        figures[f"{name}, wall"] = ([wall for wall, _ in times], COMMAND_TARGET, "ms")
        figures[f"{name}, processor"] = ([processor for _, processor in times], COMMAND_TARGET, "ms")
    return figures


def _checks(runs: int) -> list[float]:
    """Mean time of a call, µs, for each region in each run."""
    fleet = load_fleet()
    means: list[float] = []
    for _ in range(runs):
        for region in fleet.regions.values():
            started = time.perf_counter()
            for at in _YEAR:
                check(fleet, region, at)
            means.append(1e6 * (time.perf_counter() - started) / len(_YEAR))
    return means


def _command(options: Sequence[str]) -> tuple[float, float]:
    """Wall time and processor time of one process, ms."""
    started, before = time.perf_counter(), _children_seconds()
    code = subprocess.run([sys.executable, *_COMMAND, *options], stdout=subprocess.DEVNULL, check=False).returncode
    if code != _BLOCKED:
        raise RuntimeError(f"the command ended with exit code {code}, not {_BLOCKED}: there is nothing to measure")
    return 1e3 * (time.perf_counter() - started), 1e3 * (_children_seconds() - before)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _summary(values: Sequence[float], target: float, unit: str) -> dict[str, float | bool | str]:
    middle = median(values)
    least, most = min(values), max(values)
    return {"unit": unit, "min": least, "median": middle, "max": most, "target": target, "met": middle <= target}


if __name__ == "__main__":
    sys.exit(main())
