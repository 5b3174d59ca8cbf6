"""Advisory file locks that say who holds them, and that the kernel drops when the holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Somebody else holds the lock. `pid` is 0 where the holder has not written it yet."""

    def __init__(self, file: Path, pid: int) -> None:
        super().__init__(f"{file} is held by process {pid}")
        self.pid = pid


@contextmanager
def hold(file: Path) -> Generator[None]:
    """Hold `file` for the length of the block, with our process id in it.

    Raises:
        LockedError: another process holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(file, _pid(file)) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def holder(file: Path) -> int | None:
    """The process id of whoever holds `file`, 0 if it has not written it yet, None if nobody holds it."""
    if not file.exists():
        return None
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid(file)
    return None


def _pid(file: Path) -> int:
    text = file.read_text().strip()
    return int(text) if text.isdigit() else 0
