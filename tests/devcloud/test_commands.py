"""`python -m devcloud` as a user runs it: every mistake ends in a sentence and an exit code, and touches nothing."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from devcloud import bring_up
from devcloud.__main__ import BAD_INPUT, FAILED, NOT_RUNNING, app
from devcloud.cloud import Cloud
from devcloud.locks import hold
from devcloud.processes import LOOPBACK, Ports
from devcloud.state import CHECKOUT, State

_SECONDS = 60
_SOURCES = ("components", "delivery", "devcloud", "regions", "stacks")


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    output: str


Run = Callable[..., Finished]


@pytest.fixture
def state(tmp_path: Path) -> Generator[State]:
    """One that no test brings up; should a refusal be missing, its cloud does not outlive the test."""
    made = State(tmp_path / "state")
    yield made
    Cloud(made, print).stop()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the commands read, to break."""
    copy = tmp_path / "checkout"
    for name in _SOURCES:
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Pulumi.yaml", "Pulumi.local.yaml"):
        shutil.copy(CHECKOUT / name, copy)
    return copy


@pytest.fixture
def run(state: State) -> Run:
    """Runs a command for `state`, both outputs together."""

    def run(command: str, *words: str, cwd: Path = CHECKOUT) -> Finished:
        done = subprocess.run(
            [sys.executable, "-m", "devcloud", command, "--state", str(state.root), *words],
            cwd=cwd,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert "Traceback" not in done.stdout
        return Finished(done.returncode, done.stdout.strip())

    return run


@pytest.mark.parametrize("command", ["status", "preview", "env"])
def test_what_needs_a_running_cloud_says_that_there_is_none(command: str, run: Run, state: State) -> None:
    assert run(command) == (NOT_RUNNING, "The embedded cloud is not running. Start it: make up")
    assert not state.root.exists()


def test_down_without_a_cloud_says_so(run: Run) -> None:
    assert run("down") == (0, "it was not running")


def test_destroy_of_nothing_says_so(run: Run, state: State) -> None:
    assert run("destroy") == (0, f"nothing to remove: {state.root} does not exist")


def test_destroy_removes_what_is_left_of_a_cloud(run: Run, state: State) -> None:
    with hold(state.lock):
        Ports(state.ports).get("aws")
    destroyed = run("destroy")
    assert destroyed.code == 0
    assert f"removed {state.root}" in destroyed.output
    assert not state.root.exists()


@pytest.mark.parametrize("command", ["destroy", "up", "down"])
def test_a_directory_of_somebody_else_is_left_alone(command: str, run: Run, state: State) -> None:
    """A cloud that moved into it would take it along when it is destroyed."""
    state.root.mkdir()
    (state.root / "thesis.txt").write_text("three years of work")
    refused = run(command)
    assert refused.code == FAILED
    assert f"{state.root} is not the state of an embedded cloud" in refused.output
    assert _files(state.root) == {"thesis.txt": "three years of work"}


def test_an_unknown_region_is_told_with_those_that_are_allowed(run: Run, state: State) -> None:
    refused = run("up", "--regions", "us-east-1,atlantis-1")
    assert refused.code == BAD_INPUT
    assert "atlantis-1 unknown" in refused.output
    assert "Allowed: all, us-east-1, asia-pacific-1, eu-central-1, us-west-1" in refused.output
    assert not state.root.exists()


def test_every_mistake_in_a_region_file_is_told(run: Run, state: State, checkout: Path) -> None:
    file = checkout / "regions" / "us-west-1.yaml"
    file.write_text(file.read_text().replace("America/", "Amerika/") + "\ncolour: blue\n")
    refused = run("up", cwd=checkout)
    assert refused.code == BAD_INPUT
    assert "regions/us-west-1.yaml" in refused.output
    assert "Amerika/" in refused.output
    assert "colour" in refused.output
    assert not state.root.exists()


def test_wrong_settings_are_told(run: Run, state: State, checkout: Path) -> None:
    file = checkout / "Pulumi.local.yaml"
    file.write_text(file.read_text().replace("protect_data: false", "protect_data: perhaps\n    colour: blue"))
    refused = run("up", cwd=checkout)
    assert refused.code == BAD_INPUT
    assert "Pulumi.local.yaml: protect_data is 'perhaps'" in refused.output
    assert "Pulumi.local.yaml: colour is not a setting" in refused.output
    assert not state.root.exists()


def test_a_region_without_a_file_is_told(run: Run, state: State, checkout: Path) -> None:
    file = checkout / "Pulumi.local.yaml"
    text = file.read_text().replace("[us-east-1,", "[atlantis-1, us-east-1,")
    file.write_text(text.replace("      us-east-1:", "      atlantis-1: 1\n      us-east-1:"))
    refused = run("up", cwd=checkout)
    assert refused.code == BAD_INPUT
    assert "Pulumi.local.yaml: regions names atlantis-1, without a file in regions/" in refused.output
    assert not state.root.exists()


@pytest.mark.parametrize("command", ["up", "down", "destroy"])
def test_a_second_command_is_told_who_is_at_work(command: str, run: Run, state: State) -> None:
    with hold(state.command_lock):
        refused = run(command)
    assert refused.code == FAILED
    assert f"works on {state.root} (process {os.getpid()}): wait for it" in refused.output


def test_a_disk_that_fills_up_is_told(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/etcd/wal")

    monkeypatch.setattr(bring_up, "bring_up", fill)
    done = CliRunner().invoke(app, ["up", "--state", str(state.root)])
    assert done.exit_code == FAILED
    assert "The disk is full (/somewhere/etcd/wal). Free some space" in done.output


@pytest.mark.cluster
def test_an_occupied_port_is_told(run: Run, state: State) -> None:
    with hold(state.command_lock):  # it was up before
        port = Ports(state.ports).get("aws")
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind((LOOPBACK, port))
        somebody.listen()
        refused = run("up")
        status = run("status")
    sentence = f"port {port} (aws) is taken by another process. Stop that process"
    assert refused.code == FAILED
    assert sentence in refused.output
    assert status.code == NOT_RUNNING
    assert f"It stopped: {sentence}" in status.output


def test_make_with_an_older_python_says_what_to_do(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("Makefile", "requirements.lock", "bootstrap.lock", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, checkout)
    older = tmp_path / "python3.9"
    older.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9, 0); exec(sys.argv[1])" "$2"\n'
    )
    older.chmod(0o755)
    done = subprocess.run(
        ["make", "-C", str(checkout), f"PYTHON={older}", "setup"],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode != 0
    assert f"{older} is older than Python 3.11. Name a newer one: make PYTHON=python3.12 setup" in done.stderr
    assert not (checkout / ".venv").exists()


def _files(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}
