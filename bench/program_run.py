"""Runs one pulumi command and measures it: wall time, processor time, and the peak memory of each process.

Pulumi starts the program and the plugins as processes of their own, so they are found by watching: every 10 ms the
descendants of pulumi are looked at, and the kernel's own high-water mark of each (VmHWM in /proc/<pid>/status) is read
until it is gone. The mark only grows, so at most the last 10 ms are missed; nothing is sampled in between.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.scratch_cloud import MeasurementError
from devcloud.engine import Engine

PROGRAM = "program"
ENGINE = "engine"
# What is looked for in the words of a command line; of our language host's program, and of the official one's.
_KINDS = {
    "devcloud.language_host.program": PROGRAM,
    "pulumi-language-python-exec": PROGRAM,
    "devcloud.providers.aws": "aws provider",
    "devcloud.providers.kubernetes": "kubernetes provider",
}
_INTERVAL_SECONDS = 0.01
_DEADLINE_SECONDS = 900
_PROC = Path("/proc")


class Run(NamedTuple):
    """One finished command: seconds from start to exit, seconds of processor time, and peaks by process.

    `processor_seconds` are of all its processes that have ended by then. `peaks` are MiB of resident memory.
    """

    seconds: float
    processor_seconds: float
    peaks: Mapping[str, float]

    @property
    def peak_mib(self) -> float:
        """The program's peak."""
        return self.peaks[PROGRAM]


def measure(engine: Engine, arguments: Sequence[str]) -> Run:
    """Run `pulumi <arguments>`, its output kept for errors.

    Raises:
        MeasurementError: pulumi failed, did not end, or ran no program.
    """
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(
            [str(engine.pulumi), "--cwd", str(engine.project), *arguments],
            env=engine.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            processor, peaks = _watch(process, started + _DEADLINE_SECONDS)
            seconds = time.monotonic() - started
        finally:
            if process.returncode is None:
                process.terminate()
                process.wait()
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode != 0:
        raise MeasurementError(f"`pulumi {' '.join(arguments)}` in {engine.project} failed:\n{said}".rstrip())
    if PROGRAM not in peaks:
        raise MeasurementError(f"`pulumi {' '.join(arguments)}` ran no program that could be seen:\n{said}".rstrip())
    return Run(seconds, processor, {kind: peak / 1024 for kind, peak in peaks.items()})


def _watch(process: subprocess.Popen[bytes], deadline: float) -> tuple[float, dict[str, int]]:
    """Wait for the end of `process`; seconds of processor time, and the peaks of it and of those below it in KiB."""
    kinds, peaks = {process.pid: ENGINE}, dict[str, int]()
    while True:
        # Not `poll`, which keeps the usage to itself. It is that of the descendants as well, once they were waited for.
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime, peaks
        if time.monotonic() > deadline:
            raise MeasurementError(f"pulumi did not end in {_DEADLINE_SECONDS} s")
        for pid in (process.pid, *_descendants(process.pid)):
            if kind := kinds.get(pid) or _kind(pid):
                kinds[pid] = kind
                peaks[kind] = max(peaks.get(kind, 0), _peak_kib(pid))
        time.sleep(_INTERVAL_SECONDS)


def _descendants(pid: int) -> Iterator[int]:
    tasks = _PROC / str(pid) / "task"
    try:
        names = os.listdir(tasks)  # noqa: PTH208 - pathlib's listing and glob may raise half-way
    except (FileNotFoundError, ProcessLookupError):
        return  # it has ended
    for name in names:
        for child in _read(tasks / name / "children").split():
            yield int(child)
            yield from _descendants(int(child))


def _kind(pid: int) -> str | None:
    """What a process is by its command line; None for those that do not count, such as shells between the others."""
    words = _read(_PROC / str(pid) / "cmdline").split("\0")
    return next((kind for end, kind in _KINDS.items() if any(word.endswith(end) for word in words)), None)


def _peak_kib(pid: int) -> int:
    """The high-water mark of the resident set, 0 when the process has ended."""
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def _read(file: Path) -> str:
    """A file of /proc; nothing when its process has ended."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
