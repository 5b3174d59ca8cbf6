"""What the environment's tables have alike: replicas in all regions, recovery, encryption, streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope


@dataclass(frozen=True)
class ReplicatedTableArgs:
    """Where a table is. `replica_keys` are ARNs of keys by the other AWS regions that get a replica."""

    scope: Scope
    key_arn: pulumi.Input[str]
    replica_keys: Mapping[str, pulumi.Input[str]]
    protect: bool


def replicated_table(
    parent: pulumi.ComponentResource,
    name: str,
    title: str,
    args: ReplicatedTableArgs,
    keys: tuple[str, ...],
    ttl_attribute: str | None = None,
) -> aws.dynamodb.Table:
    """A DynamoDB global table.

    Args:
        title: its name in AWS, in every region.
        keys: one or two attributes, all strings: what partitions it, and what sorts a partition.
        ttl_attribute: epoch seconds after which DynamoDB drops an item; None keeps items for ever.
    """
    return aws.dynamodb.Table(
        name,
        name=title,
        billing_mode="PAY_PER_REQUEST",
        hash_key=keys[0],
        range_key=keys[1] if len(keys) > 1 else None,
        attributes=[{"name": key, "type": "S"} for key in keys],
        ttl={"attribute_name": ttl_attribute, "enabled": True} if ttl_attribute else None,
        # Replication reads it, and it shows what an overwritten item was.
        stream_enabled=True,
        stream_view_type="NEW_AND_OLD_IMAGES",
        point_in_time_recovery={"enabled": True},
        server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
        deletion_protection_enabled=args.protect,
        replicas=[
            {
                "region_name": aws_region,
                "kms_key_arn": key_arn,
                "point_in_time_recovery": True,
                "deletion_protection_enabled": args.protect,
                "propagate_tags": True,
            }
            for aws_region, key_arn in args.replica_keys.items()
        ],
        tags=args.scope.tags(title),
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect),
    )
