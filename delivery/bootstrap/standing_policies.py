"""What pull requests may read, and what people may do in an emergency. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from delivery.bootstrap.deploy_policies import GLOBAL_SERVICES, REGION_SERVICES, reads_states
from delivery.bootstrap.guard import ARN, bootstrap_stays, document, events_stay, on_secrets_key, residents_stay
from delivery.bootstrap.names import state_bucket
from regions.fleet import Fleet
from stacks.environment import Environment

_VERBS = ("Describe", "Get", "List")
# Among the reads are some that give data away, not settings.
_DATA = (
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "kms:GetParametersForImport",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "secretsmanager:GetSecretValue",
    "states:GetActivityTask",
    "states:GetExecutionHistory",
)
_BUCKET_SETTINGS = (
    "s3:GetAccelerateConfiguration",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
)


def preview_policy(environment: Environment, aws_regions: Sequence[str]) -> dict[str, Any]:
    """Settings of everything that the stacks are made of, and their states; no data, and no change of anything."""
    services = sorted({*GLOBAL_SERVICES, *REGION_SERVICES})
    return document(
        [
            {
                "Sid": "Settings",
                "Effect": "Allow",
                "Action": [f"{service}:{verb}*" for service in services for verb in _VERBS],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": list(aws_regions)}},
            },
            {
                "Sid": "Lookups",
                "Effect": "Allow",
                "Action": ["budgets:ViewBudget", "iam:Get*", "iam:List*", "ssm:GetParameter*", "tag:GetResources"],
                "Resource": "*",
            },
            {"Sid": "Buckets", "Effect": "Allow", "Action": list(_BUCKET_SETTINGS), "Resource": "*"},
            *reads_states(environment),
            {
                "Sid": "OpensStates",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": on_secrets_key(environment),
            },
            {"Sid": "NoData", "Effect": "Deny", "Action": list(_DATA), "Resource": "*"},
        ]
    )


def emergency_policy(environment: Environment, fleet: Fleet) -> dict[str, Any]:
    """Everything, but what would hide it or make it last, or take residents' data out of their jurisdiction."""
    bucket = f"{ARN}:s3:::{state_bucket(environment)}"
    return document(
        [
            {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"},
            events_stay(environment),
            {
                "Sid": "StatesHaveAPast",
                "Effect": "Deny",
                "Action": [
                    "s3:DeleteBucket",
                    "s3:DeleteBucketPolicy",
                    "s3:DeleteObjectVersion",
                    "s3:PutBucketPolicy",
                    "s3:PutBucketVersioning",
                    "s3:PutLifecycleConfiguration",
                ],
                "Resource": [bucket, f"{bucket}/*"],
            },
            *residents_stay(environment, fleet),
            *bootstrap_stays(environment),
            {
                "Sid": "NothingLasts",
                "Effect": "Deny",
                "Action": ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:UpdateLoginProfile"],
                "Resource": "*",
            },
        ]
    )
