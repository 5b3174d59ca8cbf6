"""`make bench-preview`: what components and the region model cost a preview of stack `local-us-east-1`.

The same preview is run of the real program and of a flat one (bench/flat_program.py), which registers the same
resources as literals: in turns (real, flat, real, flat, ...), on the real engine, against one embedded cloud that
everything is up in. Both stacks hold the state of the same objects, so both previews compare every resource and find
nothing to change (pulumi fails otherwise, and so does this). No refresh: reading the live objects takes both the same
time and would dilute the ratio.

The wall ratio is the median of the ratios of neighbours, so that a machine that becomes slower in between counts for
both; the memory ratio is that of the median peaks of the program's process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.capture import Recorded, capture
from bench.figures import spread, verdict
from bench.flat_program import write_flat_project
from bench.flat_state import flat_state
from bench.program_run import Run, measure
from bench.scratch_cloud import REGION_STACK, MeasurementError, scratch_cloud
from devcloud.engine import Engine, EngineError

WALL_TARGET, MEMORY_TARGET = 1.15, 1.2
_PREVIEW = ("preview", "--stack", REGION_STACK, "--expect-no-changes", "--non-interactive")


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.preview", description="Preview: real program against flat.")
    parser.add_argument("--pairs", type=int, default=5, help="how many times each is previewed (default: 5)")
    pairs = parser.parse_args().pairs
    try:
        with scratch_cloud() as cloud, _flat_engine(cloud.engine()) as flat:
            runs = _in_turns(cloud.engine(), flat, pairs)
    except (MeasurementError, EngineError) as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    print("\n".join(_report(runs)))
    return 0


@contextmanager
def _flat_engine(real: Engine) -> Generator[Engine]:
    """The flat project's engine, its stack holding the state of the real one's objects."""
    state = real.export(REGION_STACK)
    with tempfile.TemporaryDirectory(prefix="wedsync-bench-") as directory:
        flat = replace(
            real, project=write_flat_project(capture(REGION_STACK, Recorded(state)), Path(directory) / "flat")
        )
        flat.init(REGION_STACK)
        flat.import_state(REGION_STACK, flat_state(state))
        yield flat


def _in_turns(real: Engine, flat: Engine, pairs: int) -> list[tuple[Run, Run]]:
    """(real, flat) of every pair, after one of each that does not count: it fills caches."""
    runs: list[tuple[Run, Run]] = []
    for number in range(pairs + 1):
        pair = measure(real, _PREVIEW), measure(flat, _PREVIEW)
        what = f"pair {number} of {pairs}" if number else "warm-up"
        print(f"{what}: real {pair[0].seconds:.2f} s, flat {pair[1].seconds:.2f} s", file=sys.stderr)
        if number:
            runs.append(pair)
    return runs


def _report(runs: list[tuple[Run, Run]]) -> list[str]:
    wall = median(real.seconds / flat.seconds for real, flat in runs)
    memory = median(real.peak_mib for real, _ in runs) / median(flat.peak_mib for _, flat in runs)
    return [
        spread("real program, wall", [real.seconds for real, _ in runs], "s"),
        spread("flat program, wall", [flat.seconds for _, flat in runs], "s"),
        spread("real program, peak memory", [real.peak_mib for real, _ in runs], "MiB"),
        spread("flat program, peak memory", [flat.peak_mib for _, flat in runs], "MiB"),
        f"wall ratio: {wall:.3f}",
        f"memory ratio: {memory:.3f}",
        f"targets: {verdict('wall', wall, WALL_TARGET)}; {verdict('memory', memory, MEMORY_TARGET)}",
    ]


if __name__ == "__main__":
    sys.exit(main())
