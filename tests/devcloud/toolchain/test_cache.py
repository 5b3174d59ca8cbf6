"""What may go wrong around a cache entry: interruptions, company, damage, a full disk."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import pytest

from devcloud.toolchain.cache import Entry, damage
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress

DEADLINE_SECONDS = 20.0

_HALF_WAY = """
import sys, time
from pathlib import Path
from devcloud.toolchain.cache import Entry
from devcloud.toolchain.progress import ConsoleProgress

def make(directory):
    (directory / "tool").write_text("hal")
    print("half way", flush=True)
    time.sleep(600)

Entry("tool", Path(sys.argv[1]), make).ensure(ConsoleProgress(sys.stderr))
"""


class _Lines(Progress, Protocol):
    lines: list[str]


def _make(directory: Path) -> Iterable[Path]:
    tool = directory / "tool"
    tool.write_text("whole")
    return [tool]


def test_killed_half_way_nothing_is_taken_for_finished(cache: Path, progress: _Lines) -> None:
    entry = Entry("tool", cache / "tool-1", _make)
    command = [sys.executable, "-c", _HALF_WAY, str(entry.directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "half way\n"
        os.kill(builder.pid, signal.SIGKILL)

    assert damage(entry.directory) == "it is not in the cache"
    assert (entry.ensure(progress) / "tool").read_text() == "whole"


def test_two_builders_build_once_and_the_second_says_that_it_waits(cache: Path, progress: _Lines) -> None:
    started, go_on, made = threading.Event(), threading.Event(), list[int]()

    def make_slowly(directory: Path) -> Iterable[Path]:
        made.append(1)
        started.set()
        assert go_on.wait(DEADLINE_SECONDS)
        return _make(directory)

    entry = Entry("tool", cache / "tool-1", make_slowly)
    first = threading.Thread(target=entry.ensure, args=[progress])
    second = threading.Thread(target=entry.ensure, args=[progress])
    first.start()
    assert started.wait(DEADLINE_SECONDS)
    second.start()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not progress.lines and time.monotonic() < deadline:
        time.sleep(0.01)
    go_on.set()
    first.join(DEADLINE_SECONDS)
    second.join(DEADLINE_SECONDS)

    assert progress.lines == ["tool: another process is making it; waiting for it"]
    assert made == [1]
    assert damage(entry.directory) is None


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda entry: (entry / "tool").write_text("hole"), "tool is damaged"),
        (lambda entry: (entry / "tool").unlink(), "tool is missing"),
        (lambda entry: (entry / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda entry: (entry / "manifest.json").write_text("{"), "manifest.json is damaged"),
    ],
)
def test_damage_is_named_and_repaired(
    cache: Path, progress: _Lines, spoil: Callable[[Path], object], sentence: str
) -> None:
    entry = Entry("tool", cache / "tool-1", _make)
    spoil(entry.ensure(progress))

    assert str(damage(entry.directory)).endswith(sentence)
    entry.ensure(progress)
    assert damage(entry.directory) is None
    assert progress.lines == [f"tool: {entry.directory}/{sentence}; making it again"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(cache: Path, progress: _Lines) -> None:
    def make(directory: Path) -> Iterable[Path]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(directory))

    with pytest.raises(ToolchainError, match=r"preparing tool failed\. The disk is full: free about 8 GB"):
        Entry("tool", cache / "tool-1", make).ensure(progress)

    assert [path.name for path in cache.iterdir()] == ["tool-1.lock"]


def test_a_cache_that_cannot_be_written_names_the_variable(tmp_path: Path, progress: _Lines) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ToolchainError, match=r"preparing tool failed: .*Set XDG_CACHE_HOME"):
        Entry("tool", tmp_path / "file" / "tool-1", _make).ensure(progress)
