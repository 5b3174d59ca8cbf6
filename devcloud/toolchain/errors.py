"""What goes wrong with tools, said in a sentence."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

_NO_NETWORK = (
    "dial tcp",
    "no such host",
    "network is unreachable",
    "i/o timeout",
    "TLS handshake timeout",
    "proxyconnect",
    "dns error",
    "error sending request",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Could not connect",
)
_DISK_FULL = ("no space left on device", "Disk quota exceeded")
_BAD_CHECKSUM = ("checksum mismatch", "SECURITY ERROR", "Hash mismatch", "DO NOT MATCH THE HASHES")
_NO_WHEEL = ("No matching distribution found", "No solution found")
_FREE_DISK = "The disk is full: free about 8 GB and try again."
_ADVICE = (
    (_DISK_FULL, _FREE_DISK),
    (
        _BAD_CHECKSUM,
        "A download does not have the pinned checksum: something on the way changed it. Use another mirror.",
    ),
    (_NO_NETWORK, "There is no network: connect, or name a mirror (GOPROXY for Go, the index settings for Python)."),
    (_NO_WHEEL, "There is no network, or no such wheel for this platform: connect, or install the program yourself."),
)
# Less than any of the tools: whatever failed, it failed for this.
_NO_SPACE_BYTES = 50 * 2**20


class ToolchainError(Exception):
    """A tool cannot be had. The message says what happened and what to do."""


def explain(what: str, output: Iterable[str], log: Path) -> ToolchainError:
    """The error for a command that failed while doing `what`.

    Args:
        what: e.g. "building etcd".
        output: the lines it printed; the last ones are quoted.
        log: where all of them are.
    """
    lines = [line for line in output if line.strip()]
    last_words = "\n".join(f"  {line}" for line in lines[-8:])
    return ToolchainError(f"{what} failed. {_advice(lines, log)} Log: {log}\n{last_words}")


def _advice(lines: list[str], log: Path) -> str:
    # A log on a full disk does not say that the disk is full.
    if shutil.disk_usage(log.parent).free < _NO_SPACE_BYTES:
        return _FREE_DISK
    for signs, advice in _ADVICE:
        if any(sign in line for sign in signs for line in lines):
            return advice
    return "What it said last is below."


def explain_os_error(what: str, error: OSError) -> ToolchainError:
    """The error for a file operation that failed while doing `what`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolchainError(f"{what} failed. {_FREE_DISK}")
    return ToolchainError(f"{what} failed: {error}. Set XDG_CACHE_HOME to a directory that you may write to.")
