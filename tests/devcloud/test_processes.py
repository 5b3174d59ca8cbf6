"""Children that die with their parent, ports that are remembered, and errors that carry the last words."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from devcloud.processes import (
    LOOPBACK,
    Child,
    Ports,
    StartError,
    accepts_connections,
    can_bind,
    tail,
    write_atomically,
)

_PARENT = """
import sys, time
from pathlib import Path
from devcloud.processes import Child
child = Child("sleeper", ["sleep", "300"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(300)
"""


@contextmanager
def _listening(port: int) -> Generator[None]:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, port))
        server.listen()
        yield


def _shell(script: str, log: Path) -> Child:
    return Child("the test's child", ["sh", "-c", script], log=log)


def test_a_child_dies_with_its_killed_parent(tmp_path: Path, await_end: Callable[[int], None]) -> None:
    command = [sys.executable, "-c", _PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        await_end(child)


def test_an_early_end_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    child = _shell("seq 100; echo no such table >&2; exit 7", tmp_path / "log")
    with pytest.raises(StartError) as caught:
        child.wait_ready(lambda: False, seconds=10)
    message = str(caught.value)
    assert message.startswith("the test's child exited with 7")
    assert str(tmp_path / "log") in message
    assert message.endswith("  100\n  no such table")
    assert "\n  90\n" not in message


def test_a_child_that_is_never_ready_meets_the_deadline(tmp_path: Path) -> None:
    child = _shell("echo still warming up; exec sleep 300", tmp_path / "log")
    begin = time.monotonic()
    try:
        with pytest.raises(StartError, match=r"not ready after 1 s; log: .*\n  still warming up"):
            child.wait_ready(lambda: False, seconds=1)
        assert child.exit_code() is None
    finally:
        child.stop()
    assert 1 <= time.monotonic() - begin < 10
    assert child.exit_code() is not None


def test_a_child_that_does_not_listen_is_killed_at_the_deadline(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = _shell("trap '' TERM; echo deaf; while :; do sleep 0.1; done", log)
    child.wait_ready(lambda: "deaf" in log.read_text(), seconds=10)
    child.stop(seconds=0.5)
    assert child.exit_code() == -9


def test_a_missing_executable_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"^etcd: cannot start /nowhere/etcd: No such file or directory$"):
        Child("etcd", ["/nowhere/etcd"], log=tmp_path / "log")


def test_output_is_appended_to_what_the_log_has(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "child.log"
    for word in ("first", "second"):
        with pytest.raises(StartError):
            _shell(f"echo {word}", log).wait_ready(lambda: False, seconds=10)
    assert tail(log) == "  first\n  second"


def test_a_port_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "state" / "ports.json"
    port = Ports(file).get("us-east-1/etcd")
    assert Ports(file).get("us-east-1/etcd") == port
    assert json.loads(file.read_text()) == {"us-east-1/etcd": port}
    assert can_bind(port)


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port = Ports(file).get("aws")
    with _listening(port), pytest.raises(StartError) as caught:
        Ports(file).get("aws")
    assert f"port {port} (aws) is taken by another process" in str(caught.value)
    assert f"ss -ltnp 'sport = :{port}'" in str(caught.value)
    assert "make destroy" in str(caught.value)


def test_a_port_that_is_being_released_is_waited_for(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    port = ports.get("aws")
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        with _listening(port):
            taken.set()
            release.wait(5)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(hold)
        assert taken.wait(5)
        threading.Timer(0.3, release.set).start()
        assert ports.get("aws") == port


def test_clouds_side_by_side_never_share_a_port(tmp_path: Path) -> None:
    one, other = Ports(tmp_path / "one" / "ports.json"), Ports(tmp_path / "other" / "ports.json")
    first = one.get("aws")
    with _listening(first):
        assert first not in {other.get(str(number)) for number in range(20)}


def test_clouds_that_are_down_are_spread_over_the_ports(tmp_path: Path) -> None:
    """Nothing listens, so only where the search begins keeps them apart."""
    chosen = {Ports(tmp_path / str(number) / "ports.json").get("aws") for number in range(10)}
    assert len(chosen) > 5


def test_threads_that_share_ports_get_different_ones(tmp_path: Path) -> None:
    """The daemon starts its regions side by side."""
    ports = Ports(tmp_path / "ports.json")
    together = threading.Barrier(16)

    def get(number: int) -> int:
        together.wait(10)
        return ports.get(str(number))

    with ThreadPoolExecutor(16) as threads:
        chosen = list(threads.map(get, range(16)))
    assert len(set(chosen)) == 16
    assert json.loads((tmp_path / "ports.json").read_text()) == {str(i): port for i, port in enumerate(chosen)}


def test_listening_is_seen(tmp_path: Path) -> None:
    port = Ports(tmp_path / "ports.json").get("x")
    assert not accepts_connections(port)
    with _listening(port):
        assert accepts_connections(port)
        assert not can_bind(port)


def test_a_file_is_replaced_whole_and_with_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a longer text than the new one")
    write_atomically(file, "new", mode=0o600)
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_tail_of_a_log_that_does_not_exist(tmp_path: Path) -> None:
    assert tail(tmp_path / "nothing") == "  (no log)"
