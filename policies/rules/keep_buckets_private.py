"""No bucket can be made public, by a policy or by an object's own list."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import must_be_on
from policies.rule import Rule
from policies.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    return must_be_on(subject, "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


RULE = Rule(
    id="keep-buckets-private",
    why="Buckets here hold seven years of the databases' contents.",
    fix="Leave all four switches on; give a reader rights by a role.",
    types=(tokens.BUCKET_PUBLIC_ACCESS_BLOCK,),
    check=_check,
)
