"""No password goes through the program: its state would keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policies import tokens
from policies.context import Context
from policies.rule import Rule
from policies.subject import Subject

_FIELDS: Mapping[str, tuple[str, ...]] = {
    tokens.DB_CLUSTER: ("masterPassword",),
    tokens.DB_INSTANCE: ("password",),
    tokens.CACHE: ("authToken",),
    tokens.CACHE_USER: ("passwords", "authenticationMode.passwords"),
    tokens.SECRET_VERSION: ("secretString", "secretBinary"),
    **dict.fromkeys(tokens.SECRETS, ("data", "stringData")),
}
"""Where a value would be a secret, by type."""


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    for field in _FIELDS[subject.type]:
        if subject.get(field) not in (None, {}, [], ""):  # what a preview does not know is a value, too
            yield f"{field} is given: the stack's state would keep it."
    if subject.type == tokens.DB_CLUSTER and subject.get("manageMasterUserPassword") and _is_global(subject):
        yield "manageMasterUserPassword does not work for members of a global cluster."


def _is_global(cluster: Subject) -> bool:
    return cluster.get("globalClusterIdentifier") is not None


RULE = Rule(
    id="keep-secrets-out-of-state",
    why="Everybody who may preview may read the state, and old states are kept: a secret in it has to be changed.",
    fix="Use a write-only argument (`…Wo`), IAM authentication, or an ExternalSecret: components/security/.",
    types=tuple(_FIELDS),
    check=_check,
)
