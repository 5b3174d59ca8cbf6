"""No role without the environment's permissions boundary, and no users: people and workflows have roles."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject


def _check(subject: Subject, context: Context) -> Iterator[str]:
    if subject.type != tokens.ROLE:
        yield "Users and their keys live until somebody remembers them."
        return
    boundary = subject.get("permissionsBoundary")
    ours = f"arn:aws:iam::{context.environment.account_id}:policy/"
    if boundary is not UNKNOWN and not str(boundary).startswith(ours):
        yield f"permissionsBoundary is {written(boundary)}: it must be a policy of account {ours.split(':')[4]}."


RULE = Rule(
    id="bound-roles",
    why="A deploy role makes other roles: without the boundary it could make one that may do more than itself. IAM"
    " would refuse that, in the middle of the update.",
    fix="Make roles under the provider of stacks/providers.py, which gives them the boundary; log in by OIDC.",
    types=(tokens.ROLE, tokens.USER, tokens.ACCESS_KEY),
    check=_check,
)
