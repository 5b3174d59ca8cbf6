"""The permissions boundary of an environment's roles: what none of them may exceed. `wedops bootstrap` makes it."""

from __future__ import annotations

from components.scope import Scope


def boundary_name(environment: str) -> str:
    """The name of the policy that bounds every role which a stack's program makes."""
    return Scope(environment).name("boundary")


def boundary_arn(account_id: str, environment: str) -> str:
    """The ARN of that policy."""
    return f"arn:aws:iam::{account_id}:policy/{boundary_name(environment)}"
