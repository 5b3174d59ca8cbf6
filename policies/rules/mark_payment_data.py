"""What holds payment data is marked as in scope of PCI DSS, in every region."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_TAG, _VALUE = "wedsync:pci-dss", "in-scope"


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    tags = subject.get("tags", {})
    if tags is not UNKNOWN and tags.get(_TAG) not in (_VALUE, UNKNOWN):
        yield f"Tag {_TAG} is {written(tags.get(_TAG))}: it must be {_VALUE!r}."


RULE = Rule(
    id="mark-payment-data",
    why="Assessors and scanners find the systems in scope by this mark: what lacks it is left out of both.",
    fix=f"Add {_TAG}={_VALUE} to its tags.",
    # Payments are in the database: in its members, its exports, and what the cache keeps of it.
    types=(
        tokens.GLOBAL_CLUSTER,
        tokens.DB_CLUSTER,
        tokens.DB_CLUSTER_INSTANCE,
        tokens.DB_INSTANCE,
        tokens.CACHE,
        tokens.BUCKET,
    ),
    check=_check,
)
