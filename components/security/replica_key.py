"""A multi-region key in another region: the copies of replicated tables are encrypted with it there."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope
from components.security.key_policy import key_policy


@dataclass(frozen=True)
class ReplicaKeyArgs:
    """What a ReplicaKey needs. `primary_arn` is the key's own; `place` is where the replica is."""

    scope: Scope
    place: Place
    primary_arn: pulumi.Input[str]
    protect: bool
    notifies: bool = False


class ReplicaKey(pulumi.ComponentResource):
    """A replica of a multi-region KMS key, with an alias and a policy of its own; it rotates with the primary.

    ReplicaKey("key-eu", ReplicaKeyArgs(Scope("prod"), Place("123456789012", "eu-central-1"), key.arn, protect=True))
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicaKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:security:ReplicaKey", name, None, opts)
        # Not by the region alone: that is the name of the region stack's own key.
        title = args.scope.name(f"replica-{args.place.aws_region}")
        key = aws.kms.ReplicaKey(
            name,
            primary_key_arn=args.primary_arn,
            description=f"Data of stack {args.scope.stack} in {args.place.aws_region}",
            policy=key_policy(args.place, notifies=args.notifies),
            deletion_window_in_days=30,
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(name, name=f"alias/{title}", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
