"""The permissions boundary, asked as IAM would: what the stacks' roles may at most do, and what none may."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.cluster.permissions import manage_load_balancers, read_secrets
from components.coordination.table_access import CHANGES_OF_EVENTS, append_to_audit_trail
from components.place import Place
from components.scope import Scope
from components.security.boundary import boundary_arn
from delivery.bootstrap.boundary import boundary
from delivery.bootstrap.names import mesh_root, state_bucket
from delivery.bootstrap.roles import allowed_regions
from regions.fleet import Fleet
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import ACCOUNT
from tests.delivery.bootstrap.policies import Request, allows, allows_both

# A managed policy's limit, spaces left out.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_MOST_CHARACTERS = 6144
HERE = {"aws:RequestedRegion": "us-east-1"}
ADMINISTRATOR = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
PLACE = Place(ACCOUNT, "us-east-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/wedsync-prod-us-east-1-pod-coordinator"


@pytest.fixture(scope="module")
def policy(environment: Environment, fleet: Fleet) -> dict[str, Any]:
    return boundary(environment, allowed_regions(fleet))


def here(action: str, resource: str = "*", **more: Any) -> Request:
    return Request(action, resource, HERE | more)


def test_it_fits_into_a_managed_policy(policy: dict[str, Any]) -> None:
    assert len(json.dumps(policy, separators=(",", ":"))) <= _MOST_CHARACTERS


@pytest.mark.parametrize("action", CHANGES_OF_EVENTS)
def test_no_role_changes_an_event(policy: dict[str, Any], action: str) -> None:
    table = PLACE.arn("dynamodb", "table/wedsync-prod-audit")
    assert not allows_both(ADMINISTRATOR, policy, here(action, table))
    assert allows_both(ADMINISTRATOR, policy, here(action, PLACE.arn("dynamodb", "table/wedsync-prod-locks")))


def test_events_can_be_written(policy: dict[str, Any]) -> None:
    key, through = PLACE.arn("kms", "key/mrk-1"), {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}
    own = {"Statement": append_to_audit_trail(Scope("prod"), PLACE, key)}
    table, event = PLACE.arn("dynamodb", "table/wedsync-prod-audit"), {"dynamodb:LeadingKeys": "prod#failover"}
    assert allows_both(own, policy, here("dynamodb:PutItem", table, **event))
    assert allows_both(own, policy, here("kms:GenerateDataKey", key, **through))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateRole", ROLE),
        ("iam:PutRolePolicy", ROLE),
        ("iam:AttachRolePolicy", ROLE),
        ("iam:UpdateAssumeRolePolicy", ROLE),
        ("iam:DeleteRolePermissionsBoundary", ROLE),
        ("iam:PutRolePermissionsBoundary", ROLE),
        ("iam:CreatePolicyVersion", boundary_arn(ACCOUNT, "prod")),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/bootstrap/wedsync-prod-deploy"),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/somebody"),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/somebody"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/bootstrap/wedsync-prod-emergency"),
        ("secretsmanager:GetSecretValue", PLACE.arn("secretsmanager", f"secret:{mesh_root('prod')}-abcdef")),
        ("secretsmanager:PutSecretValue", PLACE.arn("secretsmanager", "secret:wedsync/prod/tls/api-abcdef")),
        ("kms:ScheduleKeyDeletion", PLACE.arn("kms", "key/1")),
        ("kms:PutKeyPolicy", PLACE.arn("kms", "key/1")),
        ("rds:CopyDBClusterSnapshot", PLACE.arn("rds", "cluster-snapshot:rds:wedsync-prod-us-east-1-worldwide-1")),
        ("rds:ModifyDBClusterSnapshotAttribute", PLACE.arn("rds", "cluster-snapshot:by-hand")),
        ("rds:DeleteDBCluster", PLACE.arn("rds", "cluster:wedsync-prod-us-east-1-worldwide")),
        ("dynamodb:DeleteTable", PLACE.arn("dynamodb", "table/wedsync-prod-locks")),
        ("dynamodb:UpdateTimeToLive", PLACE.arn("dynamodb", "table/wedsync-prod-audit")),
        ("organizations:LeaveOrganization", "*"),
    ],
)
def test_not_even_an_administrators_policy_gets_beyond_it(policy: dict[str, Any], action: str, resource: str) -> None:
    granted = {"iam:PermissionsBoundary": boundary_arn(ACCOUNT, "prod")}
    assert not allows_both(ADMINISTRATOR, policy, here(action, resource, **granted))


def test_states_are_no_ones_business(policy: dict[str, Any], environment: Environment) -> None:
    bucket = f"arn:aws:s3:::{state_bucket(environment)}"
    assert not allows(policy, here("s3:GetObject", f"{bucket}/.pulumi/stacks/wedsync/prod.json"))
    assert not allows(policy, here("s3:ListBucket", bucket))
    assert allows(policy, here("s3:PutObject", "arn:aws:s3:::wedsync-prod-us-east-1-worldwide-exports/1.parquet"))


def test_the_exports_own_workflow_goes_on(policy: dict[str, Any]) -> None:
    snapshot = PLACE.arn("rds", "cluster-snapshot:rds:wedsync-prod-us-east-1-worldwide-1")
    assert allows_both(ADMINISTRATOR, policy, here("rds:StartExportTask", snapshot))


def test_nothing_happens_outside_of_the_environments_regions(policy: dict[str, Any]) -> None:
    elsewhere = {"aws:RequestedRegion": "eu-west-1"}
    assert allows(policy, here("ec2:RunInstances"))
    assert not allows(policy, Request("ec2:RunInstances", "*", elsewhere))


def test_it_allows_what_the_clusters_roles_are_given(policy: dict[str, Any]) -> None:
    statements = [*read_secrets(PLACE, "prod", "us-east-1"), *manage_load_balancers(PLACE, "wedsync-prod-us-east-1")]
    asked = [(action, resource) for each in statements for action in each["Action"] for resource in each["Resource"]]
    assert len(asked) > 50
    assert [each for each in asked if not allows(policy, here(*each))] == []


def test_a_role_is_passed_on_only_if_it_is_one_of_the_environments(policy: dict[str, Any]) -> None:
    assert allows(policy, here("iam:PassRole", ROLE))
    assert not allows(policy, here("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/wedsync-staging-us-east-1-nodes"))
    assert not allows(policy, here("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Administrator"))
