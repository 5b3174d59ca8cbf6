"""A checkout of its own for the stacks of an embedded cloud: with freeze windows, and a clock that stands still."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from devcloud.engine import Engine
from devcloud.state import CHECKOUT
from tests.guard.checkout import Checkout, made_at

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

_PROJECT = """name: wedsync
main: program/
runtime:
  name: python
  options:
    virtualenv: {virtualenv}
"""
_PACK = """version: 1.0.0
runtime:
  name: python
  options:
    virtualenv: {virtualenv}
"""
_PROGRAM = """from datetime import datetime
from pathlib import Path

import pulumi

from stacks.program import {function}

{call}
"""
_PACK_PROGRAM = """from datetime import datetime
from pathlib import Path

from policies.analyzer import serve
from policies.pack import Pack
from policies.rules import RULES

at = datetime.fromisoformat({at!r})
serve(Pack(RULES), lambda: at, Path({project!r}))
"""


@dataclass(frozen=True)
class Frozen:
    """The checkout, and the embedded cloud that its stacks are in."""

    checkout: Checkout
    embedded: Embedded

    @property
    def engine(self) -> Engine:
        return replace(self.embedded.engine, project=self.checkout.path)

    def edit(self, file: str, before: str, after: str) -> None:
        """Replace what is in a file exactly once, and commit."""
        path = self.checkout.path / file
        text = path.read_text()
        assert len(re.findall(re.escape(before), text)) == 1, f"{before!r} is not once in {file}"
        path.write_text(text.replace(before, after))
        self.checkout.commit()

    def pulumi(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run the CLI in the checkout; returns its exit code and both outputs."""
        command = [str(self.engine.pulumi), "--cwd", str(self.checkout.path), "--non-interactive", *words]
        done = subprocess.run(
            command,
            env=self.engine.environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    @property
    def pack(self) -> str:
        return str(self.checkout.path / "pack")


def frozen_at(path: Path, embedded: Embedded, at: datetime, *, locked: bool = True) -> Frozen:
    """Make the checkout. `locked`: whether its program asks the guard; the pack does in any case."""
    checkout, now = made_at(path), at.isoformat()
    virtualenv = os.fspath(Path(sys.prefix))
    ignored = shutil.ignore_patterns("__pycache__", "*.py")
    shutil.copytree(CHECKOUT / "regions", path / "regions", ignore=ignored)
    for file in CHECKOUT.glob("Pulumi.local*.yaml"):
        shutil.copy(file, path)
    run = f"run(pulumi.get_stack(), datetime.fromisoformat({now!r}), Path({os.fspath(path)!r}))"
    register = f"register(pulumi.get_stack(), Path({os.fspath(path)!r}))"
    checkout.write(".gitignore", "__pycache__/\nPulumi.local-*.yaml\n")
    checkout.write("Pulumi.yaml", _PROJECT.format(virtualenv=virtualenv))
    checkout.write(
        "program/__main__.py",
        _PROGRAM.format(function="run" if locked else "register", call=run if locked else register),
    )
    checkout.write("pack/PulumiPolicy.yaml", _PACK.format(virtualenv=virtualenv))
    checkout.write("pack/__main__.py", _PACK_PROGRAM.format(at=now, project=os.fspath(path)))
    frozen = Frozen(checkout, embedded)
    frozen.edit("Pulumi.local.yaml", "freeze: false", "freeze: true")
    return frozen
