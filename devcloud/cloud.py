"""Starting and stopping the daemon that is the embedded cloud, from the command's side."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from devcloud.environment import isolated
from devcloud.locks import holder
from devcloud.processes import StartError, tail, write_atomically
from devcloud.state import State
from devcloud.toolchain.tools import Tool

_START_SECONDS = 180
# Longer than a part may take to start: a daemon that is starting stops only then.
_STOP_SECONDS = 120
_LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Endpoints:
    """What a running daemon serves. `regions` are the names of those that have a control plane."""

    pid: int
    aws: str
    regions: list[str]

    def write(self, file: Path) -> None:
        """Publish it: from now on the cloud is up."""
        write_atomically(file, json.dumps(asdict(self), indent=2) + "\n")


@dataclass(frozen=True)
class Binaries:
    """What the daemon runs: the control plane's, the directory of PostgreSQL's, Redis's, and add-ons' definitions."""

    control_plane: Mapping[Tool, Path]
    postgres: Path
    redis: Path
    definitions: tuple[Path, ...] = ()

    def text(self) -> str:
        """All of it as one argument of a command line."""
        tools = {tool: str(path) for tool, path in self.control_plane.items()}
        return json.dumps([tools, str(self.postgres), str(self.redis), [str(path) for path in self.definitions]])

    @classmethod
    def parse(cls, value: tuple[Mapping[str, str], str, str, list[str]]) -> Binaries:
        """The parsed JSON of `text`."""
        control_plane, postgres, redis, definitions = value
        tools = {Tool(name): Path(path) for name, path in control_plane.items()}
        return cls(tools, Path(postgres), Path(redis), tuple(map(Path, definitions)))


class Cloud:
    """The daemon of one state directory."""

    def __init__(self, state: State, report: Callable[[str], None]) -> None:
        self._state, self._report = state, report
        self._daemon: subprocess.Popen[bytes] | None = None

    def running(self) -> Endpoints | None:
        """What it serves, or None when it is not up."""
        if holder(self._state.lock) is None:
            return None
        try:
            return Endpoints(**json.loads(self._state.endpoints.read_text()))
        except FileNotFoundError:  # it is starting or stopping
            return None

    def start(self, regions: Sequence[str], binaries: Callable[[], Binaries]) -> Endpoints:
        """Bring it up with a control plane for each of `regions`, and for those that it had before.

        Raises:
            StartError: something did not come up; with the end of the daemon's log.
        """
        up = self.running()
        had = self._regions_with_state()
        wanted = [*had, *(region for region in regions if region not in had)]
        if up is not None and set(regions) <= set(up.regions):
            return up
        free = shutil.disk_usage(_existing(self._state.root)).free
        if free < _LEAST_FREE_BYTES:
            raise StartError(
                f"{self._state.root}: {free / 1024**3:.1f} GiB free, "
                f"at least {_LEAST_FREE_BYTES // 1024**3} GiB needed. "
                f"Free some space, or give another place: make up STATE=DIR"
            )
        found = binaries()
        self.stop()
        return self._await_ready(self._launch(wanted, found))

    def stop(self) -> bool:
        """End the daemon and everything it started; whether there was one.

        Raises:
            StartError: it did not end in time.
        """
        pid = holder(self._state.lock)
        if pid:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while holder(self._state.lock) is not None:
            if time.monotonic() > deadline:
                raise StartError(
                    f"the embedded cloud (process {pid}) did not stop in {_STOP_SECONDS} s; end it by hand"
                )
            time.sleep(0.05)
        if self._daemon is not None:  # the one that this process started has to be reaped as well
            self._daemon.terminate()
            self._daemon.wait(_STOP_SECONDS)
        return pid is not None

    def _regions_with_state(self) -> list[str]:
        planes = self._state.control_plane("x").parent
        return sorted(path.name for path in planes.iterdir() if path.is_dir()) if planes.exists() else []

    def _launch(self, regions: Sequence[str], binaries: Binaries) -> subprocess.Popen[bytes]:
        self._state.logs.mkdir(parents=True, exist_ok=True)
        self._state.endpoints.unlink(missing_ok=True)
        self._state.failure.unlink(missing_ok=True)
        command = [
            *(sys.executable, "-m", "devcloud.daemon"),
            *("--state", str(self._state.root)),
            *("--binaries", binaries.text()),
            *(word for region in regions for word in ("--region", region)),
        ]
        with self._log.open("wb") as log:
            self._daemon = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=isolated(),
                start_new_session=True,
            )
        return self._daemon

    @property
    def _log(self) -> Path:
        return self._state.logs / "daemon.log"

    def _await_ready(self, daemon: subprocess.Popen[bytes]) -> Endpoints:
        """Show the daemon's log while it starts."""
        deadline = time.monotonic() + _START_SECONDS
        shown = 0
        while True:
            lines = self._log.read_text().splitlines()
            for line in lines[shown:]:
                self._report(line)
            shown = len(lines)
            up = self.running()
            if up is not None:
                return up
            if daemon.poll() is not None:
                why = self._state.failure.read_text() if self._state.failure.exists() else tail(self._log)
                raise StartError(f"the embedded cloud did not start: {why}")
            if time.monotonic() > deadline:
                raise StartError(f"the embedded cloud was not ready after {_START_SECONDS} s; log: {self._log}")
            time.sleep(0.1)


def _existing(path: Path) -> Path:
    """The nearest directory above that exists."""
    while not path.exists():
        path = path.parent
    return path
