"""Every point of the last 35 days can be had again."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import is_on, mappings, must_be_on, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

# The most that Aurora keeps; what must last longer is exported from these backups.
_DAYS = 35


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type == tokens.TABLE:
        yield from _table(subject)
    elif subject.type == tokens.BUCKET_VERSIONING:
        status = subject.get("versioningConfiguration.status")
        if status not in ("Enabled", UNKNOWN):
            yield f"versioningConfiguration.status is {written(status)}: it must be 'Enabled'."
    else:
        days = subject.get("backupRetentionPeriod")
        if days not in (_DAYS, UNKNOWN):
            yield f"backupRetentionPeriod is {written(days)}: it must be {_DAYS} days."


def _table(subject: Subject) -> Iterator[str]:
    yield from must_be_on(subject, "pointInTimeRecovery.enabled")
    for each in mappings(subject.get("replicas")):
        kept = each.get("pointInTimeRecovery")
        if kept is not UNKNOWN and not is_on(kept):
            yield f"The replica in {written(each.get('regionName'))} has no pointInTimeRecovery."


RULE = Rule(
    id="keep-backups",
    why="A mistake in the data is often found weeks later. Shorter retention deletes the older backups at once, and"
    " monthly exports are made from them.",
    fix=f"Set backup_retention_days to {_DAYS} in the region's file; switch point-in-time recovery and versions on.",
    types=(tokens.DB_CLUSTER, tokens.DB_INSTANCE, tokens.TABLE, tokens.BUCKET_VERSIONING),
    check=_check,
)
