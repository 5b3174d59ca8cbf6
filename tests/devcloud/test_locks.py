"""Locks between real processes: who holds them, and that a killed holder frees them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from devcloud.locks import LockedError, hold, holder

_HOLDER = """
import sys, time
from pathlib import Path
from devcloud.locks import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "state" / "the.lock"


@pytest.fixture
def other(lock: Path) -> Generator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(lock)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_holds_it(lock: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(LockedError, match=f"the.lock is held by process {other.pid}") as caught, hold(lock):
        pytest.fail("held twice")
    assert caught.value.pid == holder(lock) == other.pid


def test_a_killed_holder_frees_it(lock: Path, other: subprocess.Popen[str]) -> None:
    other.kill()
    other.wait(10)
    assert holder(lock) is None
    with hold(lock):
        assert holder(lock) == os.getpid()


def test_it_is_free_again_after_the_block(lock: Path) -> None:
    assert holder(lock) is None
    with hold(lock):
        pass
    assert holder(lock) is None


def test_asking_who_holds_it_makes_no_file(lock: Path) -> None:
    assert holder(lock) is None
    assert not lock.parent.exists()


def test_a_shorter_process_id_leaves_nothing_of_a_longer_one(lock: Path) -> None:
    lock.parent.mkdir()
    lock.write_text("99999999999")
    with hold(lock):
        assert lock.read_text() == str(os.getpid())


def test_a_holder_that_has_not_written_its_id_yet(lock: Path) -> None:
    with hold(lock):
        lock.write_text("")
        assert holder(lock) == 0


def test_a_look_at_a_lock_is_never_what_taking_it_fails_on(tmp_path: Path) -> None:
    """The command looks every 0.1 s whether its daemon is up, just while the daemon takes its lock."""
    file = tmp_path / "lock"
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            holder(file)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(300):
            with hold(file):
                assert holder(file) is not None
    finally:
        stop.set()
        for looker in lookers:
            looker.join()
    assert holder(file) is None
