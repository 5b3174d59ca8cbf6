"""The roles of workflows and people, asked as IAM would."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from components.scope import Scope
from components.security.boundary import boundary_arn
from components.security.secret_names import secrets_key_alias
from delivery.bootstrap.deploy_policies import GLOBAL_SERVICES, REGION_SERVICES
from delivery.bootstrap.guard import GITHUB
from delivery.bootstrap.names import mesh_root, state_bucket
from delivery.bootstrap.roles import RoleSpec, role_specs
from regions.fleet import Fleet
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import ACCOUNT
from tests.delivery.bootstrap.policies import Request, allows

# Of all inline policies of a role together, and of a name.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_MOST_CHARACTERS, _LONGEST_NAME = 10240, 64
IAM = f"arn:aws:iam::{ACCOUNT}"
REGION, GLOBAL, PREVIEW, EMERGENCY = (
    "wedsync-prod-us-east-1-deploy",
    "wedsync-prod-deploy",
    "wedsync-prod-preview",
    "wedsync-prod-emergency",
)
OWN_ROLE, BOUND = f"{IAM}:role/wedsync-prod-us-east-1-nodes", {"iam:PermissionsBoundary": boundary_arn(ACCOUNT, "prod")}
TO_EC2 = {"iam:PassedToService": "ec2.amazonaws.com"}
OIDC = f"{IAM}:oidc-provider/{GITHUB}"
Specs = dict[str, RoleSpec]


@pytest.fixture(scope="module")
def specs(environment: Environment, fleet: Fleet) -> Specs:
    return {spec.name: spec for spec in role_specs(environment, fleet)}


def may(specs: Specs, role: str, action: str, resource: str = "*", **context: Any) -> bool:
    given = {"aws:RequestedRegion": "us-east-1", **context}
    return allows(specs[role].policy, Request(action, resource, given))


def elsewhere(specs: Specs, role: str, action: str) -> bool:
    return allows(specs[role].policy, Request(action, "*", {"aws:RequestedRegion": "us-west-1"}))


def test_there_is_one_for_each_stack_one_to_preview_and_one_for_emergencies(specs: Specs, fleet: Fleet) -> None:
    deploys = {f"wedsync-prod-{region}-deploy" for region in fleet.regions}
    assert set(specs) == {GLOBAL, PREVIEW, EMERGENCY} | deploys


def test_names_and_policies_fit(specs: Specs) -> None:
    for spec in specs.values():
        assert len(spec.name) <= _LONGEST_NAME
        assert len(json.dumps(spec.policy, separators=(",", ":"))) <= _MOST_CHARACTERS, spec.name


def test_workflows_of_the_repositorys_environment_alone_deploy(specs: Specs) -> None:
    for name in (GLOBAL, REGION):
        (statement,) = specs[name].trust["Statement"]
        assert statement["Principal"] == {"Federated": OIDC}
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert statement["Condition"] == {
            "StringEquals": {
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:wedsync/platform:environment:prod",
            }
        }


def test_pull_requests_and_the_main_branch_preview(specs: Specs) -> None:
    (statement,) = specs[PREVIEW].trust["Statement"]
    assert statement["Condition"]["StringEquals"][f"{GITHUB}:sub"] == [
        "repo:wedsync/platform:pull_request",
        "repo:wedsync/platform:ref:refs/heads/main",
    ]


def test_people_show_a_second_factor_in_an_emergency(specs: Specs) -> None:
    (statement,) = specs[EMERGENCY].trust["Statement"]
    assert statement["Principal"] == {"AWS": f"{IAM}:root"}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


def test_sessions_are_short(specs: Specs) -> None:
    assert {name: spec.session_seconds for name, spec in specs.items() if name in (GLOBAL, PREVIEW, EMERGENCY)} == {
        GLOBAL: 7200,
        PREVIEW: 3600,
        EMERGENCY: 3600,
    }


def test_a_region_is_deployed_in_its_own_aws_region(specs: Specs) -> None:
    assert may(specs, REGION, "eks:CreateCluster")
    assert not elsewhere(specs, REGION, "eks:CreateCluster")
    assert elsewhere(specs, GLOBAL, "ecr:CreateRepository")
    assert not may(specs, GLOBAL, "eks:CreateCluster")
    assert not may(specs, REGION, "dynamodb:DeleteTable")


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy"])
def test_no_role_is_made_without_the_boundary(specs: Specs, action: str) -> None:
    assert may(specs, REGION, action, OWN_ROLE, **BOUND)
    assert not may(specs, REGION, action, OWN_ROLE)
    assert not may(specs, REGION, action, OWN_ROLE, **{"iam:PermissionsBoundary": f"{IAM}:policy/other"})


@pytest.mark.parametrize("role", [REGION, GLOBAL, EMERGENCY])
def test_no_role_loses_the_boundary_not_even_by_an_administrators_policy(specs: Specs, role: str) -> None:
    assert not may(specs, role, "iam:DeleteRolePermissionsBoundary", OWN_ROLE, **BOUND)
    assert not may(specs, role, "iam:PutRolePermissionsBoundary", OWN_ROLE)
    assert not may(specs, role, "iam:CreatePolicyVersion", boundary_arn(ACCOUNT, "prod"))
    assert not may(specs, role, "iam:DeletePolicy", boundary_arn(ACCOUNT, "prod"))


@pytest.mark.parametrize("role", [REGION, GLOBAL, EMERGENCY])
@pytest.mark.parametrize("touched", [REGION, GLOBAL, PREVIEW, EMERGENCY])
def test_none_touches_itself_or_another_of_bootstraps(specs: Specs, role: str, touched: str) -> None:
    arn = f"{IAM}:role/bootstrap/{touched}"
    for action in ("PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole", "DeleteRole", "PassRole", "TagRole"):
        assert not may(specs, role, f"iam:{action}", arn, **BOUND), action
    assert not may(specs, role, "iam:AddClientIDToOpenIDConnectProvider", OIDC)


def test_a_region_makes_no_role_of_another_stack(specs: Specs) -> None:
    for other in ("wedsync-prod-us-west-1-nodes", "wedsync-staging-us-east-1-nodes", "Administrator"):
        assert not may(specs, REGION, "iam:CreateRole", f"{IAM}:role/{other}", **BOUND)
        assert not may(specs, REGION, "iam:PassRole", f"{IAM}:role/{other}", **TO_EC2)
    assert may(specs, REGION, "iam:PassRole", OWN_ROLE, **TO_EC2)
    assert not may(specs, GLOBAL, "iam:CreateRole", OWN_ROLE, **BOUND)


def test_a_stack_writes_its_own_state_and_reads_all(specs: Specs, environment: Environment) -> None:
    states = f"arn:aws:s3:::{state_bucket(environment)}/.pulumi"
    own = ["stacks/wedsync/prod-us-east-1.json", "locks/organization/wedsync/prod-us-east-1/1.json"]
    own += ["history/wedsync/prod-us-east-1/1.history.json", "stacks/wedsync/prod-us-east-1.json.bak"]
    for key in own:
        assert may(specs, REGION, "s3:PutObject", f"{states}/{key}"), key
        assert may(specs, REGION, "s3:DeleteObject", f"{states}/{key}"), key
        assert not may(specs, GLOBAL, "s3:PutObject", f"{states}/{key}"), key
    for other in ("prod", "prod-us-west-1", "prod-us-east-10"):
        assert not may(specs, REGION, "s3:PutObject", f"{states}/stacks/wedsync/{other}.json"), other
        assert may(specs, REGION, "s3:GetObject", f"{states}/stacks/wedsync/{other}.json"), other
    assert may(specs, GLOBAL, "s3:PutObject", f"{states}/stacks/wedsync/prod.json")
    assert not may(specs, REGION, "s3:DeleteObjectVersion", f"{states}/{own[0]}")


@pytest.mark.parametrize("role", [REGION, GLOBAL])
def test_the_secrets_key_is_used_and_kept(specs: Specs, role: str) -> None:
    key, on = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1", {"kms:ResourceAliases": [secrets_key_alias("prod")]}
    assert may(specs, role, "kms:Decrypt", key, **on)
    assert not may(specs, role, "kms:ScheduleKeyDeletion", key, **on)
    assert not may(specs, role, "kms:PutKeyPolicy", key, **on)
    assert may(specs, role, "kms:ScheduleKeyDeletion", key, **{"kms:ResourceAliases": ["alias/wedsync-prod-us-east-1"]})


def test_a_region_reads_its_credentials_and_writes_what_connect_makes(specs: Specs) -> None:
    def secret(name: str) -> str:
        return f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{name}-abcdef"

    assert may(specs, REGION, "secretsmanager:GetSecretValue", secret("wedsync/prod/database/worldwide/app"))
    assert not may(specs, REGION, "secretsmanager:PutSecretValue", secret("wedsync/prod/database/worldwide/app"))
    assert may(specs, REGION, "secretsmanager:CreateSecret", secret("wedsync/prod/mesh/remote/us-east-1"))
    assert may(specs, REGION, "secretsmanager:PutSecretValue", secret("wedsync-prod-us-east-1-worldwide/master"))
    for name in ("wedsync/prod/mesh/remote/us-west-1", "wedsync/prod/tls/api", mesh_root("prod")):
        assert not may(specs, REGION, "secretsmanager:PutSecretValue", secret(name)), name
        assert not may(specs, REGION, "secretsmanager:GetSecretValue", secret(name)), name
    assert not may(specs, GLOBAL, "secretsmanager:GetSecretValue", secret("wedsync/prod/database/worldwide/app"))


@pytest.mark.parametrize("role", [REGION, PREVIEW, EMERGENCY])
def test_nobody_changes_an_event(specs: Specs, role: str) -> None:
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/wedsync-prod-audit"
    assert not may(specs, role, "dynamodb:DeleteItem", table)
    assert not may(specs, role, "dynamodb:UpdateItem", table)


@pytest.mark.parametrize(
    "action",
    [
        "dynamodb:GetItem",
        "secretsmanager:GetSecretValue",
        "logs:GetLogEvents",
        "ec2:RunInstances",
        "iam:CreateRole",
        "s3:PutObject",
        "rds:ModifyDBCluster",
        "sts:AssumeRole",
    ],
)
def test_a_preview_changes_nothing_and_reads_no_data(specs: Specs, action: str) -> None:
    assert not may(specs, PREVIEW, action, **BOUND)


def test_a_preview_reads_settings_and_states(specs: Specs, environment: Environment) -> None:
    bucket = f"arn:aws:s3:::{state_bucket(environment)}"
    assert may(specs, PREVIEW, "s3:GetObject", f"{bucket}/.pulumi/stacks/wedsync/prod.json")
    assert not may(specs, PREVIEW, "s3:GetObject", "arn:aws:s3:::wedsync-prod-us-east-1-worldwide-exports/1.parquet")
    for action in ("rds:DescribeDBClusters", "eks:DescribeCluster", "iam:GetRole", "s3:GetBucketVersioning"):
        assert may(specs, PREVIEW, action), action
    assert may(specs, PREVIEW, "kms:Decrypt", "*", **{"kms:ResourceAliases": [secrets_key_alias("prod")]})
    assert not may(specs, PREVIEW, "kms:Decrypt", "*", **{"kms:ResourceAliases": ["alias/wedsync-prod-us-east-1"]})


def test_an_emergency_leaves_its_traces(specs: Specs, environment: Environment) -> None:
    bucket = f"arn:aws:s3:::{state_bucket(environment)}"
    assert may(specs, EMERGENCY, "rds:FailoverGlobalCluster")
    assert may(specs, EMERGENCY, "s3:PutObject", f"{bucket}/.pulumi/stacks/wedsync/prod.json")
    assert not may(specs, EMERGENCY, "s3:DeleteObjectVersion", f"{bucket}/.pulumi/stacks/wedsync/prod.json")
    assert not may(specs, EMERGENCY, "s3:PutBucketVersioning", bucket)
    assert not may(specs, EMERGENCY, "iam:CreateAccessKey", f"{IAM}:user/somebody")
    assert may(specs, EMERGENCY, "iam:CreateRole", OWN_ROLE, **BOUND)


# Resource types by the module of their token: the prefix of IAM actions, where it is another one.
PREFIXES = {
    "alb": "elasticloadbalancing",
    "appautoscaling": "application-autoscaling",
    "ec2transitgateway": "ec2",
    "efs": "elasticfilesystem",
    "lb": "elasticloadbalancing",
    "sfn": "states",
    "vpc": "ec2",
}
# Not by service: held to names of the stack.
BY_NAME = {"iam", "s3"}


@pytest.mark.parametrize(
    ("folders", "services"),
    [
        (("account",), set(GLOBAL_SERVICES)),
        (("cache", "cluster", "database"), set(REGION_SERVICES)),
        # Of both stacks.
        (("coordination", "network", "security"), {*REGION_SERVICES, *GLOBAL_SERVICES}),
    ],
)
def test_every_service_that_components_use_is_allowed(folders: tuple[str, ...], services: set[str]) -> None:
    components = Path(__file__).parents[3] / "components"
    sources = [file.read_text() for folder in folders for file in (components / folder).glob("*.py")]
    used = {module for text in sources for module in re.findall(r"\baws\.([a-z0-9]+)\.[A-Z]\w*\(", text)}
    assert used
    assert {PREFIXES.get(module, module) for module in used} - BY_NAME <= services


def test_what_scope_calls_a_stack_is_what_its_policy_is_for() -> None:
    assert Scope("prod", "us-east-1").name("deploy") == REGION
