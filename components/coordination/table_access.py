"""What a pod may do with the environment's tables, as statements of an IAM policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.coordination.audit_table import audit_table_name
from components.coordination.lock_table import lock_table_name
from components.place import Place
from components.scope import Scope

# Each takes a condition. Batches and PartiQL, which take none or hide it, are left out, and so is Scan.
_CONDITIONAL_WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
# What would change an event that is there. Put is not among them: it is how events are written.
CHANGES_OF_EVENTS = (
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
)


# DynamoDB encrypts with a customer's key in the name of whoever reads or writes an item.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_USES_OF_A_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def hold_locks(scope: Scope, replicas: Mapping[Place, str], locks: Sequence[str]) -> list[dict[str, Any]]:
    """Read the locks, and take, renew and release those whose names match.

    Args:
        scope: the environment's.
        replicas: ARNs of the tables' keys by replicas that are written to: the regions of the failover order, its
            first one in normal times.
        locks: names; `*` stands for any characters, e.g. "failover/*".
    """
    return [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", *_CONDITIONAL_WRITES],
            "Resource": [place.arn("dynamodb", f"table/{lock_table_name(scope)}") for place in replicas],
            "Condition": {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(locks)},
                # ForAllValues holds for no key at all, too.
                "Null": {"dynamodb:LeadingKeys": "false"},
            },
        },
        _opens(replicas),
    ]


def append_to_audit_trail(scope: Scope, place: Place, key_arn: str) -> list[dict[str, Any]]:
    """Put events of this environment into the replica in `place`, which that key encrypts, and read none."""
    return [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:PutItem"],
            "Resource": [place.arn("dynamodb", f"table/{audit_table_name(scope)}")],
            "Condition": {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{scope.environment}#*"]},
                "Null": {"dynamodb:LeadingKeys": "false"},
                # Not even what an overwritten item was.
                "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"},
            },
        },
        _opens({place: key_arn}),
    ]


def _opens(replicas: Mapping[Place, str]) -> dict[str, Any]:
    """Use of the replicas' keys, through DynamoDB alone."""
    return {
        "Effect": "Allow",
        "Action": list(_USES_OF_A_KEY),
        "Resource": sorted(set(replicas.values())),
        "Condition": {
            "StringEquals": {"kms:ViaService": [f"dynamodb.{place.aws_region}.amazonaws.com" for place in replicas]}
        },
    }
