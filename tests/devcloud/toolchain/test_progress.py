"""What a person sees while tools are built."""

from __future__ import annotations

import io

import pytest

from devcloud.toolchain import progress as progress_module
from devcloud.toolchain.progress import ConsoleProgress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_status_is_replaced() -> None:
    screen = _Terminal()
    console = ConsoleProgress(screen)

    console.status("1 of 3")
    console.status("2 of 3")
    console.line("done")

    assert screen.getvalue() == "\r\x1b[K1 of 3\r\x1b[K2 of 3\r\x1b[Kdone\n"


def test_in_a_log_a_status_is_a_line_every_15_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.0, 114.9, 115.0, 115.0])
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(clock))
    log = io.StringIO()
    console = ConsoleProgress(log)

    for text in ("first", "too soon", "next"):
        console.status(text)

    assert log.getvalue() == "first\nnext\n"
