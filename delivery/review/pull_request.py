"""The pull request that a workflow runs for, as GitHub tells it in variables and in the event's file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delivery.steps import InputError

_VARIABLES = ("GITHUB_REPOSITORY", "GITHUB_EVENT_PATH", "GITHUB_TOKEN")
_API = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Where its comments are, and who may write them.

    `is_fork`: its branch is another repository's, whose workflows get neither credentials nor the right to comment.
    `summary`: the file that the run's page shows; None outside of a workflow.
    """

    api: str
    repository: str
    number: int
    is_fork: bool
    token: str = field(repr=False)
    summary: Path | None


def pull_request_of(variables: Mapping[str, str]) -> PullRequest:
    """Return the pull request of a workflow that `pull_request` has started.

    Args:
        variables: the process's environment.
    Raises:
        InputError: a variable is missing, or the event is of no pull request.
    """
    if missing := [name for name in _VARIABLES if not variables.get(name)]:
        raise InputError(
            f"--post: {', '.join(missing)} not set. GitHub sets them in a workflow, but for GITHUB_TOKEN, which a step"
            " hands over (.github/workflows/pull-request.yml). Without --post the comment is printed."
        )
    event = _event(Path(variables["GITHUB_EVENT_PATH"]))
    request = event.get("pull_request")
    if not isinstance(request, dict) or not isinstance(request.get("number"), int):
        raise InputError("--post: this workflow was not started by a pull request: there is nothing to comment on.")
    home = variables["GITHUB_REPOSITORY"]
    origin = ((request.get("head") or {}).get("repo") or {}).get("full_name")  # null: the fork is deleted
    summary = variables.get("GITHUB_STEP_SUMMARY")
    return PullRequest(
        api=variables.get("GITHUB_API_URL") or _API,
        repository=home,
        number=request["number"],
        is_fork=origin != home,
        token=variables["GITHUB_TOKEN"],
        summary=Path(summary) if summary else None,
    )


def _event(file: Path) -> dict[str, Any]:
    try:
        event = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"--post: GITHUB_EVENT_PATH {file}: cannot be read: {error}") from error
    return event if isinstance(event, dict) else {}
