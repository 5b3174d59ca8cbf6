"""A customer-managed key that everything of a stack is encrypted with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """What an EncryptionKey needs.

    `multi_region` lets other regions hold a replica of the key (for tables that replicate).
    """

    scope: Scope
    protect: bool
    multi_region: bool = False


class EncryptionKey(pulumi.ComponentResource):
    """A KMS key that rotates every year, and its alias.

    EncryptionKey("key", EncryptionKeyArgs(Scope("prod", "us-east-1"), protect=True))
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:security:EncryptionKey", name, None, opts)
        title = args.scope.name()
        key = aws.kms.Key(
            name,
            description=f"Data of stack {args.scope.stack}",
            enable_key_rotation=True,
            multi_region=args.multi_region,
            deletion_window_in_days=30,
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        aws.kms.Alias(name, name=f"alias/{title}", target_key_id=key.key_id, opts=pulumi.ResourceOptions(parent=self))
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
