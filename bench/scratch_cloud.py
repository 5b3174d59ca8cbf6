"""An embedded cloud for one measurement, in a directory of its own and gone afterwards. Listens on loopback only."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from devcloud import bring_up
from devcloud.cloud import Cloud
from devcloud.engine import Engine
from devcloud.processes import tail, write_atomically
from devcloud.state import State

_REGION = "us-east-1"
REGION_STACK = f"local-{_REGION}"
_UP_SECONDS = 900


class MeasurementError(Exception):
    """It could not be measured; the message says why."""


class ScratchCloud:
    """An embedded cloud in a directory of its own."""

    def __init__(self, root: Path) -> None:
        self._state = State(root)
        self._log = root.with_suffix(".log")

    def up(self) -> None:
        """Run what `make up` runs.

        Raises:
            MeasurementError: it failed; with the end of what it printed.
        """
        self._run("up")

    def start(self) -> None:
        """Start it with a control plane of one region and no stack.

        Raises:
            StartError, ToolchainError: it did not come up.
        """
        Cloud(self._state, _quiet).start([_REGION], bring_up.binaries)

    def give_contexts(self, regions: Iterable[str]) -> None:
        """Let the contexts of these regions lead to the one control plane."""
        known = json.loads(self._state.kubeconfig.read_text())
        first = known["contexts"][0]["context"]
        known["contexts"] = [{"name": f"wedsync-{name}", "context": first} for name in (_REGION, *regions)]
        write_atomically(self._state.kubeconfig, json.dumps(known), mode=0o600)

    def destroy(self) -> None:
        """Run what `make destroy` runs."""
        self._run("destroy")

    def engine(self) -> Engine:
        """Pulumi against this cloud."""
        endpoints = Cloud(self._state, _quiet).running()
        if endpoints is None:
            raise MeasurementError("the embedded cloud stopped during the measurement")
        return bring_up.engine(self._state, endpoints)

    def _run(self, command: str) -> None:
        words = [sys.executable, "-m", "devcloud", command, "--state", str(self._state.root)]
        with self._log.open("w") as log:
            done = subprocess.run(words, stdout=log, stderr=subprocess.STDOUT, timeout=_UP_SECONDS, check=False)
        if done.returncode != 0:
            raise MeasurementError(f"`devcloud {command}` ended with exit code {done.returncode}:\n{tail(self._log)}")


def scratch_cloud() -> AbstractContextManager[ScratchCloud]:
    """Bring one up with stacks `local` and `local-us-east-1`; destroy it whatever happens."""
    return _begun("bringing up an embedded cloud to measure", ScratchCloud.up)


def bare_cloud() -> AbstractContextManager[ScratchCloud]:
    """Start one without stacks; destroy it whatever happens."""
    return _begun("starting an embedded cloud to measure", ScratchCloud.start)


@contextmanager
def _begun(saying: str, begin: Callable[[ScratchCloud], object]) -> Generator[ScratchCloud]:
    with tempfile.TemporaryDirectory(prefix="wedsync-bench-") as directory:
        cloud = ScratchCloud(Path(directory) / "state")
        print(saying, file=sys.stderr)
        try:
            begin(cloud)
            yield cloud
        finally:
            cloud.destroy()


def _quiet(_line: str) -> None:
    """The daemon's progress is no part of a measurement's output."""
