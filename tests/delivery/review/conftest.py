"""A checkout with an edit, a `pulumi` without an engine, and GitHub on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest

from regions.load import PACKAGE_DIRECTORY
from tests.delivery.review.fake_pulumi import installed
from tests.delivery.review.github_server import GitHub, github
from tests.guard.checkout import Checkout, made_at


@pytest.fixture
def hub() -> Generator[GitHub]:
    with github() as served:
        yield served


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The fleet and the local environment, on a branch that begins at `trunk`."""
    made = made_at(tmp_path / "checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE_DIRECTORY, made.path / "regions", ignore=ignored)
    shutil.copy(PACKAGE_DIRECTORY.parent / "Pulumi.local.yaml", made.path)
    made.commit()
    made.git("branch", "--force", "trunk")
    return made


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts one on PATH that does this for each stack; returns its directory."""

    def make(stacks: Mapping[str, Mapping[str, object]]) -> Path:
        directory = installed(tmp_path / "bin", stacks)
        monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
        return directory

    return make
