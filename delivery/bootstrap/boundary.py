"""What no role of an environment's stacks may exceed. Pure.

A boundary grants nothing: a role may do what both its own policies and this one allow. So it allows whole services, and
says what none of their pods may do whatever its policies say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.coordination.audit_table import audit_table_name
from components.coordination.lock_table import lock_table_name
from components.scope import Scope
from components.security.boundary import boundary_arn
from delivery.bootstrap.guard import ARN, COPIES_DATABASES, Statement, document, events_stay
from delivery.bootstrap.names import bootstrap_secrets, state_bucket
from stacks.environment import Environment

# What nodes, add-ons and workloads of a region use; a new kind of role may need one more.
_SERVICES = (
    "autoscaling",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ecr",
    "eks",
    "eks-auth",
    "elasticache",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "kms",
    "logs",
    "pricing",
    "rds",
    "route53",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "tag",
    "xray",
)
_READS_SECRETS = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:ListSecrets")
# The node autoscaler gives its instances a profile; everything else of IAM is the deploy roles'.
_PROFILES = ("Create", "Delete", "Tag", "AddRoleTo", "RemoveRoleFrom")
_CHANGES_OF_TABLES = (
    "dynamodb:DeleteTable*",
    "dynamodb:UpdateTable*",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:RestoreTable*",
    "dynamodb:PutResourcePolicy",
    "dynamodb:DeleteResourcePolicy",
)
_LOSES_OR_COPIES_DATA = (
    "rds:DeleteDBCluster",
    "rds:DeleteDBClusterAutomatedBackup",
    "rds:DeleteGlobalCluster",
    *COPIES_DATABASES,
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteObjectVersion",
)


def boundary(environment: Environment, aws_regions: Sequence[str]) -> dict[str, Any]:
    """The policy of an environment.

    Args:
        aws_regions: where its roles may do anything; global services count as us-east-1.
    """
    return document([*_allowed(environment), *_denied(environment, aws_regions)])


def _allowed(environment: Environment) -> list[Statement]:
    account, roles = environment.account_id, Scope(environment.name).name()
    return [
        {
            "Sid": "Services",
            "Effect": "Allow",
            "Action": [*(f"{service}:*" for service in _SERVICES), *_READS_SECRETS, "sts:GetCallerIdentity"],
            "Resource": "*",
        },
        {
            "Sid": "Profiles",
            "Effect": "Allow",
            "Action": [
                *(f"iam:{verb}InstanceProfile" for verb in _PROFILES),
                "iam:GetInstanceProfile",
                "iam:GetRole",
                "iam:ListAttachedRolePolicies",
                "iam:ListInstanceProfiles",
                "iam:CreateServiceLinkedRole",
            ],
            "Resource": "*",
        },
        {
            "Sid": "OwnRolesOnly",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": f"{ARN}:iam::{account}:role/{roles}-*",
        },
    ]


def _denied(environment: Environment, aws_regions: Sequence[str]) -> list[Statement]:
    account, scope = environment.account_id, Scope(environment.name)
    tables = f"{ARN}:dynamodb:*:{account}:table"
    bucket = f"{ARN}:s3:::{state_bucket(environment)}"
    return [
        events_stay(environment),
        {
            "Sid": "TablesStay",
            "Effect": "Deny",
            "Action": list(_CHANGES_OF_TABLES),
            "Resource": [f"{tables}/{audit_table_name(scope)}", f"{tables}/{lock_table_name(scope)}"],
        },
        {"Sid": "DataStays", "Effect": "Deny", "Action": list(_LOSES_OR_COPIES_DATA), "Resource": "*"},
        {"Sid": "NotTheStates", "Effect": "Deny", "Action": "s3:*", "Resource": [bucket, f"{bucket}/*"]},
        {
            "Sid": "NotTheRoot",
            "Effect": "Deny",
            "Action": "secretsmanager:*",
            "Resource": f"{ARN}:secretsmanager:*:{account}:secret:{bootstrap_secrets(environment.name)}*",
        },
        {
            "Sid": "Here",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(aws_regions)}},
        },
        # Said although nothing above allows it: an addition there must not open these.
        {
            "Sid": "BoundariesStay",
            "Effect": "Deny",
            "Action": ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:CreateRole"],
            "Resource": "*",
        },
        {
            "Sid": "ThisPolicyStays",
            "Effect": "Deny",
            "Action": ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy*"],
            "Resource": boundary_arn(account, environment.name),
        },
    ]
