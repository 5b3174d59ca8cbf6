"""The season scaler as of another instant, perhaps killed on the way:

python -m tests.services.season_scaler.as_of INSTANT DIES_BEFORE [ARGUMENT…]

The clock starts at INSTANT and runs. Before its write number DIES_BEFORE (of changes, records and events; 0 for never)
the process kills itself as the kernel would.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from services.season_scaler.__main__ import World, main, real_world
from services.season_scaler.cloud import Cloud
from services.season_scaler.cluster import Cluster
from services.season_scaler.settings import Settings

_WRITES = ("set_", "append", "tell")


class _Mortal:
    """`real`, whose writes burn a fuse."""

    def __init__(self, real: object, burn: Callable[[], None]) -> None:
        self._real, self._burn = real, burn

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_WRITES):
            self._burn()
        return getattr(self._real, name)


def _enter(settings: Settings, now: Callable[[], datetime], dies_before: int) -> World:
    world = real_world(settings, now)
    if not dies_before:
        return world
    left = [dies_before]

    def burn() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    return replace(
        world, cluster=cast(Cluster, _Mortal(world.cluster, burn)), cloud=cast(Cloud, _Mortal(world.cloud, burn))
    )


def _run(instant: str, dies_before: str, *arguments: str) -> int:
    start, began = datetime.fromisoformat(instant), time.monotonic()

    def now() -> datetime:
        return start + timedelta(seconds=time.monotonic() - began)

    return main(arguments, os.environ, now, lambda settings, clock: _enter(settings, clock, int(dies_before)))


if __name__ == "__main__":
    sys.exit(_run(*sys.argv[1:]))
