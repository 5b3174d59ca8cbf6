"""The audit trail of an environment: what was done, by whom and why, for seven years and longer."""

from __future__ import annotations

import pulumi

from components.coordination.replicated_table import ReplicatedTableArgs, replicated_table
from components.scope import Scope


def audit_table_name(scope: Scope) -> str:
    """The table's name, in every region; `scope` is the environment's."""
    return scope.name("audit")


class AuditTable(pulumi.ComponentResource):
    """A DynamoDB table of events: partition `day` ("prod#2026-11-24", UTC), sorted by `event` ("08:00:01.5Z#<UUID>").

    AuditTable("audit", ReplicatedTableArgs(Scope("prod"), key.arn, {"eu-central-1": replica.arn}, protect=True))

    Items never expire. What makes it append-only: writers may put items and nothing else (`append_to_audit_trail`); the
    boundary of every role takes updating and deleting away, whatever a policy allows; and a put cannot hit another
    event, for a sort key ends in a random UUID that writers cannot read. A writer that overwrites its own event leaves
    the old one in the stream and in point-in-time recovery.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicatedTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:AuditTable", name, None, opts)
        table = replicated_table(self, name, audit_table_name(args.scope), args, ("day", "event"))
        self.name = table.name
        self.register_outputs({"name": self.name})
