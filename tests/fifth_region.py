"""A region that is one YAML file, and projects with and without it."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from bench.generated import settings_for
from regions.load import PACKAGE_DIRECTORY

NAME = "sa-east-1"
_FILE = Path(__file__).parent / "data" / f"{NAME}.yaml"
_CHECKOUT = PACKAGE_DIRECTORY.parent


def copy_data(project: Path, environment: str) -> Path:
    """Copy the repository's region files and an environment's settings; returns the directory, which is new."""
    shutil.copytree(PACKAGE_DIRECTORY, project / PACKAGE_DIRECTORY.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_CHECKOUT / f"Pulumi.{environment}.yaml", project)
    return project


def add(project: Path, environment: str) -> None:
    """Add the region: its file, and its name and ceiling in the environment's settings."""
    shutil.copy(_FILE, project / PACKAGE_DIRECTORY.name)
    _put(project, environment, [*_regions(project, environment), NAME])


def remove(project: Path, environment: str) -> None:
    """Take out what `add` put in."""
    (project / PACKAGE_DIRECTORY.name / _FILE.name).unlink()
    _put(project, environment, [name for name in _regions(project, environment) if name != NAME])


def _regions(project: Path, environment: str) -> list[str]:
    settings = yaml.safe_load((project / f"Pulumi.{environment}.yaml").read_text(encoding="utf-8"))
    return settings["config"]["wedsync:environment"]["regions"]


def _put(project: Path, environment: str, regions: list[str]) -> None:
    file = project / f"Pulumi.{environment}.yaml"
    settings = settings_for(yaml.safe_load(file.read_text(encoding="utf-8")), regions)
    file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
