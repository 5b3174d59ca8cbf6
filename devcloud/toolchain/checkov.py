"""checkov, from pinned wheels in a place of its own: it needs older packages than the embedded cloud."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devcloud.toolchain.progress import Progress
from devcloud.toolchain.wheels import Wheel

_WHEEL = Wheel(name="checkov", why="it scans what regions render")


@dataclass(frozen=True)
class Checkov:
    """An installed checkov.

    Attributes:
        directory: where its packages are.
    """

    directory: Path

    def command(self, *arguments: str) -> Sequence[str]:
        """The command that runs it: this Python, with no packages but checkov's."""
        return [sys.executable, "-S", "-P", "-m", "checkov.main", "--skip-download", *arguments]

    def environment(self) -> Mapping[str, str]:
        """What it runs in: it asks no platform and no package index for anything."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BC_", "CKV_", "PYTHON"))}
        return {**kept, "PYTHONPATH": str(self.directory), "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}


def find_checkov(progress: Progress) -> Checkov:
    """The pinned checkov, installed now unless the cache has it.

    Raises:
        ToolchainError: it cannot be installed; the message says what to do.
    """
    return Checkov(_WHEEL.install(_sources, progress))


def _sources(root: Path) -> Iterable[Path]:
    """What is verified before every use; what Python compiles of it comes and goes."""
    return [file for file in sorted(root.rglob("*")) if file.is_file() and file.suffix in (".py", ".so", ".yaml")]
