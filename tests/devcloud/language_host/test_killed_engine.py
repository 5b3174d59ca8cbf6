"""SIGKILL of the engine in the middle of a program: nothing of it goes on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.devcloud.language_host.conftest import Tiny

pytestmark = pytest.mark.cluster

_START_SECONDS = 60
_PROGRAM = """
    import os
    import time
    from pathlib import Path

    Path("running").write_text(f"{os.getpid()} {os.getppid()}")
    time.sleep(300)
"""


def test_host_and_program_end_with_a_killed_engine(
    make_tiny: Callable[[], Tiny], await_end: Callable[[int], None]
) -> None:
    tiny = make_tiny()
    tiny.write(_PROGRAM)
    running = tiny.engine.project / "running"
    command = tiny.command("up", "--yes", "--skip-preview", "--stack", "dev")
    with subprocess.Popen(command, env=tiny.engine.environment(), stdout=subprocess.DEVNULL) as engine:
        try:
            program, host = (int(pid) for pid in _content(running).split())
            assert b"devcloud.language_host" in Path(f"/proc/{host}/cmdline").read_bytes()
        finally:
            engine.kill()
        await_end(program)
        await_end(host)


def _content(file: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while not (file.exists() and " " in file.read_text()):
        assert time.monotonic() < deadline, f"no {file} after {_START_SECONDS} s"
        time.sleep(0.05)
    return file.read_text()
