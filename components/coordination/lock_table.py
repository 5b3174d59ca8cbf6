"""The table that serialises what may happen once at a time in an environment: failovers and deployments."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope


@dataclass(frozen=True)
class LockTableArgs:
    """What a LockTable needs."""

    scope: Scope
    key_arn: pulumi.Input[str]
    protect: bool


class LockTable(pulumi.ComponentResource):
    """A DynamoDB table of leases: `lock` is held until `expires_at` (epoch seconds, when DynamoDB drops the item).

    LockTable("locks", LockTableArgs(Scope("prod"), key.arn, protect=True))
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: LockTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:LockTable", name, None, opts)
        title = args.scope.name("locks")
        table = aws.dynamodb.Table(
            name,
            name=title,
            billing_mode="PAY_PER_REQUEST",
            hash_key="lock",
            attributes=[{"name": "lock", "type": "S"}],
            ttl={"attribute_name": "expires_at", "enabled": True},
            point_in_time_recovery={"enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
            deletion_protection_enabled=args.protect,
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = table.name
        self.register_outputs({"name": self.name})
