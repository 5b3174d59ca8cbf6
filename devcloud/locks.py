"""Advisory file locks that say who holds them, and that the kernel drops when the holder dies.

They are Linux's open-file-description locks, because those can be asked about without being taken: a look at a lock
must never be what somebody else's attempt to take it fails on.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

# struct flock (fcntl(2)): type, whence, start, length, pid. Length 0 is the whole file.
_FLOCK = "hhqqi"


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
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        except (BlockingIOError, PermissionError) as error:
            raise LockedError(file, _pid(file)) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def holder(file: Path) -> int | None:
    """The process id of whoever holds `file`, 0 if it has not written it yet, None if nobody holds it."""
    try:
        with file.open("r") as handle:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, *_ = struct.unpack(_FLOCK, fcntl.fcntl(handle, fcntl.F_OFD_GETLK, asked))
            return None if kind == fcntl.F_UNLCK else _pid(file)
    except FileNotFoundError:
        return None


def _pid(file: Path) -> int:
    text = file.read_text().strip()
    return int(text) if text.isdigit() else 0
