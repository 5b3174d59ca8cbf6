"""Waiting for processes that are not the test's own children."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

_END_SECONDS = 10.0


@pytest.fixture
def await_end() -> Callable[[int], None]:
    """Waits until the process of an id has ended, and fails at the deadline."""

    def wait(pid: int) -> None:
        deadline = time.monotonic() + _END_SECONDS
        while _runs(pid):
            assert time.monotonic() < deadline, f"process {pid} still runs after {_END_SECONDS:.0f} s"
            time.sleep(0.05)

    return wait


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"  # a zombie has ended; it waits for its parent to hear of it
