"""The first of the locks: a program that runs in a freeze window registers nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pulumi

from guard.answer import answer
from guard.target import target_of
from regions.fleet import Fleet
from stacks.audit import AuditError, Trail
from stacks.environment import Environment


def check_freeze(environment: Environment, fleet: Fleet, stack: str, at: datetime, project: Path, trail: Trail) -> None:
    """Let the program go on where the stack may be changed now; in a preview, warn where it may not.

    Args:
        environment: its settings.
        fleet: of the environment's regions.
        stack: of one of them, or the global one.
        at: when; has an offset from UTC.
        project: the checkout.
        trail: where an update says that it uses an override, before anything is registered.
    Raises:
        pulumi.RunError: it is an update, and the stack may not be changed, or an override's use cannot be recorded.
    """
    verdict = answer(fleet, target_of(stack), at, freezes=environment.freeze, project=project)
    if pulumi.runtime.is_dry_run():
        if not verdict.allowed:
            pulumi.log.warn("\n".join(("An update would be refused now.", *verdict.sentences)))
        return
    if not verdict.allowed:
        raise pulumi.RunError("\n".join(verdict.sentences))
    if verdict.override:
        pulumi.log.warn("\n".join(verdict.sentences))
        try:
            trail(verdict.override, stack, verdict.at)
        except AuditError as error:
            raise pulumi.RunError(
                f"{stack} stays blocked: the use of {verdict.override.name} cannot be recorded. {error}"
            ) from error
