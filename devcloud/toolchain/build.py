"""Builds a module's tools with Go, showing how far it is."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from devcloud.processes import Child, StartError
from devcloud.toolchain.cache import Entry, cache_directory, key_of
from devcloud.toolchain.errors import ToolchainError, explain
from devcloud.toolchain.golang import Go, find_go
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.tools import Module

# An hour on a slow machine with a slow network is a fault, not a build.
_BUILD_SECONDS = 3600.0
_POLL_SECONDS = 0.5


def entry_of(module: Module, progress: Progress) -> Entry:
    """The cache entry of a module's tools. Its key is made of pins and flags: another Go does not build again."""
    pins = [(module.directory / name).read_bytes() for name in ("go.mod", "go.sum")]
    choices = " ".join([*module.build_flags(), *module.packages.values(), platform.machine()])
    directory = cache_directory() / f"{module.name}-{key_of([*pins, choices.encode()])}"

    def make(draft: Path) -> Iterable[Path]:
        return _Build(module, draft, directory.with_suffix(".log"), progress).run()

    return Entry(f"{module.name} {module.version}", directory, make)


class _Build:
    """One run of Go for each tool of a module, into `target`, with everything Go says in `log`."""

    def __init__(self, module: Module, target: Path, log: Path, progress: Progress) -> None:
        self._module = module
        self._target = target
        self._log = log
        self._progress = progress
        self._started = time.monotonic()

    def run(self) -> list[Path]:
        module = self._module
        go = find_go(module.go_version, self._progress)
        self._progress.line(f"building {module.name} {module.version}, once for this machine; log: {self._log}")
        packages = self._packages(go)
        built = [
            self._build(go, number, tool, package, packages)
            for number, (tool, package) in enumerate(module.packages.items(), start=1)
        ]
        self._progress.line(f"built {module.name} {module.version} in {self._elapsed()}")
        return built

    def _packages(self, go: Go) -> int:
        """How many packages there are to compile; asking downloads them."""
        self._go(
            go,
            ["list", "-mod=readonly", "-deps", *self._module.packages.values()],
            "downloading",
            lambda lines: f"downloading {self._module.name}: {_count(lines, 'go: downloading ')} modules",
        )
        return len(_lines(self._log)) - _count(_lines(self._log), "go: ")

    def _build(self, go: Go, number: int, tool: str, package: str, packages: int) -> Path:
        executable = self._target / tool
        position = f"{tool} ({number} of {len(self._module.packages)})"
        self._go(
            go,
            ["build", "-v", *self._module.build_flags(), "-o", str(executable), package],
            f"building {tool}",
            # Packages that were compiled before are not counted, so it may end well before the total.
            lambda lines: f"building {position}: {len(lines)} of up to {packages} packages compiled",
        )
        return executable

    def _go(self, go: Go, arguments: Sequence[str], doing: str, status: Callable[[list[str]], str]) -> None:
        """Run Go to its end.

        Raises:
            ToolchainError: it failed or took too long.
        """
        self._log.unlink(missing_ok=True)
        try:
            # It dies with us, so no build of a killed process goes on writing under the next one's hands.
            child = Child(
                f"go, {doing}",
                [go.executable, *arguments],
                log=self._log,
                env=go.environment,
                cwd=self._module.directory,
            )
        except StartError as error:
            raise ToolchainError(str(error)) from error
        what = f"{doing} {self._module.name} {self._module.version}" if doing == "downloading" else doing
        try:
            deadline = time.monotonic() + _BUILD_SECONDS
            while child.exit_code() is None:
                if time.monotonic() > deadline:
                    raise ToolchainError(f"{what} took longer than {_BUILD_SECONDS:.0f} s. Log: {self._log}")
                self._progress.status(f"{status(_lines(self._log))}, {self._elapsed()}")
                time.sleep(_POLL_SECONDS)
        finally:
            child.stop()
        if child.exit_code() != 0:
            raise explain(what, _lines(self._log), self._log)

    def _elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        return f"{minutes}:{seconds:02d} min"


def _lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()


def _count(lines: Sequence[str], prefix: str) -> int:
    return sum(line.startswith(prefix) for line in lines)
