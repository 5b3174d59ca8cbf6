"""Durations and tables as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from delivery.freeze.local_times import aligned, duration


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "less than a minute"), (59, "59 min"), (60, "1 h"), (1441, "1 d 1 min"), (2940, "2 d 1 h")],
)
def test_durations_are_told_without_what_is_zero(minutes: int, told: str) -> None:
    start = datetime(2026, 11, 28, tzinfo=UTC)
    end = datetime.fromtimestamp(start.timestamp() + 60 * minutes, UTC)
    assert duration(end - start) == told


def test_columns_are_below_each_other() -> None:
    assert aligned([["", "from"], ["São Paulo", "x"]]) == "           from\nSão Paulo  x"
