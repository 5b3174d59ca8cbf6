"""The table that serialises what may happen once at a time in an environment: failovers and deployments."""

from __future__ import annotations

import pulumi

from components.coordination.replicated_table import ReplicatedTableArgs, replicated_table
from components.scope import Scope


def lock_table_name(scope: Scope) -> str:
    """The table's name, in every region; `scope` is the environment's."""
    return scope.name("locks")


class LockTable(pulumi.ComponentResource):
    """A DynamoDB table of leases: `lock` is held until `expires_at` (epoch seconds, when DynamoDB drops the item).

    LockTable("locks", ReplicatedTableArgs(Scope("prod"), key.arn, {"eu-central-1": replica.arn}, protect=True))

    A lease is taken by a conditional write, and conditions hold within one replica only: replication is asynchronous,
    and of two writes in two regions the later wins. So every taker writes to the same replica, which one is part of
    taking a lock (docs/decisions/0010-coordination.md).
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicatedTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:LockTable", name, None, opts)
        table = replicated_table(self, name, lock_table_name(args.scope), args, ("lock",), ttl_attribute="expires_at")
        self.name = table.name
        self.register_outputs({"name": self.name})
