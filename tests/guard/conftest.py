"""A checkout to try overrides in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guard.checkout import Checkout, made_at


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return made_at(tmp_path / "project")
