"""Says what is going on while tools are built, which takes minutes."""

from __future__ import annotations

import time
from typing import Protocol, TextIO

# Often enough that a CI log shows life, rare enough that it stays readable.
SECONDS_BETWEEN_LINES = 15.0


class Progress(Protocol):
    """Where messages go."""

    def line(self, text: str) -> None:
        """Something happened; it stays on the screen."""
        ...

    def status(self, text: str) -> None:
        """How far it is; the next one replaces it."""
        ...


class ConsoleProgress:
    """On a terminal the status is updated in place; elsewhere it is a line every 15 s."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._in_place = stream.isatty()
        self._next_line = 0.0

    def line(self, text: str) -> None:
        self._write(f"\r\x1b[K{text}\n" if self._in_place else f"{text}\n")
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def status(self, text: str) -> None:
        if self._in_place:
            self._write(f"\r\x1b[K{text}")
        elif time.monotonic() >= self._next_line:
            self.line(text)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
