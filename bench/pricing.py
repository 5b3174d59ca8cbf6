"""`python -m bench.pricing`: how long it takes to price 2,000 resources, for a month and for the twelve of a ceiling.

They are the dearest region stack's own, over and over under other names, as its program registers them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from statistics import median

from bench.figures import spread, verdict
from costs.estimate import estimate
from costs.months import Month
from costs.resources import Resource
from costs.tariff import load_tariff
from costs.year import bases, bills
from regions.load import load_fleet
from stacks.offline import aws_regions, run_stacks

TARGET_SECONDS = 1.0
_RESOURCES, _ENVIRONMENT, _REGION = 2000, "prod", "us-east-1"
_FIRST = Month(2027, 1)


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.pricing", description="Time to price 2,000 resources.")
    parser.add_argument("--runs", type=int, default=5, help="how many times each is measured (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    words = parser.parse_args()
    figures = {name: [_seconds(call) for _ in range(words.runs)] for name, call in _calls().items()}
    if words.json:
        print(json.dumps({"target_seconds": TARGET_SECONDS, "seconds": figures}, indent=2))
        return 0
    for name, values in figures.items():
        print(spread(name, values, "s"))
        print(verdict(f"{name}, median", median(values), TARGET_SECONDS, " s"))
    return 0


def _calls() -> dict[str, Callable[[], object]]:
    fleet, tariff, resources = load_fleet(), load_tariff(), _resources()
    region = fleet.region(_REGION)
    (basis,) = bases(fleet, region, _FIRST, tariff, months=1)
    what = f"{len(resources)} resources"
    return {
        f"{what}, one month": lambda: estimate(resources, basis, tariff.free),
        f"{what}, twelve months with their season plans": lambda: bills(resources, fleet, region, _FIRST, tariff),
    }


def _resources() -> list[Resource]:
    stack = f"{_ENVIRONMENT}-{_REGION}"
    made = run_stacks(_ENVIRONMENT, [_REGION])[stack].registered
    places = aws_regions(made)
    own = [Resource(each.type, each.name, each.inputs, places[each.urn]) for each in made]
    # One number for a whole copy: a node group finds its launch template by the name.
    named = enumerate(islice(cycle(own), _RESOURCES))
    return [replace(each, name=f"{each.name}-{number // len(own)}") for number, each in named]


def _seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
