"""A checkout in which the commands run, and a document that was requested there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from delivery.override.app import app
from tests.delivery.override.commands import ASKED, VALID, Override
from tests.guard.checkout import Checkout, made_at


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = made_at(tmp_path / "project")
    monkeypatch.setattr("guard.repository.PROJECT", made.path)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return made


@pytest.fixture
def override(checkout: Checkout) -> Override:
    del checkout

    def run(*arguments: str | Path) -> Result:
        return CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(each) for each in arguments])

    return run


@pytest.fixture
def document(override: Override) -> Path:
    result = override("request", *ASKED, "--region", "eu-central-1", "--json")
    assert result.exit_code == VALID, result.output
    return Path(json.loads(result.stdout)["file"])
