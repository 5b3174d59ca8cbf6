"""The answer for this checkout: what every lock asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from guard.override import Approved, Candidate, RefusedError, is_over, verify
from guard.repository import (
    PROJECT,
    RepositoryError,
    candidates,
    committed_signers,
    deployed_tree,
)
from guard.signers import SignersError, read_signers
from guard.target import Target
from guard.verdict import Verdict, may_change
from regions.fleet import Fleet


def answer(fleet: Fleet, target: Target, at: datetime, *, freezes: bool, project: Path = PROJECT) -> Verdict:
    """Return whether the stack may be changed at this instant; see `may_change`.

    Where a window blocks it, the overrides of the checkout are looked at, and those that fail are told with why.

    Args:
        fleet: the environment's regions.
        target: the stack.
        at: when; has an offset from UTC.
        freezes: whether the environment has freeze windows at all, as its settings say.
        project: the checkout.
    Raises:
        KeyError: the fleet has no such region.
        NaiveInstantError: `at` has no offset from UTC.
    """
    verdict = may_change(fleet, target, at, freezes=freezes)
    if verdict.allowed:
        return verdict
    try:
        found = candidates(project)
        if not found:
            return verdict
        approved, refusals = _approved(found, project, target, at)
    except (RepositoryError, SignersError) as error:
        approved, refusals = None, (f"No override counts. {error}",)
    if approved:
        return may_change(fleet, target, at, freezes=freezes, override=approved)
    return replace(verdict, sentences=(*verdict.sentences, *refusals))


def _approved(
    found: tuple[Candidate, ...], project: Path, target: Target, at: datetime
) -> tuple[Approved | None, tuple[str, ...]]:
    """The first override that opens the stack; without, why each that is not over does not."""
    signers, tree = read_signers(committed_signers(project)), deployed_tree(project)
    refusals: list[str] = []
    for candidate in found:
        try:
            approved = verify(candidate, signers, tree, at)
        except RefusedError as error:
            refusals += () if is_over(candidate, at) else error.sentences
            continue
        objection = approved.objection(target, at)
        if objection is None:
            return approved, ()
        refusals.append(objection)
    return None, tuple(refusals)
