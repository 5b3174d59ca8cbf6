"""How `wedops` runs the engine: what it passes on, what it keeps, and what it says of a failure."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from pathlib import Path

import pytest

from delivery.deploy.engine import Ended, Engine, failure
from delivery.deploy.events import Event
from delivery.steps import InputError, StepError
from tests.delivery.deploy.conftest import FakePulumi, exported, signals_sent
from tests.delivery.deploy.stream import KEY, STACK, step

UP = ["up", "--yes"]
EVENTS = [step("create", KEY, "key", None, {}), step("same", KEY, "other", {}, {})]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary directories are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def engine(told: list[int] | None = None) -> Engine:
    return Engine(Path.cwd(), STACK, (told if told is not None else []).append)


def run(told: list[int] | None = None, seen: list[Event] | None = None) -> Ended:
    return engine(told).run(UP, (seen if seen is not None else []).append)


def test_events_are_seen_and_kept(pulumi: FakePulumi, temporary: Path) -> None:
    pulumi.say("up", events=EVENTS)
    seen: list[Event] = []
    ended = run(seen=seen)
    assert (ended.code, ended.interrupted) == (0, False)
    assert list(ended.events) == seen == EVENTS
    assert list(temporary.iterdir()) == []


def test_the_stack_is_named_and_nobody_is_asked(pulumi: FakePulumi, temporary: Path) -> None:
    pulumi.say("up")
    run()
    [words] = pulumi.calls
    assert words[:2] == UP
    assert words[words.index("--stack") + 1] == STACK
    assert "--non-interactive" in words
    assert temporary in Path(words[words.index("--event-log") + 1]).parents


def test_what_a_failure_printed_is_kept_and_its_events_are_not(pulumi: FakePulumi, temporary: Path) -> None:
    """Events have debug messages among them, with secrets."""
    pulumi.say("up", events=EVENTS, code=255, prints="no such subnet\n")
    ended = run()
    assert ended.code == 255
    assert ended.printed == ended.log.read_text() == "no such subnet\n"
    [directory] = temporary.iterdir()
    assert [file.name for file in directory.iterdir()] == ["output.log"]
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_asked_to_stop_is_passed_on_once_and_waited_for(
    pulumi: FakePulumi, temporary: Path, number: signal.Signals
) -> None:
    pulumi.say("up", waits=True, code=255)
    told: list[int] = []
    with signals_sent(pulumi, number, number, told=told):
        ended = run(told)
    assert ended.interrupted
    assert ended.code == 255
    assert [event["diagnosticEvent"]["message"] for event in ended.events] == ["cancelled"]
    assert (pulumi.place / "asked").read_text() == "1"
    assert told == [pulumi.process] * 2
    assert temporary.exists()


def test_signals_are_as_before_afterwards(pulumi: FakePulumi, temporary: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    pulumi.say("up")
    run()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert temporary.exists()


def test_the_engine_has_a_session_of_its_own(pulumi: FakePulumi, temporary: Path) -> None:
    """A terminal's Ctrl-C would reach it besides ours: two, and it stops at once."""
    pulumi.say("up", waits=True)
    sessions: list[int] = []
    with signals_sent(pulumi, signal.SIGINT, sessions=sessions):
        run()
    assert sessions != [os.getsid(0)]
    assert temporary.exists()


def test_a_stack_that_does_not_exist_is_told_with_how_to_make_it(pulumi: FakePulumi) -> None:
    pulumi.say("export", code=255, complains=f"error: no stack named '{STACK}' found\n")
    with pytest.raises(InputError, match="pulumi stack init"):
        engine().exported()


def test_a_state_that_cannot_be_read_is_told(pulumi: FakePulumi) -> None:
    pulumi.say("export", code=255, complains="error: access denied\n")
    with pytest.raises(StepError, match="access denied"):
        engine().exported()
    pulumi.say("export", prints=exported())
    assert engine().exported()["version"] == 3


def test_without_pulumi_it_says_so(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    monkeypatch.setenv("PATH", str(temporary))
    with pytest.raises(StepError, match="pulumi is not on PATH"):
        run()


@pytest.mark.parametrize(
    "said",
    [
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end",
        "error: [409] Conflict: Another update is currently in progress.",
    ],
)
def test_a_lock_is_told_with_how_to_get_rid_of_it(said: str, tmp_path: Path) -> None:
    told = failure(STACK, Ended(255, (), False, f"{said}\n", tmp_path / "output.log"), ())
    assert said in told
    assert f"pulumi cancel --yes --stack {STACK}" in told


def test_a_failure_is_told_by_its_errors_or_else_by_its_last_lines(tmp_path: Path) -> None:
    ended = Ended(255, (), False, "".join(f"line {number}\n" for number in range(50)), tmp_path / "output.log")
    assert failure(STACK, ended, ["no such subnet"]) == f"no such subnet\nAll of it: {ended.log}"
    assert failure(STACK, ended, []).splitlines()[0] == "line 30"
