"""Bootstrap's roles: who may take each, for how long, and with which policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from components.coordination.fleet_alarms import METRICS_REGION
from components.scope import Scope
from components.security.bootstrap_roles import deploy_role, emergency_role, freeze_policy_arn, preview_role
from delivery.bootstrap.deploy_policies import global_policy, region_policy
from delivery.bootstrap.guard import GITHUB, Statement, document, oidc_provider_arn
from delivery.bootstrap.standing_policies import emergency_policy, preview_policy
from regions.fleet import Fleet
from stacks.environment import Environment

AUDIENCE = "sts.amazonaws.com"
"""Whom GitHub's tokens are for."""
_HOUR = 3600
# The first `up` of a region waits for an EKS control plane and for an Aurora cluster with its readers.
_DEPLOY_SECONDS = 2 * _HOUR


@dataclass(frozen=True)
class RoleSpec:
    """A role as it is to be.

    `trust` and `policy` are documents, `session_seconds` the longest session, `boundary` the ARN of its permissions
    boundary or None.
    """

    name: str
    description: str
    trust: dict[str, Any]
    policy: dict[str, Any]
    session_seconds: int
    tags: dict[str, str]
    boundary: str | None = None


def role_specs(environment: Environment, fleet: Fleet) -> Iterator[RoleSpec]:
    """One role to deploy each stack, one to preview, one for emergencies. `fleet` is of the regions that are on."""
    everywhere = allowed_regions(fleet)
    own = Scope(environment.name)
    deploys = _trusts_workflows(environment, f"environment:{environment.name}")
    policy = global_policy(environment, fleet, everywhere)
    yield _deploys(environment, own, deploys, policy)
    for region in fleet.regions.values():
        scope = Scope(environment.name, region.name)
        policy = region_policy(environment, fleet, region)
        yield _deploys(environment, scope, deploys, policy)
    # Pull requests, and the drift check, which runs on the main branch.
    reads = _trusts_workflows(environment, "pull_request", "ref:refs/heads/main")
    policy = preview_policy(environment, everywhere)
    yield _role(own, preview_role(own.environment), "Previews pull requests", reads, policy, _HOUR)
    people, policy = _trusts_people(environment), emergency_policy(environment, fleet)
    yield _role(own, emergency_role(own.environment), "For people, when all else fails", people, policy, _HOUR)


def allowed_regions(fleet: Fleet) -> tuple[str, ...]:
    """The AWS regions that the environment uses; global services count as the last one."""
    return tuple(dict.fromkeys((*fleet.aws_regions, METRICS_REGION)))


def _deploys(environment: Environment, scope: Scope, trust: Statement, policy: dict[str, Any]) -> RoleSpec:
    role = _role(scope, deploy_role(scope), f"Deploys the stack {scope.stack}", trust, policy, _DEPLOY_SECONDS)
    return replace(role, boundary=freeze_policy_arn(environment.account_id, scope)) if environment.freeze else role


def _role(
    scope: Scope, name: str, description: str, trust: Statement, policy: dict[str, Any], session_seconds: int
) -> RoleSpec:
    tags = scope.tags(name) | {"wedsync:managed-by": "bootstrap"}
    return RoleSpec(name, description, document([trust]), policy, session_seconds, tags)


def _trusts_workflows(environment: Environment, *subjects: str) -> Statement:
    """Workflows of the one repository, by what they run for: a GitHub environment, pull requests, a branch."""
    trusted = [f"repo:{environment.repository}:{subject}" for subject in subjects]
    return {
        "Effect": "Allow",
        "Principal": {"Federated": oidc_provider_arn(environment.account_id)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{GITHUB}:aud": AUDIENCE,
                f"{GITHUB}:sub": trusted[0] if len(trusted) == 1 else trusted,
            }
        },
    }


def _trusts_people(environment: Environment) -> Statement:
    """Whom the account's own policies let take it, and who has just shown a second factor."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{environment.account_id}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": str(_HOUR)},
        },
    }
