"""The engine's event stream, as `pulumi --event-log` writes it: one JSON object a line.

Its shape is pulumi's sdk/go/common/apitype/events.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]
"""One event: its only key besides `sequence` and `timestamp` is its kind."""


class EventLog:
    """Reads a stream while the engine writes it.

    Debug messages are left out: they print registrations with all their values, and the engine masks secrets in no
    debug message.
    """

    def __init__(self, file: Path) -> None:
        """Read `file` from its beginning; it may not exist yet."""
        self._file = file
        self._offset = 0

    def new(self) -> list[Event]:
        """Return the events that came since the last call. A line that is not complete yet waits for the next one."""
        try:
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                lines = stream.read()
        except FileNotFoundError:
            return []
        complete = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(complete)
        return [event for line in complete.splitlines() if not _is_debug(event := json.loads(line))]


def _is_debug(event: Event) -> bool:
    return event.get("diagnosticEvent", {}).get("severity") == "debug"
