"""No update in a freeze window: the second of the locks, for a program that the first was taken out of."""

from __future__ import annotations

from collections.abc import Iterator

from guard.answer import answer
from guard.target import target_of
from policies.context import Context
from policies.rule import Finding, Rule
from policies.subject import Subject
from policies.tokens import STACK


def _check(_root: Subject, context: Context) -> Iterator[Finding]:
    freezes, project = context.environment.freeze, context.project
    verdict = answer(context.fleet, target_of(context.stack), context.at, freezes=freezes, project=project)
    if verdict.allowed:
        return
    said = " ".join(verdict.sentences)
    if context.dry_run:
        yield Finding("advisory", f"An update would be refused now. {said}")
    else:
        yield Finding("mandatory", said)


RULE = Rule(
    id="block-saturday-deploys",
    why="On Saturdays, and around event days, couples marry: what breaks then cannot be repaired in time.",
    fix="Wait until the window ends. In an emergency two approvers open it: overrides/README.md.",
    # The root is registered before everything else: a violation on it stops an update that has done nothing yet.
    types=(STACK,),
    check=_check,
)
