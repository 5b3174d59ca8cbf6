"""A customer-managed key that everything of a stack is encrypted with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope
from components.security.key_policy import key_policy


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """What an EncryptionKey needs.

    `multi_region` lets other regions hold a replica of the key (for tables that replicate). `purpose` tells a stack's
    further keys from its first. `notifies` says that topics are encrypted with it.
    """

    scope: Scope
    place: Place
    protect: bool
    multi_region: bool = False
    purpose: str = ""
    notifies: bool = False


class EncryptionKey(pulumi.ComponentResource):
    """A KMS key that rotates every year, and its alias.

    EncryptionKey("key", EncryptionKeyArgs(Scope("prod", "eu"), Place("123456789012", "eu-central-1"), protect=True))
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:security:EncryptionKey", name, None, opts)
        title = args.scope.name(args.purpose)
        key = aws.kms.Key(
            name,
            description=" ".join(filter(None, ("Data of stack", args.scope.stack, args.purpose))),
            policy=key_policy(args.place, notifies=args.notifies),
            enable_key_rotation=True,
            multi_region=args.multi_region,
            deletion_window_in_days=30,
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(name, name=f"alias/{title}", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
