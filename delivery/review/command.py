"""`wedops review`: what an edit would do to an environment, for whoever reviews it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import EnvironmentOption, JsonOption, errors

if TYPE_CHECKING:
    from delivery.review.looks import Looker
    from delivery.review.pull_request import PullRequest
    from delivery.review.seen import Seen

BaseOption = Annotated[str, typer.Option("--base", help="What the edit is compared with: a branch or a commit.")]
PostOption = Annotated[bool, typer.Option("--post", help="Put it on the pull request that the workflow runs for.")]

_FORK = (
    "No stack was previewed: this pull request comes from a fork, and a fork's workflows get no credentials. Somebody"
    " who may write to this repository can push its commits to a branch here."
)


def review(
    environment: EnvironmentOption, base: BaseOption, post: PostOption = False, json_output: JsonOption = False
) -> None:
    """Preview every stack that an edit touches, and write one comment. Changes nothing.

    Exit code 0; 3 if checks or policies would stop a stack's update; 1 if a stack could not be previewed.
    """
    from guard.repository import PROJECT

    review_in(PROJECT, datetime.now(UTC), os.environ, environment, base, post=post, json_output=json_output)


def review_in(
    project: Path,
    at: datetime,
    variables: Mapping[str, str],
    environment: str,
    base: str,
    *,
    post: bool,
    json_output: bool,
) -> None:
    """`wedops review` in a given checkout, at a given instant and with given variables."""
    with errors():
        from delivery.review.comment import comment, mistakes
        from delivery.review.looks import Looker, look_at
        from delivery.review.pull_request import pull_request_of
        from delivery.review.seen import exit_code
        from delivery.steps import InputError
        from regions.problems import FleetError
        from stacks.environment import SettingsError

        request = pull_request_of(variables) if post else None
        if request is not None and request.is_fork:
            typer.echo(_FORK, err=True)
            _summarise(request, _FORK)
            return
        look = Looker(project, at)
        try:
            stacks, others = _stacks(look, environment, base)
        except (FleetError, SettingsError, InputError) as error:
            if request is not None:
                _post(mistakes(environment, str(error)), environment, request, begins=True)
            raise
        seen = look_at(stacks, look, lambda said: typer.echo(said, err=True))
        text = comment(environment, seen, others)
        if json_output:
            typer.echo(json.dumps(_document(environment, base, seen, text), indent=2))
        elif request is None:
            typer.echo(text)
        if request is not None:
            _post(text, environment, request, begins=bool(seen))
    if code := exit_code(seen):
        raise typer.Exit(code)


def _stacks(look: Looker, environment: str, base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that the edit touches, and the environment's others."""
    from delivery.review.edits import edits
    from delivery.review.touched import touched
    from guard.target import Target

    regions = tuple(look.subject(environment).fleet.regions)
    found = touched(edits(look.project, base), environment, regions)
    every = [Target(environment, region).stack for region in (None, *regions)]
    return found, tuple(stack for stack in every if stack not in found)


def _post(text: str, environment: str, request: PullRequest, *, begins: bool) -> None:
    """Post it; where that cannot be, it is on the page of the workflow's run."""
    from delivery.review.comment import marker
    from delivery.review.github import PostError, post
    from delivery.steps import StepError

    try:
        address = post(text, marker(environment), request, begins=begins)
    except PostError as error:
        _summarise(request, text)
        said = f"{error}. The comment is in the run's summary instead."
        if not error.forbidden:
            raise StepError(said) from error
        typer.secho(said, fg="yellow", err=True)
    else:
        typer.echo(
            address or "Nothing to say: this edit touches no stack, and no earlier comment says otherwise.", err=True
        )


def _summarise(request: PullRequest, text: str) -> None:
    if request.summary is None:
        typer.echo(text)
        return
    with request.summary.open("a", encoding="utf-8") as summary:
        summary.write(f"{text}\n")


def _document(environment: str, base: str, seen: list[Seen], text: str) -> dict[str, object]:
    from delivery.deploy.document import document
    from delivery.deploy.review import Result

    return {
        "environment": environment,
        "base": base,
        "stacks": [
            {**document(each.review, each.review.result or Result.PREVIEWED), "new": each.is_new} for each in seen
        ],
        "comment": text,
    }
