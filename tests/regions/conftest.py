"""A known-good set of region files to break one field at a time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.problems import FleetError

_FIFTH_REGION = Path(__file__).parents[1] / "data" / "sa-east-1.yaml"


class RegionFiles:
    """The project's own files in a directory of the test's own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        for path in PACKAGE_DIRECTORY.glob("*.yaml"):
            shutil.copy(path, directory)

    def path(self, name: str) -> Path:
        return self.directory / f"{name}.yaml"

    def read(self, name: str) -> Any:
        return yaml.safe_load(self.path(name).read_text(encoding="utf-8"))

    def write(self, name: str, data: object) -> None:
        self.path(name).write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")

    def put(self, name: str, *location: str | int, value: object) -> None:
        """Set one field of the file `name`; the location's last step may be new."""
        data = self.read(name)
        inner = data
        for step in location[:-1]:
            inner = inner[step]
        inner[location[-1]] = value
        self.write(name, data)

    def remove(self, name: str, *location: str | int) -> None:
        """Remove one field of the file `name`."""
        data = self.read(name)
        inner = data
        for step in location[:-1]:
            inner = inner[step]
        del inner[location[-1]]
        self.write(name, data)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace text that is in the file exactly once."""
        text = self.path(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is in {name}.yaml {text.count(old)} times"
        self.path(name).write_text(text.replace(old, new), encoding="utf-8")

    def add_sao_paulo(self) -> None:
        """Add a fifth region, on the southern half of the globe; no other file changes."""
        shutil.copy(_FIFTH_REGION, self.directory)

    def load(self) -> Fleet:
        return load_fleet(self.directory)

    def sentences(self) -> list[str]:
        """Load the files, which must be wrong, and return what is said about them."""
        with pytest.raises(FleetError) as caught:
            self.load()
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def files(tmp_path: Path) -> RegionFiles:
    return RegionFiles(tmp_path / "regions")
