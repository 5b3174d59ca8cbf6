"""Tiny Pulumi projects, run by the pinned engine with our language host."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import NamedTuple

import pytest

from devcloud.engine import Engine
from devcloud.state import State
from devcloud.toolchain import ConsoleProgress, Tool, ensure

STACK = "dev"
_SECONDS = 60


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    output: str


class Tiny:
    """A project of one file with the stack `dev`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self, program: str) -> None:
        """Make `program` what the project runs."""
        (self.engine.project / "__main__.py").write_text(textwrap.dedent(program))

    def command(self, *words: str) -> list[str]:
        return [str(self.engine.pulumi), "--cwd", str(self.engine.project), "--non-interactive", *words]

    def run(self, *words: str) -> Finished:
        """Run a pulumi command to its end, both outputs together."""
        done = subprocess.run(
            self.command(*words),
            env=self.engine.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return Finished(done.returncode, done.stdout)

    def preview(self, program: str, *words: str) -> Finished:
        """Preview `program`."""
        self.write(program)
        return self.run("preview", "--stack", STACK, *words)


@pytest.fixture(scope="session")
def make_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Tiny]:
    """Makes projects, each with a backend of its own."""

    def make() -> Tiny:
        root = tmp_path_factory.mktemp("tiny")
        project = root / "project"
        project.mkdir()
        (project / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
        pulumi = ensure([Tool.PULUMI], ConsoleProgress(sys.stderr))[Tool.PULUMI]
        engine = Engine(pulumi, State(root / "state"), "http://127.0.0.1:1", project)
        engine.prepare(with_language_host=True)
        tiny = Tiny(engine)
        tiny.write("")
        engine.init(STACK)
        return tiny

    return make


@pytest.fixture(scope="session")
def tiny(make_tiny: Callable[[], Tiny]) -> Tiny:
    """One project for all tests that only preview."""
    return make_tiny()
