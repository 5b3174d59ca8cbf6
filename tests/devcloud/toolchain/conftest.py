"""A tiny Go module that needs no network, a cache of the test's own, and a progress that remembers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devcloud.toolchain.golang import find_go
from devcloud.toolchain.tools import ALL_MODULES, Module, Tool

_GO_MOD = """\
module wedsync/tiny

go 1.26.0

require example.test/pinned v1.2.3

replace example.test/pinned v1.2.3 => ./pinned
"""
_MAIN = """\
package main

import "example.test/pinned"

var version = "unstamped"

func main() { println(pinned.Greeting, version) }
"""


class Recorder:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.statuses: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def status(self, text: str) -> None:
        self.statuses.append(text)


@pytest.fixture
def progress() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def go_directory() -> Path:
    """Where this machine's Go is; the pinned wheel's, in the real cache, if it has none."""
    return find_go(ALL_MODULES[0].go_version, Recorder()).executable.parent


@pytest.fixture(scope="session")
def go_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go's standard library, compiled once for all tests."""
    return tmp_path_factory.mktemp("go-build")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, go_directory: Path, go_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache directory of this test."""
    monkeypatch.setenv("PATH", f"{go_directory}:{os.environ['PATH']}")
    monkeypatch.setenv("GOCACHE", str(go_cache))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "wedsync-devcloud"


@pytest.fixture
def module(tmp_path: Path) -> Module:
    """One tool without dependencies but a local one."""
    directory = tmp_path / "tiny"
    (directory / "pinned").mkdir(parents=True)
    (directory / "go.mod").write_text(_GO_MOD)
    (directory / "go.sum").write_text("")
    (directory / "main.go").write_text(_MAIN)
    (directory / "pinned" / "go.mod").write_text("module example.test/pinned\n\ngo 1.26.0\n")
    (directory / "pinned" / "pinned.go").write_text('package pinned\n\nconst Greeting = "hello from"\n')
    return Module(
        name="tiny",
        directory=directory,
        packages={Tool.ETCD: "wedsync/tiny"},
        pinned="example.test/pinned",
        stamps=lambda version: {"main.version": version},
    )
