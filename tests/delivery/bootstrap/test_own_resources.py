"""What deploy roles may do to data: to their own stack's, to another's, and to residents'. Asked as IAM would."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from components.place import Place
from components.security.boundary import boundary_arn
from delivery.bootstrap.roles import RoleSpec, role_specs
from delivery.bootstrap.standing_policies import emergency_policy
from regions.fleet import Fleet
from stacks.environment import Environment
from stacks.program import register
from stacks.recording import Run, run_under_mocks
from tests.delivery.bootstrap.conftest import ACCOUNT
from tests.delivery.bootstrap.policies import Request, allows

if TYPE_CHECKING:
    from stacks.recording import Registered

EU, US = "eu-central-1", "us-east-1"
EVERY, REGIONS = ("prod", "prod-us-east-1", "prod-eu-central-1"), ("prod-us-east-1", "prod-eu-central-1")
EMERGENCY = "wedsync-prod-emergency"
IAM = f"arn:aws:iam::{ACCOUNT}"
RESIDENT = "wedsync-prod-eu-central-1-resident-eu"
AUTOMATED = f"cluster-snapshot:rds:{RESIDENT}-2026-03-01-04-10"
TAGGED = {"aws:ResourceTag/wedsync:replication-group": "resident-eu"}
ROLE, ATTACHMENT = "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# By type: the action that makes one, and the ARN's end; the field that names it.
MADE = {
    "aws:rds/cluster:Cluster": ("rds:CreateDBCluster", "cluster:", "clusterIdentifier"),
    "aws:rds/clusterInstance:ClusterInstance": ("rds:CreateDBInstance", "db:", "identifier"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": ("rds:CreateDBClusterParameterGroup", "cluster-pg:", "name"),
    "aws:rds/parameterGroup:ParameterGroup": ("rds:CreateDBParameterGroup", "pg:", "name"),
    "aws:rds/subnetGroup:SubnetGroup": ("rds:CreateDBSubnetGroup", "subgrp:", "name"),
    "aws:cloudwatch/logGroup:LogGroup": ("logs:CreateLogGroup", "log-group:", "name"),
    "aws:dynamodb/table:Table": ("dynamodb:CreateTable", "table/", "name"),
}
Specs = dict[str, RoleSpec]


@pytest.fixture(scope="module")
def specs(environment: Environment, fleet: Fleet) -> Specs:
    return {spec.name: spec for spec in role_specs(environment, fleet)}


@cache
def _ran(stack: str) -> Run:
    shared = {} if stack == "prod" else {"prod": _ran("prod").exports}
    return run_under_mocks(lambda: register(stack), stack, shared)


def deploy(stack: str) -> str:
    return f"wedsync-{stack}-deploy"


def home(stack: str) -> str:
    return stack.removeprefix("prod-") if stack != "prod" else US


def may(specs: Specs, role: str, action: str, resource: str, aws_region: str = EU, **context: Any) -> bool:
    return allows(specs[role].policy, Request(action, resource, {"aws:RequestedRegion": aws_region, **context}))


def denied(specs: Specs, role: str, action: str, resource: str) -> bool:
    """Whether no other policy, of a bucket or of the role, could allow it."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return not allows({"Statement": [*specs[role].policy["Statement"], everything]}, Request(action, resource))


def named(made: Registered, aws_region: str) -> tuple[str, str]:
    action, kind, field = MADE[made.type]
    return action, Place(ACCOUNT, aws_region).arn(action.split(":")[0], kind + made.inputs[field])


@pytest.mark.parametrize("stack", EVERY)
def test_a_stack_makes_what_its_program_registers_and_no_other_stack_can(specs: Specs, stack: str) -> None:
    asked = [named(each, home(stack)) for each in _ran(stack).registered if each.type in MADE]
    assert asked
    for action, arn in asked:
        assert may(specs, deploy(stack), action, arn, home(stack)), arn
        for other in set(EVERY) - {stack}:
            assert not may(specs, deploy(other), action, arn, home(stack)), (other, arn)


@pytest.mark.parametrize("stack", REGIONS)
def test_a_region_makes_its_roles_and_passes_them_to_who_takes_them(specs: Specs, stack: str) -> None:
    bound = {"iam:PermissionsBoundary": boundary_arn(ACCOUNT, "prod")}
    roles = [each for each in _ran(stack).registered if each.type == ROLE]
    assert roles
    for each in roles:
        arn = f"{IAM}:role/{each.inputs['name']}"
        (statement,) = json.loads(each.inputs["assumeRolePolicy"])["Statement"]
        to = {"iam:PassedToService": statement["Principal"]["Service"]}
        assert may(specs, deploy(stack), "iam:CreateRole", arn, **bound)
        # RDS gets that one from the exports' workflow.
        deployed = statement["Principal"]["Service"] != "export.rds.amazonaws.com"
        assert may(specs, deploy(stack), "iam:PassRole", arn, **to) is deployed
        assert not may(specs, deploy(stack), "iam:PassRole", arn, **{"iam:PassedToService": "lambda.amazonaws.com"})
        assert not may(specs, deploy(stack), "iam:PassRole", arn)


@pytest.mark.parametrize("stack", REGIONS)
def test_a_region_attaches_the_policies_that_its_program_attaches_and_no_other(specs: Specs, stack: str) -> None:
    bound, role = {"iam:PermissionsBoundary": boundary_arn(ACCOUNT, "prod")}, f"{IAM}:role/wedsync-{stack}-nodes"
    attached = {each.inputs["policyArn"] for each in _ran(stack).registered if each.type == ATTACHMENT}
    assert attached
    for arn in attached:
        assert may(specs, deploy(stack), "iam:AttachRolePolicy", role, **bound, **{"iam:PolicyARN": arn}), arn
        assert not may(specs, deploy(stack), "iam:AttachRolePolicy", role, **{"iam:PolicyARN": arn})
    for policy in ("AdministratorAccess", "AmazonS3FullAccess"):
        other = {"iam:PolicyARN": f"arn:aws:iam::aws:policy/{policy}"}
        assert not may(specs, deploy(stack), "iam:AttachRolePolicy", role, **bound, **other)


@pytest.mark.parametrize("role", [deploy("prod"), deploy("prod-us-east-1"), deploy("prod-eu-central-1"), EMERGENCY])
@pytest.mark.parametrize("action", ["CopyDBClusterSnapshot", "ModifyDBClusterSnapshotAttribute", "StartExportTask"])
def test_nobody_takes_residents_data_away(specs: Specs, role: str, action: str) -> None:
    for aws_region in (EU, US):
        for snapshot in (AUTOMATED, f"cluster-snapshot:{RESIDENT}-final"):
            arn = Place(ACCOUNT, EU).arn("rds", snapshot)
            assert not may(specs, role, f"rds:{action}", arn, aws_region), (aws_region, arn)
        by_hand = Place(ACCOUNT, EU).arn("rds", "cluster-snapshot:by-hand")
        assert not may(specs, role, f"rds:{action}", by_hand, aws_region, **TAGGED), aws_region


@pytest.mark.parametrize("role", [deploy("prod"), deploy("prod-us-east-1"), EMERGENCY])
def test_no_resident_cluster_gets_a_member_elsewhere(specs: Specs, role: str) -> None:
    cluster, around = Place(ACCOUNT, EU).arn("rds", f"cluster:{RESIDENT}"), f"arn:aws:rds::{ACCOUNT}:global-cluster:"
    assert not may(specs, role, "rds:CreateGlobalCluster", cluster)
    assert not may(specs, role, "rds:CreateDBCluster", around + RESIDENT, US)
    assert may(specs, deploy("prod-eu-central-1"), "rds:CreateGlobalCluster", cluster)
    assert may(specs, deploy("prod-eu-central-1"), "rds:CreateGlobalCluster", around + RESIDENT)


def test_an_emergency_is_not_held_up_by_it(specs: Specs, environment: Environment, fleet: Fleet) -> None:
    cluster = Place(ACCOUNT, EU).arn("rds", f"cluster:{RESIDENT}")
    assert may(specs, EMERGENCY, "rds:ModifyDBCluster", cluster)
    assert may(specs, EMERGENCY, "rds:CopyDBClusterSnapshot", Place(ACCOUNT, US).arn("rds", "cluster-snapshot:x"), US)
    alone = emergency_policy(environment, fleet.restricted(("us-east-1",)))
    assert not [each for each in alone["Statement"] if each["Sid"].startswith("Residents")]


def test_a_global_cluster_is_the_global_stacks_and_a_member_its_regions(specs: Specs) -> None:
    shared = f"arn:aws:rds::{ACCOUNT}:global-cluster:wedsync-prod-worldwide"
    for action in ("CreateGlobalCluster", "ModifyGlobalCluster", "DeleteGlobalCluster"):
        assert may(specs, deploy("prod"), f"rds:{action}", shared)
        assert not may(specs, deploy("prod-us-east-1"), f"rds:{action}", shared, US)
    for action in ("CreateDBCluster", "RemoveFromGlobalCluster"):
        assert may(specs, deploy("prod-us-east-1"), f"rds:{action}", shared, US)
    members = [Place(ACCOUNT, EU).arn("rds", f"cluster:{each}") for each in (RESIDENT, "wedsync-prod-eu-central-1-x")]
    for action in ("DeleteDBCluster", "RemoveFromGlobalCluster", "FailoverGlobalCluster", "ModifyDBCluster"):
        assert not [arn for arn in members if may(specs, deploy("prod"), f"rds:{action}", arn)], action
    assert may(specs, deploy("prod"), "rds:DescribeDBClusters", members[0])


@pytest.mark.parametrize("action", ["Decrypt", "ScheduleKeyDeletion", "PutKeyPolicy", "CreateGrant", "UntagResource"])
def test_a_key_is_its_own_stacks(specs: Specs, action: str) -> None:
    key = Place(ACCOUNT, EU).arn("kms", "key/1")
    for stack in EVERY:
        tag = {"aws:ResourceTag/wedsync:stack": stack}
        # KMS may not know a new key's tags yet.
        for tags in (tag, {}):
            allowed = [each for each in EVERY if may(specs, deploy(each), f"kms:{action}", key, EU, **tags)]
            expected = {"prod", "prod-eu-central-1"} & ({stack} if tags else set(EVERY))
            assert set(allowed) == expected, (stack, tags)


def test_only_the_global_stack_has_to_do_with_tables_and_with_these_alone(specs: Specs) -> None:
    there = Place(ACCOUNT, EU)
    for table in ("wedsync-prod-locks", "wedsync-prod-audit"):
        assert may(specs, deploy("prod"), "dynamodb:UpdateItem", there.arn("dynamodb", f"table/{table}"))
        assert not may(specs, deploy("prod-eu-central-1"), "dynamodb:GetItem", there.arn("dynamodb", f"table/{table}"))
    for table in ("wedsync-staging-locks", "somebodys"):
        assert not may(specs, deploy("prod"), "dynamodb:DeleteTable", there.arn("dynamodb", f"table/{table}"))


def test_deployments_set_log_groups_up_and_read_none(specs: Specs) -> None:
    group = Place(ACCOUNT, EU).arn("logs", f"log-group:/aws/rds/cluster/{RESIDENT}/postgresql")
    for action in ("PutRetentionPolicy", "AssociateKmsKey", "TagResource"):
        assert may(specs, deploy("prod-eu-central-1"), f"logs:{action}", group)
        assert not may(specs, deploy("prod"), f"logs:{action}", group)
    for action in ("GetLogEvents", "FilterLogEvents", "StartQuery", "PutSubscriptionFilter", "CreateExportTask"):
        assert not may(specs, deploy("prod-eu-central-1"), f"logs:{action}", group)


@pytest.mark.parametrize("stack", EVERY)
def test_deployments_set_buckets_up_and_touch_no_export(specs: Specs, stack: str) -> None:
    bucket = f"arn:aws:s3:::wedsync-{stack}-worldwide-export"
    settings = ("CreateBucket", "PutBucketObjectLockConfiguration", "PutLifecycleConfiguration", "GetBucketVersioning")
    for action in settings:
        assert may(specs, deploy(stack), f"s3:{action}", bucket) is (stack != "prod"), action
        assert not may(specs, deploy(stack), f"s3:{action}", "arn:aws:s3:::wedsync-prod-us-west-1-worldwide-export")
    objects = ("GetObject", "GetObjectVersion", "PutObject", "PutObjectRetention", "DeleteObject")
    for action in (*objects, "DeleteObjectVersion", "BypassGovernanceRetention"):
        assert denied(specs, deploy(stack), f"s3:{action}", f"{bucket}/2026/1.parquet"), action
    assert not may(specs, deploy(stack), "s3:PutReplicationConfiguration", bucket)
