"""When IAM lets deploy roles deploy, against the one evaluator of freeze windows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.scope import Scope
from components.security.bootstrap_roles import deploy_role, emergency_role, freeze_policy_arn, preview_role
from delivery.bootstrap.command import freeze_step, steps
from delivery.bootstrap.freeze_boundary import AHEAD, freeze_boundary
from delivery.bootstrap.roles import role_specs
from delivery.instants import iso
from delivery.steps import Outcome, State, run
from regions.fleet import Fleet
from regions.load import load_fleet
from seasons.freeze import check, windows
from seasons.intervals import Interval
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import ACCOUNT, NOW
from tests.delivery.bootstrap.policies import Request, allows, allows_both

# A managed policy's limit, spaces left out.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_MOST_CHARACTERS = 6144
FLEET = load_fleet()
SECOND = timedelta(seconds=1)
STACKS = [Scope("prod"), *(Scope("prod", region) for region in FLEET.regions)]
CREATES = "rds:CreateDBCluster"
_NAMES = [scope.stack for scope in STACKS]


def is_open(document: dict[str, Any], at: datetime, action: str = CREATES) -> bool:
    return allows(document, Request(action, context={"aws:CurrentTime": iso(at)}))


def expected(scope: Scope, at: datetime) -> bool:
    regions = FLEET.regions if scope.region is None else (scope.region,)
    return all(check(FLEET, FLEET.region(name), at).allowed for name in regions)


@pytest.mark.parametrize("scope", STACKS, ids=_NAMES)
def test_it_opens_and_closes_with_the_windows_to_the_second(scope: Scope) -> None:
    document = freeze_boundary(FLEET, scope, NOW)
    ahead = Interval(NOW, NOW + timedelta(weeks=25))
    found = windows(FLEET, tuple(FLEET.regions) if scope.region is None else (scope.region,), ahead)
    assert len(found) > 20
    for start, end in (window.during for window in found):
        edges = [start - SECOND, start, end - SECOND, end]
        assert [is_open(document, at) for at in edges] == [expected(scope, at) for at in edges]
        assert not is_open(document, start)


@given(scope=st.sampled_from(STACKS), minutes=st.integers(0, 26 * 7 * 24 * 60 - 1), week=st.integers(0, 400))
def test_it_says_what_the_evaluator_says(scope: Scope, minutes: int, week: int) -> None:
    monday = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=week)
    at = monday + timedelta(minutes=minutes)
    assert is_open(freeze_boundary(FLEET, scope, monday), at) == expected(scope, at)


@pytest.mark.parametrize("scope", STACKS, ids=_NAMES)
def test_one_that_nobody_renews_ends_in_being_closed(scope: Scope) -> None:
    document = freeze_boundary(FLEET, scope, NOW)
    monday = datetime(2026, 2, 23, tzinfo=UTC)
    over = [monday + AHEAD + timedelta(days=days) for days in range(60)]
    assert any(expected(scope, at) for at in over)
    assert not any(is_open(document, at) for at in over)


@given(week=st.integers(0, 52 * 20), scope=st.sampled_from(STACKS))
def test_it_fits_into_a_managed_policy(week: int, scope: Scope) -> None:
    document = freeze_boundary(FLEET, scope, datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=week))
    assert len(json.dumps(document, separators=(",", ":"))) <= _MOST_CHARACTERS


def test_an_update_under_way_can_write_down_what_it_did_and_nothing_else(
    environment: Environment, fleet: Fleet
) -> None:
    scope = Scope("prod", "us-east-1")
    (spec,) = [each for each in role_specs(environment, fleet) if each.name == deploy_role(scope)]
    document = freeze_boundary(fleet, scope, NOW)
    saturday, tuesday = datetime(2026, 3, 7, 18, tzinfo=UTC), datetime(2026, 3, 3, 12, tzinfo=UTC)
    bucket = f"arn:aws:s3:::wedsync-prod-state-{ACCOUNT}"
    state = f"{bucket}/.pulumi/stacks/wedsync/prod-us-east-1.json"
    renews = ("iam:CreatePolicyVersion", freeze_policy_arn(ACCOUNT, scope))

    def may(at: datetime, action: str, resource: str) -> bool:
        context = {"aws:CurrentTime": iso(at), "aws:RequestedRegion": "us-east-1"}
        return allows_both(spec.policy, document, Request(action, resource, context))

    assert [may(saturday, *call) for call in (("s3:PutObject", state), ("s3:GetObject", state))] == [True, True]
    for call in (("ec2:CreateVpc", "*"), renews, ("s3:CreateBucket", "arn:aws:s3:::wedsync-prod-us-east-1-exports")):
        assert (may(saturday, *call), may(tuesday, *call)) == (False, True)


def test_a_role_renews_its_own_boundary_alone(environment: Environment, fleet: Fleet) -> None:
    own = {scope.stack: freeze_policy_arn(ACCOUNT, scope) for scope in STACKS}
    specs = {each.name: each for each in role_specs(environment, fleet)}
    for scope in STACKS:
        policy = specs[deploy_role(scope)].policy
        for action in ("iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"):
            may = {stack for stack, arn in own.items() if allows(policy, Request(action, arn))}
            assert may == (set() if action == "iam:DeletePolicy" else {scope.stack})


def test_every_deploy_role_is_bound_and_nobody_else(environment: Environment, fleet: Fleet) -> None:
    bound = {each.name: each.boundary for each in role_specs(environment, fleet)}
    assert {name: arn for name, arn in bound.items() if arn} == {
        deploy_role(scope): freeze_policy_arn(ACCOUNT, scope) for scope in STACKS
    }
    assert {emergency_role("prod"), preview_role("prod")} <= set(bound)


Bootstrap = Callable[..., list[Outcome]]


def test_bootstrap_binds_the_roles_and_a_deploy_renews(
    bootstrap: Bootstrap, clients: Any, local: Environment, fleet: Fleet
) -> None:
    frozen = local.model_copy(update={"freeze": True})
    assert {outcome.state for outcome in bootstrap(frozen)} == {State.MADE}
    assert {outcome.state for outcome in bootstrap(frozen)} == {State.UNCHANGED}
    scope, iam = Scope("local", "us-east-1"), clients("iam", "us-east-1")
    arn = freeze_policy_arn(ACCOUNT, scope)
    assert iam.get_role(RoleName=deploy_role(scope))["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn

    def renew(at: datetime) -> list[State]:
        return [outcome.state for outcome in run([freeze_step(frozen, fleet, scope, iam, at)], dry_run=False)]

    assert renew(NOW) == [State.UNCHANGED]
    for weeks in range(1, 9):  # more than IAM keeps versions
        assert renew(NOW + timedelta(weeks=weeks)) == [State.CHANGED]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    text = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert text == freeze_boundary(fleet, scope, NOW + timedelta(weeks=8))


def test_a_role_is_bound_and_freed_as_the_settings_say(
    bootstrap: Bootstrap, clients: Any, local: Environment, fleet: Fleet
) -> None:
    bootstrap()
    frozen, iam = local.model_copy(update={"freeze": True}), clients("iam", "us-east-1")
    changed = [each for each in bootstrap(frozen) if each.state is State.CHANGED]
    assert {(each.what, each.detail) for each in changed} == {
        (f"role {deploy_role(Scope('local', region))}", "boundary") for region in (None, *fleet.regions)
    }
    iam.delete_role_permissions_boundary(RoleName=deploy_role(Scope("local")))
    assert [each.what for each in bootstrap(frozen) if each.state is State.CHANGED] == ["role wedsync-local-deploy"]
    assert len([each for each in bootstrap() if each.state is State.CHANGED]) == len(STACKS)
    assert "PermissionsBoundary" not in iam.get_role(RoleName=deploy_role(Scope("local")))["Role"]


def test_without_windows_nothing_is_made(clients: Any, local: Environment, fleet: Fleet) -> None:
    assert not [step for step in steps(local, fleet, clients, NOW) if "freeze" in step.what]
