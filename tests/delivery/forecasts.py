"""What the tests of `wedops season forecast` share: a history, how it is written, and how an answer is read."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from delivery.cli import app

FAILED, BAD_INPUT = 1, 2
HOUR = timedelta(hours=1)
START = datetime(2026, 4, 10, tzinfo=UTC)


def forecast(*arguments: str, **environment: str) -> Result:
    """Of us-east-1; a server of the test is asked directly."""
    settings = {"COLUMNS": "120", "NO_PROXY": "127.0.0.1", **environment}
    return CliRunner(env=settings).invoke(app, ["season", "forecast", "--region", "us-east-1", *arguments])


def value(hour: datetime) -> float:
    """The same every day, whatever the plan expects of Saturdays and of Easter: the profile makes up for most of it."""
    return round(100 + 50 * math.sin(hour.hour / 24 * 2 * math.pi), 3)


def history(weeks: int, end: datetime = START) -> dict[datetime, float]:
    return {hour: value(hour) for hour in (end - weeks * 168 * HOUR + number * HOUR for number in range(weeks * 168))}


def written(path: Path, hours: dict[datetime, float]) -> Path:
    rows = (f"{hour:%Y-%m-%dT%H:%M:%SZ},{value}" for hour, value in hours.items())
    path.write_text("\n".join(["time,value", *rows]) + "\n", encoding="utf-8")
    return path


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def sentence(result: Result, code: int = BAD_INPUT) -> str:
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr.strip()
