"""Definitions out of Go modules: split, checked against the pins, kept. A program stands in for `go`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Protocol

import pytest

from devcloud.toolchain.definitions import FILES, definition_files
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.tools import MODULES

_GO = """\
#!/bin/sh
here=$(dirname "$0")
if [ "$1" = env ]; then echo go1.26.8; exit 0; fi
answer="$here/$(echo "$4" | tr / _).json"
if [ -e "$answer" ]; then cat "$answer"; else echo "dial tcp: lookup proxy: no such host" >&2; exit 1; fi
"""
_PINNED = re.compile(r"^(\S+) (v[^\s/]+) (h1:\S+)$", re.MULTILINE)


class _Lines(Progress, Protocol):
    lines: list[str]


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a `go` that has the pinned modules."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "go").write_text(_GO)
    (programs / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    for module, version, checksum in _PINNED.findall((MODULES / "crds" / "go.sum").read_text()):
        source = tmp_path / "modules" / module
        answer = {"Dir": str(source), "Sum": checksum}
        (programs / f"{module}@{version}.json".replace("/", "_")).write_text(json.dumps(answer))
    return programs


def _fill(modules: Path) -> None:
    """Every file that is taken out of the modules, whatever it is called."""
    for module, files in FILES.items():
        for number, file in enumerate(files):
            target = modules.parent / "modules" / module / file
            target.parent.mkdir(parents=True, exist_ok=True)
            names = [f"{kind}{number}.{module.replace('/', '.')}" for kind in ("a", "b")]
            target.write_text("".join(f"---\nmetadata: {{name: {name}}}\n" for name in names) + "---\n")


def test_each_definition_is_a_file_of_its_own_and_is_fetched_once(modules: Path, progress: _Lines) -> None:
    _fill(modules)

    files = definition_files(progress)
    (modules / "go").unlink()

    assert definition_files(progress) == files
    assert progress.lines == ["fetching CustomResourceDefinitions, once for this machine"]
    names = [json.loads(file.read_text())["metadata"]["name"] for file in files]
    assert [f"{name}.json" for name in names] == [file.name for file in files]
    assert {"a0.istio.io.api", "b0.istio.io.api"} <= set(names)


def test_a_module_that_is_not_the_pinned_one_is_refused(modules: Path, progress: _Lines) -> None:
    _fill(modules)
    (answer,) = modules.glob("istio.io_api@*.json")
    answer.write_text(json.dumps({**json.loads(answer.read_text()), "Sum": "h1:other="}))

    with pytest.raises(ToolchainError, match=r"downloading istio\.io/api v\S+: its checksum h1:other= is not the one"):
        definition_files(progress)


def test_without_network_it_is_a_sentence(modules: Path, progress: _Lines) -> None:
    (answer,) = modules.glob("istio.io_api@*.json")
    answer.unlink()

    with pytest.raises(ToolchainError, match=r"downloading istio\.io/api v\S+ failed\. There is no network: connect"):
        definition_files(progress)
