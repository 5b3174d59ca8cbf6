"""What each stack's deploy role may do. Pure.

A region's role is held to its AWS region, to what is its own stack's (own_resources.py says of what), and to the
permissions boundary for every role that it makes. It may not touch itself or the boundary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.place import Place
from components.scope import Scope
from components.security.bootstrap_roles import freeze_policy_arn
from components.security.boundary import boundary_arn
from components.security.secret_names import cache_user, database_role, remote_access
from delivery.bootstrap import own_resources as own
from delivery.bootstrap.guard import ARN, Statement, bootstrap_stays, document, events_stay, on_secrets_key
from delivery.bootstrap.names import project, state_bucket
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment

REGION_SERVICES = (
    "application-autoscaling",
    "autoscaling",
    "backup",
    "backup-storage",
    "cloudwatch",
    "ec2",
    "eks",
    "elasticache",
    "elasticfilesystem",
    "elasticloadbalancing",
    "kms",
    "logs",
    "rds",
    "scheduler",
    "sns",
    "sqs",
    "states",
)
"""What a region's stack is made of, by the prefixes of IAM actions."""
GLOBAL_SERVICES = ("budgets", "cloudwatch", "dynamodb", "ecr", "kms", "rds", "route53", "sns")
"""What the global stack is made of."""

_READS_EVERYWHERE = ("iam:Get*", "iam:List*", "sts:GetCallerIdentity", "tag:GetResources", "ssm:GetParameter*")
_RECORDS = (
    "route53:ChangeResourceRecordSets",
    "route53:ChangeTagsForResource",
    "route53:*HealthCheck*",
    "route53:Get*",
    "route53:List*",
)
_BOUNDED = ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary")
_ROLES = (
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_MANAGED_POLICIES = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
)
"""AWS's own policies that roles of a region have."""
_PASSED_TO = (
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "rds.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
"""The services that a region's roles are for; EKS and RDS pass some on. A role's trust policy has to admit one, too."""
_BACKBONE = (
    "ec2:CreateTags",
    "ec2:DeleteTags",
    "ec2:Describe*",
    "ec2:Get*",
    "ec2:*ManagedPrefixList*",
    "ec2:*TransitGateway*",
)
"""What the network between the regions is made of."""
_WRITES_OF_A_SECRET = (
    "CreateSecret",
    "PutSecretValue",
    "ReplicateSecretToRegions",
    "TagResource",
    "UpdateSecretVersionStage",
)
_USES_OF_A_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:Get*", "kms:List*")


def region_policy(environment: Environment, fleet: Fleet, region: Region) -> dict[str, Any]:
    """The policy of the role that deploys a region's stack."""
    scope, aws_region = Scope(environment.name, region.name), region.aws_region
    return document(
        [
            _services(REGION_SERVICES, (aws_region,)),
            *own.region_databases(environment, fleet, region),
            *own.keys(environment, scope, (aws_region,)),
            *own.log_groups(environment, scope, aws_region),
            own.buckets(scope),
            {"Sid": "Records", "Effect": "Allow", "Action": list(_RECORDS), "Resource": "*"},
            *_roles(environment, scope),
            *_connects(environment, scope, aws_region),
            *_common(environment, scope),
            events_stay(environment),
        ]
    )


def global_policy(environment: Environment, fleet: Fleet, aws_regions: Sequence[str]) -> dict[str, Any]:
    """The policy of the role that deploys the global stack, which makes no role, no bucket and no log group."""
    scope = Scope(environment.name)
    return document(
        [
            _services(GLOBAL_SERVICES, aws_regions),
            {"Sid": "Backbone", "Effect": "Allow", "Action": list(_BACKBONE), "Resource": "*"},
            *own.global_databases(environment, fleet),
            *own.keys(environment, scope, aws_regions),
            own.tables(environment, scope),
            *_common(environment, scope),
        ]
    )


def _services(services: Sequence[str], aws_regions: Sequence[str]) -> Statement:
    return {
        "Sid": "Services",
        "Effect": "Allow",
        "Action": [f"{service}:*" for service in services if service not in own.HELD_TO_ITS_OWN],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": list(aws_regions)}},
    }


def _roles(environment: Environment, scope: Scope) -> list[Statement]:
    account = environment.account_id
    roles = f"{ARN}:iam::{account}:role/{scope.name()}-*"
    bounded = {"iam:PermissionsBoundary": boundary_arn(account, environment.name)}
    attached = [f"{ARN}:iam::aws:policy/{each}" for each in _MANAGED_POLICIES]
    return [
        {
            "Sid": "BoundedRoles",
            "Effect": "Allow",
            "Action": list(_BOUNDED),
            "Resource": roles,
            "Condition": {"StringEquals": bounded},
        },
        {
            "Sid": "ManagedPolicies",
            "Effect": "Allow",
            "Action": "iam:AttachRolePolicy",
            "Resource": roles,
            "Condition": {"StringEquals": bounded, "ArnEquals": {"iam:PolicyARN": attached}},
        },
        {
            "Sid": "PassesRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": list(_PASSED_TO)}},
        },
        {"Sid": "Roles", "Effect": "Allow", "Action": list(_ROLES), "Resource": roles},
        {
            "Sid": "PoliciesAndProfiles",
            "Effect": "Allow",
            "Action": "iam:*",
            "Resource": [
                f"{ARN}:iam::{account}:policy/{scope.name()}-*",
                f"{ARN}:iam::{account}:instance-profile/{scope.name()}-*",
            ],
        },
    ]


def _connects(environment: Environment, scope: Scope, aws_region: str) -> list[Statement]:
    """`wedops connect`: read the region's credentials, write those that its stack is needed for.

    Whoever may change a cluster may set its master password, so reading it gives nothing more.
    """
    place, name = Place(environment.account_id, aws_region), environment.name
    region = scope.region or ""
    reads = (database_role(name, "*", "*"), cache_user(name, region))
    writes = (remote_access(name, region), f"{scope.name()}-*/master")

    def secrets(names: Sequence[str]) -> list[str]:
        return [place.arn("secretsmanager", f"secret:{each}-??????") for each in names]

    look = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    write = [f"secretsmanager:{each}" for each in _WRITES_OF_A_SECRET]
    return [
        {"Sid": "ReadsCredentials", "Effect": "Allow", "Action": look, "Resource": secrets(reads)},
        {"Sid": "WritesCredentials", "Effect": "Allow", "Action": [*look, *write], "Resource": secrets(writes)},
        {"Sid": "RandomPasswords", "Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*"},
    ]


def _common(environment: Environment, scope: Scope) -> list[Statement]:
    """The stack's own state and its key, look-ups, and what no deployment changes."""
    return [
        {"Sid": "Reads", "Effect": "Allow", "Action": list(_READS_EVERYWHERE), "Resource": "*"},
        {"Sid": "ServiceRoles", "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"},
        *reads_states(environment),
        _writes_own_state(environment, scope),
        {
            "Sid": "UsesSecretsKey",
            "Effect": "Allow",
            "Action": list(_USES_OF_A_KEY),
            "Resource": "*",
            "Condition": on_secrets_key(environment),
        },
        {
            "Sid": "KeepsSecretsKey",
            "Effect": "Deny",
            "NotAction": list(_USES_OF_A_KEY),
            "Resource": f"{ARN}:kms:*:{environment.account_id}:key/*",
            "Condition": on_secrets_key(environment),
        },
        _renews_freeze(environment, scope),
        *own.data_stays(environment),
        *bootstrap_stays(environment),
    ]


def _renews_freeze(environment: Environment, scope: Scope) -> Statement:
    """Its own boundary, which grants nothing whatever it says: see freeze_boundary.py."""
    return {
        "Sid": "RenewsFreeze",
        "Effect": "Allow",
        "Action": ["iam:CreatePolicyVersion", "iam:DeletePolicyVersion"],
        "Resource": freeze_policy_arn(environment.account_id, scope),
    }


def reads_states(environment: Environment) -> list[Statement]:
    """All states: a stack refers to others' outputs."""
    bucket = f"{ARN}:s3:::{state_bucket(environment)}"
    return [
        {
            "Sid": "ListsStates",
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": bucket,
        },
        {"Sid": "ReadsStates", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket}/.pulumi/*"},
    ]


def _writes_own_state(environment: Environment, scope: Scope) -> Statement:
    """The stack's state, history, backups and locks: `<kind>/<project>/<stack>`, as a file or as a folder."""
    objects = f"{ARN}:s3:::{state_bucket(environment)}/.pulumi/*/{project()}/{scope.stack}"
    return {
        "Sid": "WritesOwnState",
        "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:DeleteObject"],
        "Resource": [f"{objects}.*", f"{objects}/*"],
    }
