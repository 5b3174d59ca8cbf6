"""Where volumes lie that replicas share: an EFS file system, reached from each zone of the region."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.openings import Opening, guarded
from components.scope import Scope

PORT = 2049
_TOKEN_LIMIT = 64


@dataclass(frozen=True)
class FileSystemArgs:
    """What a FileSystem needs.

    `subnet_ids` are one a zone, by zone; `client_security_group_ids` the groups of those that may mount it, by what
    they are ("nodes"); nobody else can.
    """

    scope: Scope
    vpc_id: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Input[str]]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    protect: bool


class FileSystem(pulumi.ComponentResource):
    """An encrypted file system that is mounted with TLS alone, with a mount target in each zone.

    FileSystem("files", FileSystemArgs(scope, vpc.id, {"eu-central-1a": subnet.id}, {"nodes": group.id}, key.arn, True))
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
    mount_targets: Sequence[pulumi.Resource]
    """Without them nothing is mounted."""

    def __init__(self, name: str, args: FileSystemArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:FileSystem", name, None, opts)
        self._name, self._args = name, args
        self._title = args.scope.name("files", _TOKEN_LIMIT)
        files = self._file_system()
        self._policy(files)
        group = self._security_group()
        self.mount_targets = [
            aws.efs.MountTarget(
                f"{name}-{zone}",
                file_system_id=files.id,
                subnet_id=subnet,
                security_groups=[group.id],
                opts=self._child(),
            )
            for zone, subnet in args.subnet_ids.items()
        ]
        self.id, self.arn = files.id, files.arn
        self.register_outputs({"id": self.id})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _file_system(self) -> aws.efs.FileSystem:
        return aws.efs.FileSystem(
            self._name,
            creation_token=self._title,
            encrypted=True,
            kms_key_id=self._args.key_arn,
            throughput_mode="elastic",  # logs come with the requests: in bursts, above all on Saturdays
            tags=self._args.scope.tags(self._title),
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )

    def _policy(self, files: aws.efs.FileSystem) -> None:
        aws.efs.FileSystemPolicy(
            self._name,
            file_system_id=files.id,
            policy=files.arn.apply(_over_tls),
            opts=self._child(),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        return guarded(
            self,
            self._name,
            self._args.scope.name("files", 255),
            f"Shared volumes of {self._args.scope.stack}",
            self._args.vpc_id,
            Opening("NFS", PORT, self._args.client_security_group_ids),
            self._args.scope.tags,
        )


def _over_tls(arn: str) -> str:
    """Whoever reaches a mount target may mount through it: the security group decides who does."""
    mounts = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"elasticfilesystem:Client{each}" for each in ("Mount", "Write", "RootAccess")],
        "Resource": arn,
        "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    }
    in_the_clear = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [mounts, in_the_clear]})
