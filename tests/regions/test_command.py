"""`python -m regions`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from regions.__main__ import main
from regions.load import PACKAGE_DIRECTORY
from regions.schema import SCHEMA_DIRECTORY, schema_texts, write_schemas

if TYPE_CHECKING:
    from pathlib import Path

    from tests.regions.conftest import RegionFiles


def test_check_of_good_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("4 regions, no mistakes\n  us-east-1 (us-east-1): New York, Chicago; season in months 5")
    assert "replication group resident-eu: eu-central-1 writes first; members eu-central-1" in printed


def test_check_of_good_files_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert data["regions"] == ["us-east-1", "asia-pacific-1", "eu-central-1", "us-west-1"]
    assert data["groups"]["resident-eu"] == ["eu-central-1"]


def test_check_of_bad_files(files: RegionFiles, capsys: pytest.CaptureFixture[str]) -> None:
    files.put("us-east-1", "languages", 0, value="english")
    files.remove("us-east-1", "focus")
    assert main(["check", "--dir", str(files.directory)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[0] == "2 mistakes in the region files:"
    assert "  regions/us-east-1.yaml: languages[0] is 'english': must be text such as 'en'" in printed.err.splitlines()


def test_check_of_bad_files_as_json(files: RegionFiles, capsys: pytest.CaptureFixture[str]) -> None:
    files.put("us-east-1", "languages", 0, value="english")
    files.remove("us-west-1", "focus")
    assert main(["check", "--json", "--dir", str(files.directory)]) == 2
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is False
    first, second = data["problems"]
    assert first == {
        "file": "regions/us-east-1.yaml",
        "field": "languages[0]",
        "value": "english",
        "fix": "must be text such as 'en'",
        "sentence": "regions/us-east-1.yaml: languages[0] is 'english': must be text such as 'en'",
    }
    assert (second["file"], second["field"], "value" in second) == ("regions/us-west-1.yaml", "focus", False)


def test_the_command_as_people_type_it(files: RegionFiles, tmp_path: Path) -> None:
    files.put("us-east-1", "focus", value="")
    done = subprocess.run(
        [sys.executable, "-m", "regions", "check", "--dir", "regions"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE_DIRECTORY.parent), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "regions/us-east-1.yaml: focus is ''" in done.stderr


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {name: json.loads(text) for name, text in schema_texts().items()}


def test_schema_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regions.__main__.write_schemas", lambda: write_schemas(tmp_path / "schema"))
    assert main(["schema", "--write"]) == 0
    paths = [tmp_path / "schema" / name for name in schema_texts()]
    assert capsys.readouterr().out.splitlines() == [f"written: {path}" for path in paths]
    assert {path.name: path.read_text(encoding="utf-8") for path in paths} == schema_texts()


def test_schema_files_are_in_step() -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in SCHEMA_DIRECTORY.iterdir()}
    assert stored == schema_texts(), "run: python -m regions schema --write"
