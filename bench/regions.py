"""`make bench-regions`: what one more region costs: previews of 1, 4, 12 and 24 generated regions, a stack each.

The real engine runs the real program over generated region files, as many previews at once as there are cores. The
stacks are new, so every resource is a creation and nothing has to be up but one API server, which answers the dry runs
of all regions; the global stack's state holds what its program exports, and no resources.

A region's own resources are alike in every fleet, but it knows every other one by name: what it has for each of them
(a mesh entry, routes, a remote secret) is in the column of resources, and in the time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from bench.capture import PROJECT, exported
from bench.generated import Project, project
from bench.program_run import ENGINE, PROGRAM, Run, measure
from bench.scratch_cloud import MeasurementError, ScratchCloud, bare_cloud
from devcloud.engine import Engine, EngineError
from devcloud.processes import StartError
from devcloud.state import CHECKOUT

SIZES = (1, 4, 12, 24)
_SEED = 4
_LEAST_PREVIEWS = 4
_MAIN = """import pathlib

import pulumi

from stacks.program import register

register(pulumi.get_stack(), pathlib.Path(__file__).parent)
"""


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.regions", description="Preview time by number of regions.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of regions (default: 1 4 12 24)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    words = parser.parse_args()
    try:
        with bare_cloud() as cloud, tempfile.TemporaryDirectory(prefix="wedsync-bench-") as directory:
            rows = [_row(cloud, Path(directory), size) for size in words.sizes]
    except (MeasurementError, EngineError, StartError) as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    for row in rows:
        row["ratio"] = row["processor_seconds_per_region"] / rows[0]["processor_seconds_per_region"]
    print(json.dumps(rows, indent=2) if words.json else "\n".join(_table(rows)))
    return 0


def _row(cloud: ScratchCloud, directory: Path, size: int) -> dict[str, Any]:
    """Previews of all regions of a fleet; its figures."""
    fleet = _alike(project(size, _SEED, CHECKOUT / "Pulumi.local.yaml"))
    engine = _engine(cloud, fleet, directory / str(size))
    _share(engine, fleet)
    # Of a small fleet more than once: one preview is no figure.
    stacks = fleet.stacks[1:] * -(-_LEAST_PREVIEWS // size)
    measure(engine, _preview(stacks[0]))  # fills caches
    at_once = min(os.cpu_count() or 1, size)
    started = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        runs = list(pool.map(lambda stack: measure(engine, _preview(stack)), stacks))
    seconds = time.monotonic() - started
    print(f"{size} regions: {len(stacks)} previews in {seconds:.1f} s", file=sys.stderr)
    return {"regions": size, "at_once": at_once, "previews": len(stacks), "seconds": seconds} | _figures(
        runs, engine, stacks[0]
    )


def _alike(fleet: Project) -> Project:
    """The fleet without what some regions have and others have not, and without what would have to exist to be read."""
    for region in fleet.regions.values():
        for some_have in ("cluster", "residency"):
            region.pop(some_have, None)
    return fleet


def _figures(runs: Sequence[Run], engine: Engine, stack: str) -> dict[str, Any]:
    listed = json.loads(engine.capture([*_preview(stack), "--json"]))
    return {
        "resources_of_first": sum(listed["changeSummary"].values()),
        "seconds_per_region": mean(run.seconds for run in runs),
        "processor_seconds_per_region": mean(run.processor_seconds for run in runs),
        "peak_mib": {kind: max(run.peaks[kind] for run in runs) for kind in runs[0].peaks},
    }


def _preview(stack: str) -> list[str]:
    return ["preview", "--stack", stack, "--non-interactive"]


def _engine(cloud: ScratchCloud, fleet: Project, directory: Path) -> Engine:
    """Pulumi for the fleet's project, with a backend and contexts of its own."""
    directory.mkdir()
    fleet.write(directory)
    settings = (CHECKOUT / "Pulumi.yaml").read_text().replace("main: stacks/\n", "")
    (directory / "Pulumi.yaml").write_text(settings)
    (directory / ".venv").symlink_to(CHECKOUT / ".venv")
    (directory / "__main__.py").write_text(_MAIN)
    cloud.give_contexts(fleet.regions)
    shutil.rmtree(cloud.engine().state.backend)  # the fleet before
    engine = replace(cloud.engine(), project=directory)
    engine.init(*fleet.stacks)
    return engine


def _share(engine: Engine, fleet: Project) -> None:
    """Put what the global stack's program exports into its state."""
    stack = fleet.environment
    urn = f"urn:pulumi:{stack}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{stack}"
    document = engine.export(stack)
    root = {"urn": urn, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": exported(stack, engine.project)}
    document["deployment"]["resources"] = [root]
    engine.import_state(stack, document)


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    kinds = (ENGINE, PROGRAM, *sorted(rows[0]["peak_mib"].keys() - {ENGINE, PROGRAM}))
    heads = (
        "regions",
        "at once",
        "previews",
        "s",
        "s/region",
        "CPU s/region",
        "ratio",
        "resources",
        *(f"{k}, MiB" for k in kinds),
    )
    lines = [" | ".join(heads)]
    for row in rows:
        values = (
            str(row["regions"]),
            str(row["at_once"]),
            str(row["previews"]),
            f"{row['seconds']:.1f}",
            f"{row['seconds_per_region']:.2f}",
            f"{row['processor_seconds_per_region']:.2f}",
            f"{row['ratio']:.3f}",
            str(row["resources_of_first"]),
            *(f"{row['peak_mib'][kind]:.0f}" for kind in kinds),
        )
        lines.append(" | ".join(value.rjust(len(head)) for value, head in zip(values, heads, strict=True)))
    return lines


if __name__ == "__main__":
    sys.exit(main())
