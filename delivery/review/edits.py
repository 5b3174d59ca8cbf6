"""What a checkout has that its base has not: by git. What is not committed counts too, for it is previewed as well."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from delivery.review.touched import Edit
from delivery.steps import InputError

_SECONDS = 60


def edits(project: Path, base: str) -> tuple[Edit, ...]:
    """Return the files that differ from where the work branched off, sorted by path.

    Args:
        project: the checkout.
        base: a commit or branch, such as "origin/main".
    Raises:
        InputError: git does not know it, or the two have no common commit.
    """
    commit = _git(project, base, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    start = _git(project, base, "merge-base", commit.strip(), "HEAD").strip()
    differing = _git(project, base, "diff", "--name-only", "--no-renames", "-z", start)
    new = _git(project, base, "ls-files", "--others", "--exclude-standard", "-z")
    paths = sorted({*differing.split("\0"), *new.split("\0")} - {""})
    return tuple(Edit(path, _fields(project, base, start, path)) for path in paths)


def _fields(project: Path, base: str, start: str, path: str) -> frozenset[str] | None:
    """Which fields of a YAML file differ; None for other files, new and deleted ones, and where it cannot be read."""
    file = project / path
    if not path.endswith(".yaml") or not file.is_file():
        return None
    if not _git(project, base, "ls-tree", start, "--", path):
        return None
    try:
        before, after = _read(_git(project, base, "show", f"{start}:{path}")), _read(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError):  # also a date that is none, and what is no UTF-8
        return None
    if before is None or after is None:
        return None
    missing = object()
    return frozenset(key for key in {*before, *after} if before.get(key, missing) != after.get(key, missing))


def _read(text: str) -> dict[str, Any] | None:
    document = yaml.safe_load(text)
    return dict(_leaves(document, "")) if isinstance(document, dict) else None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict) or not value:
        yield path, value
        return
    for key, item in value.items():
        yield from _leaves(item, f"{path}.{key}" if path else str(key))


def _git(project: Path, base: str, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(project), *arguments], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode != 0:
        raise InputError(
            f"--base {base}: git cannot compare {project} with it"
            f" ({done.stderr.strip() or 'no such commit, or none in common'}). Name a commit or branch that is in the"
            " clone: `git fetch origin`, and in a workflow actions/checkout with fetch-depth: 0."
        )
    return done.stdout
