"""What holds data cannot be deleted by mistake, where the environment protects its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies import tokens
from policies.context import Context
from policies.reading import mappings, must_be_on, must_not_be_on, written
from policies.rule import Rule
from policies.subject import Subject

_SWITCHES: Mapping[str, tuple[str, ...]] = {
    tokens.GLOBAL_CLUSTER: ("deletionProtection",),
    tokens.DB_CLUSTER: ("deletionProtection",),
    tokens.DB_CLUSTER_INSTANCE: (),
    tokens.DB_INSTANCE: ("deletionProtection",),
    tokens.TABLE: ("deletionProtectionEnabled",),
    tokens.FILE_SYSTEM: (),
    tokens.BUCKET: (),
    tokens.REPOSITORY: (),
    tokens.ZONE: (),
    tokens.KEY: (),
    tokens.REPLICA_KEY: (),
    tokens.BACKUP_VAULT: (),
    tokens.CLUSTER: ("deletionProtection",),
    tokens.CLAIM: (),
}
"""What holds data, with AWS's own protections that must be on."""

_SHORTCUTS: Mapping[str, str] = {
    tokens.GLOBAL_CLUSTER: "forceDestroy",
    tokens.DB_CLUSTER: "skipFinalSnapshot",
    tokens.DB_INSTANCE: "skipFinalSnapshot",
    tokens.BUCKET: "forceDestroy",
    tokens.REPOSITORY: "forceDelete",
    tokens.ZONE: "forceDestroy",
    tokens.BACKUP_VAULT: "forceDestroy",
}
"""What lets a deletion take the data with it."""


def _check(subject: Subject, context: Context) -> Iterator[str]:
    if not context.environment.protect_data:
        return
    if not subject.protect:
        yield "It is not protected: Pulumi would delete or replace it."
    yield from must_be_on(subject, *_SWITCHES[subject.type])
    if subject.type in _SHORTCUTS:
        yield from must_not_be_on(subject, _SHORTCUTS[subject.type])
    for each in mappings(subject.get("replicas")) if subject.type == tokens.TABLE else ():
        if each.get("deletionProtectionEnabled") in (None, False):
            yield f"The replica in {written(each.get('regionName'))} has no deletionProtectionEnabled."


RULE = Rule(
    id="protect-data",
    why="A renamed component or a removed line would delete a database with one confirmation; restoring it takes longer"
    " than the contract's five minutes.",
    fix="Give it `protect` and the service's own deletion protection, as the environment's protect_data says; take no"
    " shortcut past the final snapshot.",
    types=tuple(_SWITCHES),
    check=_check,
)
