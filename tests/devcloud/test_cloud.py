"""The daemon from the command's side: started, found, stopped, and gone without a trace when it is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import SimpleNamespace

import pytest

from devcloud.cloud import Binaries, Cloud, Endpoints
from devcloud.locks import holder
from devcloud.processes import StartError
from devcloud.state import State
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, Tool, ensure, postgres_bin, redis_server

REGION = "us-east-1"
_DAEMON = """
import signal, sys, threading
from pathlib import Path
from devcloud.locks import hold
stopping = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopping.set())
with hold(Path(sys.argv[1])):
    print("up", flush=True)
    stopping.wait(300)
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def cloud(state: State, reports: list[str]) -> Generator[Cloud]:
    made = Cloud(state, reports.append)
    yield made
    made.stop()


@pytest.fixture
def daemon(state: State) -> Generator[subprocess.Popen[str]]:
    """A process that holds the daemon's lock until SIGTERM."""
    command = [sys.executable, "-c", _DAEMON, str(state.lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


def _never() -> Binaries:
    pytest.fail("asked for tools")


def test_there_is_none(cloud: Cloud, state: State) -> None:
    assert cloud.running() is None
    assert cloud.stop() is False
    assert not state.root.exists()


def test_one_that_runs_is_found_and_kept(cloud: Cloud, state: State, daemon: subprocess.Popen[str]) -> None:
    endpoints = Endpoints(daemon.pid, "http://127.0.0.1:20000", [REGION, "us-west-1"])
    endpoints.write(state.endpoints)
    assert cloud.running() == endpoints
    assert cloud.start([REGION], _never) == endpoints
    assert daemon.poll() is None


def test_one_that_is_still_starting_is_not_up(cloud: Cloud, daemon: subprocess.Popen[str]) -> None:
    assert daemon.poll() is None
    assert cloud.running() is None


def test_what_a_killed_one_published_is_not_believed(cloud: Cloud, state: State, daemon: subprocess.Popen[str]) -> None:
    Endpoints(daemon.pid, "http://127.0.0.1:20000", [REGION]).write(state.endpoints)
    daemon.kill()
    daemon.wait(10)
    assert cloud.running() is None


def test_stop_waits_for_its_end(cloud: Cloud, state: State, daemon: subprocess.Popen[str]) -> None:
    assert cloud.stop() is True
    assert holder(state.lock) is None
    assert daemon.wait(10) == 0


def test_too_little_space_is_told_before_anything_is_started(
    cloud: Cloud, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=1024**3)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with pytest.raises(StartError, match=r"state: 1\.0 GiB free, at least 2 GiB needed\. Free some space, or give"):
        cloud.start([REGION], _never)
    assert asked == [state.root.parent]  # the nearest directory that exists
    assert not state.root.exists()


def test_binaries_survive_a_command_line() -> None:
    binaries = Binaries(
        {Tool.ETCD: Path("/a/etcd"), Tool.KWOK: Path("/b b/kwok")}, Path("/usr/lib/postgresql"), Path("/a/redis")
    )
    assert Binaries.parse(json.loads(binaries.text())) == binaries


@pytest.fixture(scope="module")
def binaries() -> Binaries:
    progress = ConsoleProgress(sys.stderr)
    return Binaries(ensure(CONTROL_PLANE_TOOLS, progress), postgres_bin(progress), redis_server(progress))


@pytest.mark.cluster
def test_a_part_that_does_not_come_up_ends_all_with_its_last_words(
    cloud: Cloud, state: State, binaries: Binaries, tmp_path: Path
) -> None:
    broken = tmp_path / "etcd"
    broken.write_text("#!/bin/sh\necho the disk has bad blocks >&2\nexit 5\n")
    broken.chmod(0o755)
    tools = {**binaries.control_plane, Tool.ETCD: broken}
    with pytest.raises(StartError) as caught:
        cloud.start([REGION], lambda: Binaries(tools, binaries.postgres, binaries.redis))
    assert str(caught.value).startswith("the embedded cloud did not start: etcd of us-east-1 exited with 5; log: ")
    assert "the disk has bad blocks" in str(caught.value)
    assert "etcd of us-east-1 exited with 5" in state.failure.read_text()
    assert _processes(state) == []


@pytest.mark.cluster
def test_a_killed_daemon_takes_all_along_and_starts_again(
    cloud: Cloud, state: State, binaries: Binaries, reports: list[str], await_end: Callable[[int], None]
) -> None:
    first = cloud.start([REGION], lambda: binaries)
    assert reports[-2:].count("control plane of us-east-1 ready") == 1
    children = [pid for pid in _processes(state) if pid != first.pid]
    assert len(children) >= 6  # AWS endpoint, etcd, API server, controller manager, scheduler, kwok, add-ons
    os.kill(first.pid, signal.SIGKILL)
    for pid in children:
        await_end(pid)
    again = cloud.start([REGION], lambda: binaries)
    assert again.aws == first.aws
    assert again.pid != first.pid
    assert cloud.stop() is True
    assert _processes(state) == []


@pytest.mark.cluster
def test_half_a_cloud_ends(cloud: Cloud, state: State, binaries: Binaries) -> None:
    cloud.start([REGION], lambda: binaries)
    scheduler = next(pid for pid in _processes(state) if "kube-scheduler" in _command(pid).split(" ")[0])
    os.kill(scheduler, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while _processes(state):
        assert time.monotonic() < deadline, "the rest still runs"
        time.sleep(0.1)
    assert cloud.running() is None
    assert "kube-scheduler of us-east-1 ended by itself (exit code -9)" in state.failure.read_text()


def _processes(state: State) -> list[int]:
    """The ids of all processes that name the state directory in their command line."""
    ids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in ids if str(state.root) in _command(pid)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
