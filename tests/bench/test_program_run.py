"""Measuring a command, with scripts in place of pulumi and of the program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.program_run import measure
from bench.scratch_cloud import MeasurementError
from devcloud.engine import Engine
from devcloud.state import State

_PROGRAM = "held = bytearray(96 * 1024 * 1024); del held; import time; time.sleep(0.3)"


def _engine(directory: Path, script: str) -> Engine:
    pulumi = directory / "pulumi"
    pulumi.write_text(f"#!/bin/sh\n{script}\n")
    pulumi.chmod(0o755)
    return Engine(pulumi, State(directory / "state"), "http://127.0.0.1:1", project=directory)


def test_the_peak_is_the_programs_and_survives_its_release(tmp_path: Path) -> None:
    """What the program held for a moment counts; what another child of pulumi holds does not."""
    other = f"{sys.executable} -c 'held = bytearray(256 * 1024 * 1024); import time; time.sleep(0.5)' &"
    program = f"{sys.executable} -c '{_PROGRAM}' devcloud.language_host.program"
    run = measure(_engine(tmp_path, f"{other}\n{program}\nwait"), ["preview"])
    assert 96 < run.peak_mib < 200
    assert 0.3 < run.seconds < 30


def test_every_process_has_a_peak_of_its_own(tmp_path: Path) -> None:
    """Of the same command line's last word, whatever starts it; processor time is that of all of them."""
    provider = f"{sys.executable} -c 'held = bytearray(160 * 1024 * 1024); import time; time.sleep(0.5)'"
    busy = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    program = f"{sys.executable} -c '{busy}' devcloud.language_host.program"
    run = measure(_engine(tmp_path, f"{provider} devcloud.providers.aws &\n{program}\nwait"), ["preview"])
    assert run.peaks.keys() == {"engine", "program", "aws provider"}
    assert run.peaks["engine"] < run.peak_mib < run.peaks["aws provider"] - 100
    assert 0.3 <= run.processor_seconds < 30


def test_a_failed_command_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="changes were proposed"):
        measure(_engine(tmp_path, "echo error: changes were proposed; exit 255"), ["preview"])


def test_a_command_without_a_program_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="ran no program"):
        measure(_engine(tmp_path, "exit 0"), ["preview"])
