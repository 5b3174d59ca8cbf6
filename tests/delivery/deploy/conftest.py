"""A `pulumi` that does what a test tells it to, first on PATH."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from delivery.deploy.events import Event

_SCRIPT = """#!{python}
import json, os, signal, sys, time
from pathlib import Path

place = Path(__file__).parent
words = sys.argv[1:]
with (place / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
name = "destroy-preview" if "--preview-only" in words else "export" if words[0] == "stack" else words[0]
says = json.loads((place / "says.json").read_text())[name]
if isinstance(says, list):  # one answer a call
    count = sum(json.loads(line)[0] == words[0] for line in (place / "calls.jsonl").open())
    says = says[min(count, len(says)) - 1]
asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append(1))
if "--event-log" in words:
    with open(words[words.index("--event-log") + 1], "w") as stream:
        for event in says.get("events", []):
            stream.write(json.dumps(event) + "\\n")
            stream.flush()
        (place / "running").write_text(f"{{os.getpid()}} {{words[0]}};")
        deadline = time.monotonic() + 30
        while says.get("waits") and not asked and time.monotonic() < deadline:
            time.sleep(0.01)
        if asked:
            time.sleep(0.5)  # what is in flight
            (place / "asked").write_text(str(len(asked)))
            stream.write(json.dumps({{"diagnosticEvent": {{"severity": "error", "message": "cancelled"}}}}) + "\\n")
sys.stdout.write(says.get("prints", ""))
sys.stderr.write(says.get("complains", ""))
sys.exit(says.get("code", 0))
"""


class FakePulumi:
    """What it says by command, and how it was called."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.says: dict[str, Any] = {}
        self.say("export", prints=exported())
        script = place / "pulumi"
        script.write_text(_SCRIPT.format(python=sys.executable))
        script.chmod(0o755)

    def say(self, command: str, *answers: Mapping[str, Any], **answer: Any) -> None:
        """Say what a command does: the same each time, or one answer after the other."""
        self.says[command] = list(answers) or answer
        (self.place / "says.json").write_text(json.dumps(self.says))

    def previews(self, *events: Event, code: int = 0, prints: str = "") -> None:
        self.say("preview", events=list(events), code=code, prints=prints)

    @property
    def calls(self) -> list[list[str]]:
        file = self.place / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def process(self) -> int:
        """The id of the process that runs, or ran last."""
        return int((self.place / "running").read_text().split()[0])

    def commands(self) -> list[str]:
        return [words[0] if words[0] != "stack" else "export" for words in self.calls]


def exported(time: str = "2026-11-25T03:48:08Z", pending: Sequence[str] = (), protected: Sequence[str] = ()) -> str:
    """What `pulumi stack export` prints."""
    operations = [{"type": "creating", "resource": {"urn": each}} for each in pending]
    resources = [{"urn": each, "protect": True} for each in protected]
    deployment = {"manifest": {"time": time}, "pending_operations": operations, "resources": resources}
    return json.dumps({"version": 3, "deployment": deployment})


@pytest.fixture
def pulumi(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    place = tmp_path_factory.mktemp("pulumi")
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    return FakePulumi(place)


@contextmanager
def signals_sent(
    pulumi: FakePulumi,
    *numbers: signal.Signals,
    on: str = "",
    told: list[int] | None = None,
    sessions: list[int] | None = None,
) -> Generator[None]:
    """Send these to ourselves, one after the other, as soon as the engine runs; `on`: this command."""

    def send() -> None:
        running = pulumi.place / "running"
        deadline = time.monotonic() + 20
        while not running.exists() or not running.read_text().endswith(f"{on};"):
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)
        if sessions is not None:
            sessions.append(os.getsid(pulumi.process))
        for sent, number in enumerate(numbers):
            while told is not None and len(told) < sent and time.monotonic() < deadline:  # or two would be one
                time.sleep(0.01)
            os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        thread.join()
