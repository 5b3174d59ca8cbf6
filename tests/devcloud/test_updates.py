"""Stacks side by side: bounded, none stopped by another's failure, each failure told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import pytest

from devcloud import updates
from devcloud.engine import Engine, EngineError
from devcloud.state import State
from devcloud.updates import update_side_by_side

_SECONDS = 20


class FakeEngine:
    """Updates wait for each other until as many run as are expected to at once."""

    def __init__(self, root: Path, at_once: int, failing: str = "") -> None:
        self.state = State(root)
        self._barrier = threading.Barrier(at_once)
        self._failing = failing
        self.updated: list[str] = []

    def stacks(self) -> list[str]:
        return []

    def operations_done(self, stack: str) -> int:
        return len(stack)

    def up(self, stack: str, log: Path | None) -> dict[str, int]:
        assert log is not None
        log.parent.mkdir(exist_ok=True)
        log.write_text(f"the log of {stack}\n")
        self._barrier.wait(_SECONDS)
        if stack == self._failing:
            raise EngineError("`pulumi up` failed (exit code 255):")
        self.updated.append(stack)
        return {"create": 3, "same": 1}


@pytest.fixture
def report() -> list[str]:
    return []


def _update(engine: FakeEngine, stacks: list[str], report: list[str], finished: list[str] | None = None) -> None:
    finish = (finished if finished is not None else []).append
    update_side_by_side(cast(Engine, engine), stacks, finish, report.append)


def test_no_more_than_the_bound_run_at_once(tmp_path: Path, report: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "bound", lambda: 2)
    engine = FakeEngine(tmp_path, at_once=2)
    finished: list[str] = []
    _update(engine, ["a", "b", "c", "d"], report, finished)  # a third at once would leave the last barrier unfilled
    assert sorted(engine.updated) == sorted(finished) == ["a", "b", "c", "d"]
    assert "a: 3 create, 1 unchanged" in report


def test_one_failure_stops_no_other_and_is_told_with_its_log(tmp_path: Path, report: list[str]) -> None:
    engine = FakeEngine(tmp_path, at_once=3, failing="b")
    finished: list[str] = []
    with pytest.raises(EngineError) as raised:
        _update(engine, ["a", "b", "c"], report, finished)
    assert sorted(finished) == ["a", "c"]
    assert "b: `pulumi up` failed (exit code 255):\n  the log of b\n" in str(raised.value)
    assert str(tmp_path / "logs" / "up-b.log") in str(raised.value)


def test_long_updates_say_how_far_they_are(tmp_path: Path, report: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_PROGRESS_SECONDS", 0.01)
    engine = FakeEngine(tmp_path, at_once=2)
    told = threading.Event()

    def tell(line: str) -> None:
        report.append(line)
        if "resources done" in line and not told.is_set():
            told.set()
            engine._barrier.wait(_SECONDS)  # pyright: ignore[reportPrivateUsage]

    update_side_by_side(cast(Engine, engine), ["stack"], lambda _: None, tell)
    assert any(line.startswith("stack: 5 resources done, ") for line in report)


def test_nothing_to_do_is_nothing_done(tmp_path: Path, report: list[str]) -> None:
    _update(FakeEngine(tmp_path, at_once=1), [], report)
    assert report == []
