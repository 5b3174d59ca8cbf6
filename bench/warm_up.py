"""`make bench-up`: how long a second `make up` takes, which finds nothing to do, and a preview of the region's stack.

The embedded cloud runs and its stacks are up before the first measurement, as on a developer's second `make up`. The
preview is measured as an engineer types it (`pulumi preview`) and as `make preview` runs it, against the live objects.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

from bench.figures import spread, verdict
from bench.scratch_cloud import REGION_STACK, MeasurementError, scratch_cloud
from devcloud.engine import EngineError

WARM_UP_TARGET, PREVIEW_TARGET = 60.0, 6.0
_PREVIEW = ("preview", "--stack", REGION_STACK, "--expect-no-changes", "--non-interactive")


def main() -> int:
    """Measure and print; 0 when it could be measured, whatever the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.warm_up", description="Time of a warm `make up`.")
    parser.add_argument("--runs", type=int, default=3, help="how many times each is measured (default: 3)")
    runs = parser.parse_args().runs
    try:
        with scratch_cloud() as cloud:
            engine = cloud.engine()
            warm = _times(cloud.up, runs)
            previews = _times(lambda: engine.capture(_PREVIEW), runs)
            refreshing = _times(lambda: engine.capture([*_PREVIEW, "--refresh"]), runs)
    except (MeasurementError, EngineError) as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    print(spread("warm make up", warm, "s"))
    print(spread(f"preview of {REGION_STACK}", previews, "s"))
    print(spread(f"preview --refresh of {REGION_STACK}", refreshing, "s"))
    print(f"targets: {verdict('warm make up', median(warm), WARM_UP_TARGET, ' s')}; ", end="")
    print(verdict("preview", median(previews), PREVIEW_TARGET, " s"))
    return 0


def _times(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run of `work`."""
    seconds: list[float] = []
    for _ in range(runs):
        started = time.monotonic()
        work()
        seconds.append(time.monotonic() - started)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
