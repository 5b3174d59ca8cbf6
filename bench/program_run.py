"""Runs one pulumi command and measures it: wall time, and peak memory of the program's own process.

The language host starts the program as a process of its own, so its memory is found by watching: every 10 ms the
descendants of pulumi are looked at until one runs a program, and from then on the kernel's own high-water mark of that
process (VmHWM in /proc/<pid>/status) is read until the process is gone. The mark only grows, so at most the last 10 ms
are missed; nothing is sampled in between.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.scratch_cloud import MeasurementError
from devcloud.engine import Engine

# Of our language host, and of the official one.
_PROGRAMS = ("devcloud.language_host.program", "pulumi-language-python-exec")
_INTERVAL_SECONDS = 0.01
_DEADLINE_SECONDS = 300
_PROC = Path("/proc")


class Run(NamedTuple):
    """One finished command: seconds from start to exit, MiB of resident memory that the program had at most."""

    seconds: float
    peak_mib: float


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
            peak = _watch(process, started + _DEADLINE_SECONDS)
            seconds = time.monotonic() - started
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode != 0:
        raise MeasurementError(f"`pulumi {' '.join(arguments)}` in {engine.project} failed:\n{said}".rstrip())
    if not peak:
        raise MeasurementError(f"`pulumi {' '.join(arguments)}` ran no program that could be seen:\n{said}".rstrip())
    return Run(seconds, peak / 1024)


def _watch(process: subprocess.Popen[bytes], deadline: float) -> int:
    """Wait for the end of `process`; the peak of the program below it in KiB, 0 when there was none."""
    program, peak = None, 0
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise MeasurementError(f"pulumi did not end in {_DEADLINE_SECONDS} s")
        if program is None:
            program = next((pid for pid in _descendants(process.pid) if _runs_a_program(pid)), None)
        if program is not None:
            peak = max(peak, _peak_kib(program))
        time.sleep(_INTERVAL_SECONDS)
    return peak


def _descendants(pid: int) -> Iterator[int]:
    for children in _PROC.glob(f"{pid}/task/*/children"):
        for child in _read(children).split():
            yield int(child)
            yield from _descendants(int(child))


def _runs_a_program(pid: int) -> bool:
    words = _read(_PROC / str(pid) / "cmdline").split("\0")
    return any(word.endswith(_PROGRAMS) for word in words)


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
