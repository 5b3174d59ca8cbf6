"""The Pulumi command: the one on PATH if the project accepts its version, else the pinned build."""

from __future__ import annotations

import operator
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from devcloud.toolchain.build import entry_of
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.progress import Progress
from devcloud.toolchain.tools import Tool, module_of

LANGUAGE_HOST = "pulumi-language-python"
_ANSWER_SECONDS = 30
_COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}


@dataclass(frozen=True)
class PulumiCli:
    """A Pulumi command that the project accepts.

    Attributes:
        path: of the executable.
        version: e.g. "3.250.0".
        has_language_host: whether the official Python language host lies beside it; if not, ours has to stand in.
    """

    path: Path
    version: str
    has_language_host: bool


def pulumi_cli(project_file: Path, progress: Progress) -> PulumiCli:
    """Find or build a Pulumi in the range that `project_file` (Pulumi.yaml) states as `requiredPulumiVersion`.

    Raises:
        ToolchainError: the range is not stated or not understood, or the build fails.
    """
    accepted = _accepted_range(project_file)
    on_path = shutil.which("pulumi")
    if on_path is not None:
        version = cli_version(Path(on_path))
        if version is not None and satisfies(version, accepted):
            return _cli(Path(on_path), version)
        progress.line(
            f"pulumi {version or '(it does not run)'} on PATH is not {accepted}: using the pinned one instead"
        )
    module = module_of(Tool.PULUMI)
    version = module.version.removeprefix("v")
    if not satisfies(version, accepted):
        raise ToolchainError(
            f"{project_file} accepts Pulumi {accepted}, but {module.directory / 'go.mod'} pins {version}: "
            "change one of them, or put a Pulumi of that range on PATH."
        )
    return _cli(entry_of(module, progress).ensure(progress) / Tool.PULUMI, version)


def cli_version(executable: Path) -> str | None:
    """The version that a `pulumi` says it is, e.g. "3.250.0"; None if it does not run."""
    try:
        answer = subprocess.run(
            [executable, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+)(?:[-+].*)?", answer.stdout.strip())
    return match[1] if match and answer.returncode == 0 else None


def satisfies(version: str, accepted: str) -> bool:
    """Whether "3.250.0" lies in a range such as ">=3.250.0 <4.0.0".

    Raises:
        ToolchainError: the range is not a list of comparisons.
    """
    for clause in accepted.split():
        match = re.fullmatch(r"(>=|<=|>|<|=)(\d+\.\d+\.\d+)", clause)
        if match is None:
            raise ToolchainError(
                f"requiredPulumiVersion: cannot read {clause!r} in {accepted!r}; "
                'write comparisons such as ">=3.250.0 <4.0.0".'
            )
        if not _COMPARISONS[match[1]](_numbers(version), _numbers(match[2])):
            return False
    return True


def _accepted_range(project_file: Path) -> str:
    project = yaml.safe_load(project_file.read_text())
    accepted = project.get("requiredPulumiVersion")
    if not isinstance(accepted, str):
        raise ToolchainError(f'{project_file}: requiredPulumiVersion is missing; write e.g. ">=3.250.0 <4.0.0".')
    return accepted


def _cli(path: Path, version: str) -> PulumiCli:
    places = (path.parent, path.resolve().parent)
    has_language_host = any(os.access(place / LANGUAGE_HOST, os.X_OK) for place in places)
    return PulumiCli(path, version, has_language_host)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
