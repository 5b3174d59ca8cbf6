"""Children that cannot outlive their parent, ports that are free, and waits that end.

Everything that the embedded cloud starts goes through `Child`: it writes to a log file of its own, is killed by the
kernel when its parent dies (PR_SET_PDEATHSIG), and says what its last words were when it dies early.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
# A port outlives the process that was killed on it by a moment.
_PORT_RELEASE_SECONDS = 2.0
_FIRST_PORT, _PORTS = 20000, 10000  # below the ephemeral range: no outgoing connection borrows one while we are down
_LIBC = ctypes.CDLL(None, use_errno=True)


class StartError(Exception):
    """A process did not come up, or a port is taken. The message says what to do."""


class Child:
    """A running child process.

    Start it from a thread that lives as long as the child should: the kernel delivers the parent-death signal when the
    *thread* that forked ends, not only when the process does.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        death_signal: signal.Signals = signal.SIGTERM,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start `command`, appending its output to `log`.

        Args:
            name: what messages call it, e.g. "kube-apiserver of us-east-1".
            death_signal: sent by the kernel when the parent dies.
            stop_signal: sent by `stop`.
        Raises:
            StartError: the executable cannot be started.
        """
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        log.parent.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()

        def die_with_parent() -> None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died before the kernel was told
                os._exit(1)

        with log.open("ab") as output:
            try:
                self._process = subprocess.Popen(
                    [str(word) for word in command],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=None if env is None else dict(env),
                    cwd=cwd,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
            except OSError as error:
                raise StartError(f"{name}: cannot start {command[0]}: {error.strerror}") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def wait_ready(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until `ready()` is true.

        Raises:
            StartError: it exited first or the deadline passed; with the end of its log.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self.exit_code() is not None:
                raise StartError(f"{self.name} exited with {self.exit_code()}; log: {self.log}\n{tail(self.log)}")
            if ready():
                return
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} was not ready after {seconds:.0f} s; log: {self.log}\n{tail(self.log)}")
            time.sleep(0.05)

    def stop(self, *, seconds: float = 15) -> None:
        """Ask it to end, kill it at the deadline, and reap it."""
        if self.exit_code() is None:
            self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Ports:
    """Ports by name, chosen free once and remembered in a JSON file.

    They are remembered because endpoints end up in Pulumi's state: other ports after a restart would be drift.
    Threads may share one.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def get(self, name: str) -> int:
        """The port of `name`, free to bind now.

        Raises:
            StartError: the remembered port is taken by another process.
        """
        with self._lock:
            port = self._ports.get(name)
            if port is None:
                port = self._ports[name] = self._free_port()
                self._save()
                return port
        if not _becomes_free(port):
            raise StartError(
                f"port {port} ({name}) is taken by another process. Stop that process "
                f"(`ss -ltnp 'sport = :{port}'` names it) and try again, or start over with `make destroy`."
            )
        return port

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, json.dumps(self._ports, indent=2, sort_keys=True) + "\n")

    def _free_port(self) -> int:
        """Searched from where this file's name points: clouds that are started together, or down, rarely meet."""
        start = zlib.crc32(os.fsencode(self._file.absolute()))
        taken = set(self._ports.values())
        for offset in range(_PORTS):
            port = _FIRST_PORT + (start + offset) % _PORTS
            if port not in taken and can_bind(port):
                return port
        raise StartError(
            f"no free port between {_FIRST_PORT} and {_FIRST_PORT + _PORTS} on {LOOPBACK}: "
            "stop something that listens there"
        )


def can_bind(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `host`:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def accepts_connections(port: int, host: str = LOOPBACK) -> bool:
    """Whether something listens on `host`:`port`."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def write_atomically(file: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace `file` so that a reader, or a crash, sees the old text or the new, never a part."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, indented, for an error message."""
    if not log.exists():
        return "  (no log)"
    return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])


def _becomes_free(port: int) -> bool:
    deadline = time.monotonic() + _PORT_RELEASE_SECONDS
    while not can_bind(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
