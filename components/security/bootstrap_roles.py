"""The names of the roles that `wedops bootstrap` makes, as far as what it deploys refers to them."""

from __future__ import annotations

from components.scope import Scope

ROLES_PATH = "/bootstrap/"
"""The IAM path of bootstrap's roles. The roles that stacks make are at `/`, so no pattern of theirs matches one."""

_NAME_LIMIT = 63


def deploy_role(scope: Scope) -> str:
    """The name of the role that deploys one stack."""
    return scope.name("deploy", _NAME_LIMIT)


def emergency_role(environment: str) -> str:
    """The name of the role that people take when everything else fails."""
    return Scope(environment).name("emergency", _NAME_LIMIT)


def preview_role(environment: str) -> str:
    """The name of the role that pull requests read with."""
    return Scope(environment).name("preview", _NAME_LIMIT)


def freeze_policy(scope: Scope) -> str:
    """The name of the permissions boundary of the role that deploys one stack: open between freeze windows only."""
    return scope.name("freeze", _NAME_LIMIT)


def freeze_policy_arn(account_id: str, scope: Scope) -> str:
    """The ARN of that policy."""
    return f"arn:aws:iam::{account_id}:policy{ROLES_PATH}{freeze_policy(scope)}"


def role_arn(account_id: str, role: str) -> str:
    """The ARN of one of bootstrap's roles."""
    return f"arn:aws:iam::{account_id}:role{ROLES_PATH}{role}"
