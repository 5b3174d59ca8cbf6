"""The command before it looks at anything: what it was told has to make sense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.season_scaler.test_settings import GOOD

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60


def run(directory: Path, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """The real command, where there is no cluster."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KUBECONFIG": "missing", **GOOD, **changed}
    command = [sys.executable, "-m", "services.season_scaler", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"REGION": "us-south-9", "METRICS_PORT": "many"}, ["REGION is 'us-south-9'", "METRICS_PORT is 'many'"]),
        ({"REGIONS": "us-east-1,atlantis"}, ["REGIONS names atlantis: the region files are of us-east-1, "]),
        (
            {"NODE_GROUPS": "giant=wedsync-general"},
            ["NODE_GROUPS names giant: the region's pools are general, wedding-optimised."],
        ),
        ({}, ["There is no way into the cluster: "]),
    ],
    ids=["settings", "regions", "pools", "cluster"],
)
def test_bad_input_ends_it_with_sentences(tmp_path: Path, changed: dict[str, str], told: list[str]) -> None:
    done = run(tmp_path, "--once", **changed)

    assert (done.returncode, done.stderr) == (2, "")
    (line,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert line["level"] == "error"
    for sentence in told:
        assert sentence in line["message"]


def test_an_unknown_option_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "--twice").returncode == 2
