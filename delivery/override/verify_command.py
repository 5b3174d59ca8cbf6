"""`wedops override verify`: whether a document counts, for what is checked out, now."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from delivery.console import REFUSED, JsonOption, fail
from delivery.override.common import FileArgument, candidate_of, facts, override_errors

if TYPE_CHECKING:
    from guard.override import Approved, Candidate


def verify(file: FileArgument, json_output: JsonOption = False) -> None:
    """Tell whether an override counts: exit code 0 if it does, 3 if it is refused, 2 on bad input."""
    with override_errors():
        candidate = candidate_of(file)
        now = datetime.now(UTC).replace(microsecond=0)
        approved, refusals = _verify(candidate, now)
    if json_output:
        typer.echo(json.dumps(_document(candidate, approved, refusals, now), indent=2))
        if refusals:
            raise typer.Exit(REFUSED)
    elif approved:
        typer.secho(f"{approved.sentence}.", fg="green")
    else:
        fail("\n".join(refusals), REFUSED)


def _verify(candidate: Candidate, now: datetime) -> tuple[Approved | None, tuple[str, ...]]:
    """The override if it counts; else why not, which may also be something about this checkout."""
    from guard import override, repository
    from guard.signers import SignersError, read_signers

    project = repository.PROJECT
    try:
        signers, tree = read_signers(repository.committed_signers(project)), repository.deployed_tree(project)
        return override.verify(candidate, signers, tree, now), ()
    except override.RefusedError as error:
        return None, error.sentences
    except (repository.RepositoryError, SignersError) as error:
        return None, tuple(str(error).splitlines())


def _document(
    candidate: Candidate, approved: Approved | None, refusals: tuple[str, ...], now: datetime
) -> dict[str, object]:
    from delivery.instants import iso

    found: dict[str, object] = {"file": candidate.name, "at": iso(now), "valid": approved is not None}
    if approved is None:
        return {**found, "refusals": list(refusals)}
    return {**found, "approvers": list(approved.approvers), **facts(approved.override)}
