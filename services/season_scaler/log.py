"""One line of JSON on standard output for each thing that happened, libraries' warnings among them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

_NAME = "season_scaler"
_FIELDS = "fields"


def set_up(stream: TextIO = sys.stdout) -> None:
    """Let everything that is logged in this process go to `stream`: of this service all, of libraries warnings."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(_NAME).setLevel(logging.INFO)


def tell(message: str, **fields: object) -> None:
    """Say what happened; `fields` are what machines look for."""
    logging.getLogger(_NAME).info(message, extra={_FIELDS: fields})


def warn(message: str, **fields: object) -> None:
    """Say what somebody should look at, in daytime."""
    logging.getLogger(_NAME).warning(message, extra={_FIELDS: fields})


def alarm(message: str, **fields: object) -> None:
    """Say what somebody has to look at now."""
    logging.getLogger(_NAME).error(message, extra={_FIELDS: fields})


class _Lines(logging.Formatter):
    """JSON with time (UTC), level, logger, message and the fields; a traceback is a field too."""

    def format(self, record: logging.LogRecord) -> str:
        fields = record.__dict__.get(_FIELDS, {})
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **(fields if isinstance(fields, Mapping) else {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
