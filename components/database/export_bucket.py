"""The bucket that a cluster's exports are kept in: locked for years, in one region, with one key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model.database import LockMode, SnapshotExports

# Longer than any number of calendar years with that many days: an object is deleted after its lock has ended.
_YEAR_DAYS = 366


@dataclass(frozen=True)
class ExportBucketArgs:
    """What an ExportBucket needs. `tags` are the cluster's; without `protect` it is deleted with all that is in it."""

    scope: Scope
    group: str
    exports: SnapshotExports
    lock_mode: LockMode
    key_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    protect: bool


class ExportBucket(pulumi.ComponentResource):
    """A versioned bucket whose objects cannot be deleted before their time, get colder, and are deleted then.

    ExportBucket("exports", ExportBucketArgs(scope, "worldwide", exports, "COMPLIANCE", key.arn, tags, protect=True))

    It is replicated nowhere.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ExportBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:ExportBucket", name, None, opts)
        self._name, self._args = name, args
        made = self._bucket()
        self.bucket, self.arn = made.bucket, made.arn
        self._access()
        versioning = self._versions()
        self._lock(versioning)
        self._lifecycle(versioning)
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _bucket(self) -> aws.s3.Bucket:
        title = self._args.scope.name(f"{self._args.group}-exports")
        made = aws.s3.Bucket(
            self._name,
            bucket=title,
            object_lock_enabled=True,
            force_destroy=not self._args.protect,
            tags={**self._args.tags, "Name": title},
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=made.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": self._args.key_arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self._child(),
        )
        return made

    def _access(self) -> None:
        block = aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=self.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        ownership = aws.s3.BucketOwnershipControls(
            self._name, bucket=self.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=self._child()
        )
        policy = pulumi.Output.all(self.arn, self._args.key_arn).apply(lambda known: bucket_policy(*known))
        # S3 refuses two changes of a bucket's access at once.
        aws.s3.BucketPolicy(self._name, bucket=self.bucket, policy=policy, opts=self._child(block, ownership))

    def _versions(self) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            self._name, bucket=self.bucket, versioning_configuration={"status": "Enabled"}, opts=self._child()
        )

    def _lock(self, versioning: aws.s3.BucketVersioning) -> None:
        mode: LockMode = self._args.lock_mode if self._args.protect else "GOVERNANCE"
        aws.s3.BucketObjectLockConfiguration(
            self._name,
            bucket=self.bucket,
            rule={"default_retention": {"mode": mode, "years": self._args.exports.retention_years}},
            opts=self._child(versioning),
        )

    def _lifecycle(self, versioning: aws.s3.BucketVersioning) -> None:
        exports = self._args.exports
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self.bucket,
            rules=[
                {
                    "id": "colder-then-gone",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "transitions": [
                        {"days": each.days, "storage_class": each.storage_class} for each in exports.transitions
                    ],
                    "expiration": {"days": exports.retention_years * _YEAR_DAYS},
                    # Of a versioned object the expiration only hides it.
                    "noncurrent_version_expiration": {"noncurrent_days": 1},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                }
            ],
            opts=self._child(versioning),
        )


def bucket_policy(bucket_arn: str, key_arn: str) -> str:
    """Refuses connections without TLS, and objects that another key would encrypt."""
    everybody = {"Principal": "*", "Effect": "Deny"}
    statements = [
        {
            "Sid": "OnlyOverTls",
            **everybody,
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "OnlyWithTheDatasKey",
            **everybody,
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/*",
            "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}},
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
