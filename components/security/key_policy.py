"""Who may use a key: the account's IAM policies, and the AWS services that encrypt with it by themselves. Pure."""

from __future__ import annotations

import json
from typing import Any

from components.place import Place

# They publish to topics that the key encrypts.
PUBLISHERS = ("budgets", "cloudwatch")


def key_policy(place: Place, *, notifies: bool) -> str:
    """The policy of a key in `place`, as JSON.

    Everything else uses a key on behalf of a caller, whose own policies then decide: RDS, DynamoDB, S3, ECR, EKS,
    ElastiCache and Secrets Manager do.

    Args:
        notifies: whether topics are encrypted with it, that CloudWatch and Budgets publish to.
    """
    statements = [_account(place), _logs(place), *([_publishers(place)] if notifies else [])]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _account(place: Place) -> dict[str, Any]:
    """Without it a key whose other principals are gone could be managed by nobody."""
    return {
        "Sid": "IamDecides",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{place.account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }


def _logs(place: Place) -> dict[str, Any]:
    return {
        "Sid": "LogGroups",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{place.aws_region}.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": place.arn("logs", "log-group:*")}},
    }


def _publishers(place: Place) -> dict[str, Any]:
    return {
        "Sid": "Topics",
        "Effect": "Allow",
        "Principal": {"Service": [f"{service}.amazonaws.com" for service in PUBLISHERS]},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": place.account_id}},
    }
