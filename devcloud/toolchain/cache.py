"""Finished tools, outside the checkout, under a hash of their pins.

An entry appears by one rename, so it is whole or absent, whatever interrupts its making. A manifest of checksums lies
in it and is compared before every use, because disks fill up and people clean caches by hand.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devcloud.toolchain.errors import explain_os_error
from devcloud.toolchain.progress import Progress

_MANIFEST = "manifest.json"


def cache_directory() -> Path:
    """`wedsync-devcloud` in the user's cache directory."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "wedsync-devcloud"


def key_of(parts: Iterable[bytes]) -> str:
    """A short name for exactly these pins."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Entry:
    """One thing in the cache.

    Attributes:
        name: what messages call it, e.g. "kubernetes v1.35.4".
        directory: where it is when it is finished.
        make: fills an empty directory and returns the files in it that are checked before each use.
    """

    name: str
    directory: Path
    make: Callable[[Path], Iterable[Path]]

    def ensure(self, progress: Progress) -> Path:
        """The finished directory, made now unless it is there and sound.

        Two processes that want the same entry make it once: the second waits and says so.

        Raises:
            ToolchainError: it cannot be made.
        """
        try:
            if damage(self.directory) is None:
                return self.directory
            self.directory.parent.mkdir(parents=True, exist_ok=True)
            with _lock(self.directory.with_suffix(".lock"), self.name, progress):
                self._ensure_alone(progress)
        except OSError as error:
            raise explain_os_error(f"preparing {self.name}", error) from error
        return self.directory

    def _ensure_alone(self, progress: Progress) -> None:
        found = damage(self.directory)
        if found is None:  # the process we waited for has made it
            return
        if self.directory.exists():
            progress.line(f"{self.name}: {found}; making it again")
            shutil.rmtree(self.directory)
        draft = self.directory.with_suffix(".draft")
        # Whoever left it is gone: we hold the lock.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            _write_manifest(draft, self.make(draft))
            draft.rename(self.directory)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def damage(directory: Path) -> str | None:
    """What is wrong with a finished entry, as a sentence; None if nothing is."""
    manifest = directory / _MANIFEST
    if not manifest.exists():
        return "it is not in the cache" if not directory.exists() else f"{manifest} is missing"
    try:
        checksums: dict[str, str] = json.loads(manifest.read_text())
    except ValueError:
        return f"{manifest} is damaged"
    for name, checksum in checksums.items():
        file = directory / name
        if not file.exists():
            return f"{file} is missing"
        if _checksum(file) != checksum:
            return f"{file} is damaged"
    return None


def _write_manifest(directory: Path, files: Iterable[Path]) -> None:
    checksums = {str(file.relative_to(directory)): _checksum(file) for file in files}
    for file in (directory / name for name in checksums):
        _flush(file)
    manifest = directory / _MANIFEST
    manifest.write_text(json.dumps(checksums, indent=2, sort_keys=True) + "\n")
    _flush(manifest)


def _flush(file: Path) -> None:
    """Bring it to the disk: after a power cut the rename must not be all that is left."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def _lock(file: Path, name: str, progress: Progress) -> Generator[None]:
    """Hold `file` alone; the kernel lets go of it when this process ends, however it does."""
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.line(f"{name}: another process is making it; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
