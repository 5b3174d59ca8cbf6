"""`wedops drift`: whether somebody, or something, has changed what the stacks of an environment are made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from delivery.console import EnvironmentOption, JsonOption, errors

if TYPE_CHECKING:
    from pathlib import Path

    from delivery.drift.drifted import Drift


def drift(environment: EnvironmentOption, json_output: JsonOption = False) -> None:
    """Tell which stacks differ from this checkout, by what is live: a line each. Changes nothing.

    Exit code 0; 3 if a stack drifted, which it also did by an edit that was not deployed yet; 1 if one could not be
    looked at.
    """
    from guard.repository import PROJECT

    drift_in(PROJECT, environment, json_output=json_output)


def drift_in(project: Path, environment: str, *, json_output: bool) -> None:
    """`wedops drift` in a given checkout."""
    with errors():
        from delivery.deploy.subject import Surroundings, subject_of
        from delivery.drift.drifted import Drift, DriftLooker, exit_code
        from delivery.side_by_side import side_by_side
        from guard.target import Target

        regions = subject_of(environment, Surroundings(project)).fleet.regions
        stacks = [Target(environment, region).stack for region in (None, *regions)]
        found: list[Drift] = []
        looked = side_by_side(DriftLooker(project), stacks, lambda said: typer.echo(said, err=True))
        for stack, each in zip(stacks, looked, strict=True):
            found.append(each if isinstance(each, Drift) else Drift(stack, failure=f"wedops itself failed: {each!r}"))
            if not json_output:
                typer.secho(found[-1].line, fg="red" if found[-1].failure or found[-1].drifted else "green")
        if json_output:
            typer.echo(json.dumps(_document(environment, found), indent=2))
    if code := exit_code(found):
        raise typer.Exit(code)


def _document(environment: str, found: list[Drift]) -> dict[str, object]:
    return {
        "environment": environment,
        "stacks": [
            {
                "stack": each.stack,
                "drifted": each.drifted,
                "failure": each.failure or None,
                "changes": [
                    {"operation": step.operation, "urn": step.urn, "paths": list(step.paths)} for step in each.steps
                ],
                "outputs": list(each.outputs),
            }
            for each in found
        ],
    }
