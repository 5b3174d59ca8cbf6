"""What overrides are verified with, as this checkout has it. The only module of the guard that reads files and git."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from guard.override import Candidate
from guard.signers import FILE
from guard.tree import OVERRIDES, tree_hash

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout whose code runs: another one's overrides open nothing here."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.yaml")
_PATHS_TOLD = 5
_GIT_SECONDS = 60


class RepositoryError(Exception):
    """The checkout cannot be told to be what was approved; the message says why and what to do."""


def deployed_tree(project: Path) -> str:
    """Return the hash of what a deployment from this checkout deploys.

    Raises:
        RepositoryError: something in it is not committed, so that nobody could have approved it; or git cannot tell.
    """
    if paths := _uncommitted(project):
        more = f" and {len(paths) - _PATHS_TOLD} more" if len(paths) > _PATHS_TOLD else ""
        raise RepositoryError(
            f"The work tree is not what is committed: {', '.join(paths[:_PATHS_TOLD])}{more}. Only a commit can be"
            " approved: commit it, or stash it."
        )
    return committed_tree(project)


def committed_tree(project: Path) -> str:
    """Return the hash of the commit that is checked out.

    Raises:
        RepositoryError: git cannot tell.
    """
    top = _git(project, "rev-parse", "--show-toplevel").decode().removesuffix("\n")
    if Path(top).resolve() != project.resolve():
        raise RepositoryError(f"{project} is not a git repository of its own: its commits have other files as well.")
    return tree_hash(_git(project, "ls-tree", "-r", "-z", "--full-tree", "HEAD"))


def committed_signers(project: Path) -> bytes:
    """Return overrides/allowed_signers as it is committed: an edit that nobody has reviewed names no approver.

    Raises:
        RepositoryError: there is none, or git cannot tell.
    """
    return _git(project, "show", f"HEAD:{FILE}")


def author(project: Path) -> str:
    """Return the address by which this person commits, in lower case.

    Raises:
        RepositoryError: git knows none.
    """
    return _git(project, "config", "user.email").decode().strip().lower()


def candidates(project: Path) -> tuple[Candidate, ...]:
    """Return every document in overrides/, sorted by name.

    Raises:
        RepositoryError: one of them cannot be read.
    """
    directory = project / OVERRIDES
    return tuple(read_candidate(path) for path in sorted(directory.glob("*.yaml")))


def read_candidate(path: Path) -> Candidate:
    """Return a document and the signatures beside it, which are all files "<its name>.….sig".

    Raises:
        RepositoryError: it cannot be read, or its name is not one that `wedops override request` gives.
    """
    if not _NAME.fullmatch(path.name):
        raise RepositoryError(f"{path}: a document's name is small letters, digits and dashes, and ends in .yaml.")
    beside = sorted(each for each in path.parent.glob(f"{path.name}.*") if each.suffix == ".sig")
    try:
        signatures = {each.name: each.read_bytes() for each in beside}
        return Candidate(OVERRIDES + path.name, path.read_bytes(), signatures)
    except OSError as error:
        raise RepositoryError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _uncommitted(project: Path) -> list[str]:
    """Files outside overrides/ that differ from the commit, or that it does not have; ignored ones aside.

    Only the committed .gitignore files say what is ignored: an exclusion of this machine could hide a stack's settings.
    """
    status = _records(
        _git(project, "status", "--porcelain=v1", "-z", "--no-renames", "-uno", "--ignore-submodules=none")
    )
    others = _records(_git(project, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"))
    # Lower case: git was told to assume it unchanged. S: not to look at it in the work tree.
    hidden = [
        entry[2:]
        for entry in _records(_git(project, "ls-files", "-z", "-v"))
        if entry[0].islower() or entry.startswith("S")
    ]
    paths = {*(entry[3:] for entry in status), *others, *hidden}
    return sorted(path for path in paths if not path.startswith(OVERRIDES))


def _records(output: bytes) -> list[str]:
    return output.decode(errors="replace").split("\0")[:-1]


def _git(project: Path, *arguments: str) -> bytes:
    # Nothing from outside may lead git to another repository, index or object, and nothing is written.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-C", str(project), "-c", "core.fsmonitor=false", "-c", "core.fileMode=true", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=True, env=environment, timeout=_GIT_SECONDS)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or f"exit code {error.returncode}"
        raise RepositoryError(f"git {' '.join(arguments[:2])} fails: {said}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RepositoryError(f"git cannot be run: {error}") from error
    return done.stdout
