"""Every bucket has all that a bucket is made of: its encryption, its locks against the public, its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies import tokens
from policies.context import Context
from policies.rule import StackRule
from policies.subject import UNKNOWN, Subject

_PARTS = (
    tokens.BUCKET_ENCRYPTION,
    tokens.BUCKET_PUBLIC_ACCESS_BLOCK,
    tokens.BUCKET_POLICY,
    tokens.BUCKET_VERSIONING,
)


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[str]:
    buckets = [each for each in subjects if each.type == tokens.BUCKET]
    for part in _PARTS:
        owners = [each.get("bucket") for each in subjects if each.type == part]
        for bucket in buckets:
            # Whose part it is may be known only when the bucket is there: then nobody can be said to have none.
            if bucket.get("bucket") not in owners and UNKNOWN not in owners and bucket.get("bucket") is not UNKNOWN:
                yield f"Bucket {bucket.name} has no {part.rpartition(':')[2]}."


RULE = StackRule(
    id="complete-buckets",
    why="In AWS a bucket's protections are resources of their own: without them it is there, and open to mistakes.",
    fix="Make buckets with components/database/export_bucket.py, which has all of them.",
    check=_check,
)
