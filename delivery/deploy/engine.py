"""The Pulumi CLI as `wedops` runs it: its events read while it works, asked to stop once, and never left half way.

Why not the Automation API: docs/decisions/0018-wedops-up.md.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from delivery.deploy.events import Event, EventLog
from delivery.deploy.state import recovery
from delivery.steps import InputError, StepError

_LOOK_SECONDS = 0.1
_TAIL_LINES = 20
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_LOCKED = ("currently locked by", "Another update is currently in progress")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, its events, and whether it was asked to stop.

    `log` has what it printed, and is kept only where it failed.
    """

    code: int
    events: tuple[Event, ...]
    interrupted: bool
    printed: str
    log: Path


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs pulumi commands for one stack of a checkout.

    `interrupted` is called when somebody asks to stop; its argument is the engine's process id.
    """

    project: Path
    stack: str
    interrupted: Callable[[int], None]

    def exported(self) -> dict[str, Any]:
        """Return the stack's state, secrets encrypted, as `pulumi stack export` prints it.

        Raises:
            InputError: there is no such stack.
            StepError: pulumi cannot be run, or fails.
        """
        done = self._start(["stack", "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        printed, complaint = done.communicate()
        if done.returncode == 0:
            return json.loads(printed)
        said = complaint.decode(errors="replace").strip()
        if "no stack named" in said:
            raise InputError(
                f"--stack {self.stack}: {said}. A new one is made by `pulumi stack init`, with the environment's"
                " secrets provider: docs/runbooks/new-environment.md."
            )
        raise StepError(f"`pulumi stack export --stack {self.stack}` failed:\n{said}")

    def run(self, arguments: Sequence[str], watch: Callable[[Event], None]) -> Ended:
        """Run a command to its end, whatever happens to the terminal.

        SIGINT and SIGTERM are passed on as one SIGINT, at which the engine finishes what is in flight and begins
        nothing new. It has a session and files of its own, so that it also ends well if this process is killed.

        Args:
            arguments: such as `["up", "--yes"]`.
            watch: is called with each event as it comes.
        Raises:
            StepError: pulumi cannot be run.
        """
        # Only we may read it: the engine's debug messages have secrets in them.
        directory = Path(tempfile.mkdtemp(prefix="wedops-"))
        stream, log = directory / "events.jsonl", directory / "output.log"
        try:
            with log.open("wb") as output:
                process = self._start([*arguments, "--event-log", str(stream)], stdout=output, stderr=output)
                events, interrupted = self._watch(process, EventLog(stream), watch)
            printed = log.read_text(encoding="utf-8", errors="replace")
        finally:
            stream.unlink(missing_ok=True)
        if process.returncode == 0:
            shutil.rmtree(directory)
        return Ended(process.returncode, tuple(events), interrupted, printed, log)

    def _watch(
        self, process: subprocess.Popen[bytes], log: EventLog, watch: Callable[[Event], None]
    ) -> tuple[list[Event], bool]:
        events: list[Event] = []
        told = 0
        with _asked_to_stop() as asked:
            while True:
                ended = process.poll() is not None  # before the log is read: what is written last is read as well
                for event in log.new():
                    events.append(event)
                    watch(event)
                if ended:
                    return events, bool(told)
                if len(asked) > told:
                    if not told:
                        process.send_signal(signal.SIGINT)
                    told = len(asked)
                    self.interrupted(process.pid)
                time.sleep(_LOOK_SECONDS)

    def _start(self, arguments: Sequence[str], *, stdout: Any, stderr: Any) -> subprocess.Popen[bytes]:
        command = ["pulumi", *arguments, "--stack", self.stack, "--non-interactive", "--color", "never"]
        # PULUMI_DEBUG_COMMANDS is what makes --event-log an option.
        environment = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            return subprocess.Popen(
                command,
                cwd=self.project,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,  # a terminal's Ctrl-C and hang-up reach us alone
            )
        except FileNotFoundError as error:
            raise StepError("pulumi is not on PATH. Install the version that Pulumi.yaml asks for.") from error


def failure(stack: str, ended: Ended, errors: Sequence[str]) -> str:
    """Return the sentence of a command that failed, with what to do."""
    if any(words in ended.printed for words in _LOCKED):
        commands = "\n".join(f"  {command}" for command in recovery(stack))
        return (
            f"{stack} is locked: another update of it runs, or one was killed.\n{_tail(ended.printed)}\n"
            f"If it runs, wait for it. If it does not (see the process and the host above):\n{commands}"
        )
    said = "\n".join(errors) or _tail(ended.printed)
    return f"{said}\nAll of it: {ended.log}"


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-_TAIL_LINES:])


@contextmanager
def _asked_to_stop() -> Generator[Sequence[int]]:
    """While this lasts, SIGINT and SIGTERM end nothing: each is put into the list."""
    asked: list[int] = []
    before = {number: signal.signal(number, lambda got, _: asked.append(got)) for number in _STOPPING}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
