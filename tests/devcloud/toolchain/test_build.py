"""Real builds of a tiny module."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from devcloud.toolchain.build import entry_of
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.tools import ALL_MODULES, Module, Tool


class _Lines(Progress, Protocol):
    lines: list[str]


def test_a_build_makes_a_stamped_executable_and_says_so(module: Module, progress: _Lines) -> None:
    directory = entry_of(module, progress).ensure(progress)

    answer = subprocess.run([directory / Tool.ETCD], capture_output=True, text=True, check=True)
    assert answer.stderr == "hello from v1.2.3\n"
    assert any(line.startswith("building tiny v1.2.3, once for this machine") for line in progress.lines)
    assert progress.lines[-1].startswith("built tiny v1.2.3 in 0:")


def test_what_is_built_is_not_built_again(module: Module, progress: _Lines) -> None:
    executable = entry_of(module, progress).ensure(progress) / Tool.ETCD
    before, said = executable.stat().st_ino, list(progress.lines)

    entry_of(module, progress).ensure(progress)

    assert (executable.stat().st_ino, progress.lines) == (before, said)


def test_a_truncated_executable_is_built_again(module: Module, progress: _Lines) -> None:
    executable = entry_of(module, progress).ensure(progress) / Tool.ETCD
    whole = executable.read_bytes()
    executable.write_bytes(whole[: len(whole) // 2])

    entry_of(module, progress).ensure(progress)

    assert executable.read_bytes() == whole
    assert f"tiny v1.2.3: {executable} is damaged; making it again" in progress.lines


def test_other_pins_or_flags_are_another_entry(module: Module, progress: _Lines) -> None:
    before = entry_of(module, progress).directory
    (module.directory / "go.sum").write_text("\n")
    other_pins = entry_of(module, progress).directory
    other_flags = entry_of(replace(module, stamps=lambda _: {}), progress).directory

    assert len({before, other_pins, other_flags}) == 3


def test_a_build_that_fails_quotes_the_compiler_and_leaves_nothing(
    module: Module, progress: _Lines, cache: Path
) -> None:
    (module.directory / "main.go").write_text("package main\n\nfunc main() { undefinedName() }\n")

    with pytest.raises(ToolchainError, match=r"(?s)building etcd failed.*Log: .*undefined: undefinedName"):
        entry_of(module, progress).ensure(progress)

    assert [path for path in cache.iterdir() if path.is_dir()] == []


def test_without_network_a_missing_module_is_a_sentence(
    module: Module, progress: _Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_mod = module.directory / "go.mod"
    go_mod.write_text(go_mod.read_text().split("replace")[0])
    hashes = "example.test/pinned v1.2.3 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    (module.directory / "go.sum").write_text(hashes + hashes.replace("v1.2.3", "v1.2.3/go.mod"))
    monkeypatch.setenv("GOPROXY", "https://127.0.0.1:9")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))

    with pytest.raises(ToolchainError, match=r"downloading tiny v1\.2\.3 failed\. There is no network: connect"):
        entry_of(module, progress).ensure(progress)


@pytest.mark.parametrize("module", ALL_MODULES, ids=lambda module: module.name)
def test_every_module_pins_a_version_and_needs_no_newer_go_than_the_wheel(module: Module) -> None:
    assert module.version.startswith("v")
    assert tuple(map(int, module.go_version.split("."))) <= (1, 26, 6)
    assert (module.directory / "go.sum").stat().st_size > 0
