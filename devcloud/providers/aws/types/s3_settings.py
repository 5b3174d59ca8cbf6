"""What a bucket is besides its name: versions, encryption, locks, access, lifecycle. Data only."""

from __future__ import annotations

from collections.abc import Mapping

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same

_BUCKET = {"Bucket": "id"}
_BUCKET_INPUT = Input(live="Bucket", replace=True)


def _setting(
    name: str,
    calls: tuple[str, str, str],
    *,
    put: Mapping[str, str],
    at: str,
    inputs: Mapping[str, Input],
    unset: Mapping[str, str] | None = None,
    missing: tuple[str, ...] = (),
    gone: str = "",
) -> ResourceType:
    """A resource that is one setting of a bucket.

    Args:
        calls: put, get and delete.
        at: the setting in the get call's answer.
        unset: what deletes it, besides the bucket's name.
        gone: it is set, but as it is on a bucket without this resource.
    """
    set_it, get_it, delete_it = calls
    return ResourceType(
        pulumi_type=f"aws:s3/{name[:1].lower()}{name[1:]}:{name}",
        service="s3",
        name=Name("bucket", 63),
        id="input.bucket",
        create=Call(set_it, put),
        reads=(Read(get_it, _BUCKET, at=f"{at} && {{Bucket: id, it: {at}}} || null"),),
        update=Call(set_it, {**_BUCKET, **put}),
        delete=Call(delete_it, {**_BUCKET, **(unset or {})}),
        missing=("NoSuchBucket", *missing),
        gone=gone,
        inputs={"bucket": _BUCKET_INPUT, **inputs},
        outputs={},
    )


BUCKET_VERSIONING = _setting(
    "BucketVersioning",
    ("PutBucketVersioning", "GetBucketVersioning", "PutBucketVersioning"),
    put={"VersioningConfiguration": "{Status: input.versioningConfiguration.status}"},
    at="Status",
    # Versions cannot be taken back; suspended is what a bucket is left with.
    unset={"VersioningConfiguration": "{Status: 'Suspended'}"},
    gone="it != 'Enabled'",
    inputs={
        "versioningConfiguration": Input(live="{status: it}", kind=dict, block={"status": str}, same=Same.BLOCK),
    },
)

_ENCRYPTION = (
    "{Rules: input.rules[].compact({BucketKeyEnabled: bucketKeyEnabled, ApplyServerSideEncryptionByDefault:"
    " applyServerSideEncryptionByDefault.{SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId}})}"
)
BUCKET_ENCRYPTION = _setting(
    "BucketServerSideEncryptionConfiguration",
    ("PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption"),
    put={"ServerSideEncryptionConfiguration": _ENCRYPTION},
    at="ServerSideEncryptionConfiguration.Rules",
    missing=("ServerSideEncryptionConfigurationNotFoundError",),
    inputs={
        "rules": Input(
            live="it[].{bucketKeyEnabled: BucketKeyEnabled || `false`, applyServerSideEncryptionByDefault:"
            " ApplyServerSideEncryptionByDefault.{sseAlgorithm: SSEAlgorithm, kmsMasterKeyId: KMSMasterKeyID}}",
            kind=list,
            block={"bucketKeyEnabled": bool, "applyServerSideEncryptionByDefault": dict},
            same=Same.BLOCK,
        ),
    },
)

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BLOCKED = ", ".join(f"{member}: input.{member[:1].lower()}{member[1:]} || `false`" for member in _BLOCKS)
BUCKET_PUBLIC_ACCESS_BLOCK = _setting(
    "BucketPublicAccessBlock",
    ("PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock"),
    put={"PublicAccessBlockConfiguration": f"{{{_BLOCKED}}}"},
    at="PublicAccessBlockConfiguration",
    missing=("NoSuchPublicAccessBlockConfiguration",),
    inputs={
        f"{member[:1].lower()}{member[1:]}": Input(live=f"it.{member}", kind=bool, absent=False) for member in _BLOCKS
    },
)

BUCKET_POLICY = _setting(
    "BucketPolicy",
    ("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
    put={},
    at="Policy",
    missing=("NoSuchBucketPolicy",),
    inputs={"policy": Input(live="it", same=Same.JSON)},
)

_RETENTION = "input.rule.defaultRetention"
BUCKET_OBJECT_LOCK = _setting(
    "BucketObjectLockConfiguration",
    ("PutObjectLockConfiguration", "GetObjectLockConfiguration", "PutObjectLockConfiguration"),
    put={
        "ObjectLockConfiguration": "compact({ObjectLockEnabled: input.objectLockEnabled, Rule: input.rule"
        f" && {{DefaultRetention: {{Mode: {_RETENTION}.mode, Days: {_RETENTION}.days, Years: {_RETENTION}.years}}}}}})"
    },
    at="ObjectLockConfiguration",
    unset={"ObjectLockConfiguration": "{ObjectLockEnabled: 'Enabled'}"},
    missing=("ObjectLockConfigurationNotFoundError",),
    # The lock is the bucket's and stays; the rule is this resource's.
    gone="!(it.Rule)",
    inputs={
        "objectLockEnabled": Input(live="it.ObjectLockEnabled", kind=str, default="Enabled", replace=True),
        "rule": Input(
            live="it.Rule && {defaultRetention: it.Rule.DefaultRetention.{mode: Mode, days: Days, years: Years}}",
            kind=dict,
            block={"defaultRetention": dict},
            same=Same.BLOCK,
        ),
    },
)

BUCKET_OWNERSHIP_CONTROLS = _setting(
    "BucketOwnershipControls",
    ("PutBucketOwnershipControls", "GetBucketOwnershipControls", "DeleteBucketOwnershipControls"),
    put={"OwnershipControls": "{Rules: [{ObjectOwnership: input.rule.objectOwnership}]}"},
    at="OwnershipControls.Rules",
    missing=("OwnershipControlsNotFoundError",),
    inputs={
        "rule": Input(
            live="{objectOwnership: it[0].ObjectOwnership}",
            kind=dict,
            block={"objectOwnership": str},
            same=Same.BLOCK,
        ),
    },
)

_SIZES = "ObjectSizeGreaterThan: {0}objectSizeGreaterThan, ObjectSizeLessThan: {0}objectSizeLessThan"
_SIZES_LIVE = "objectSizeGreaterThan: {0}ObjectSizeGreaterThan, objectSizeLessThan: {0}ObjectSizeLessThan"
_EXPIRATION = "expiration.{Days: days, Date: date, ExpiredObjectDeleteMarker: expiredObjectDeleteMarker}"
_EXPIRATION_LIVE = "Expiration.{days: Days, date: Date, expiredObjectDeleteMarker: ExpiredObjectDeleteMarker}"
_RULES = (
    "{Rules: input.rules[].compact({ID: id, Status: status,"
    " Filter: {Prefix: !(filter.and || filter.tag || filter.objectSizeGreaterThan || filter.objectSizeLessThan)"
    " && (filter.prefix || prefix || '') || filter.prefix, Tag: filter.tag.{Key: key, Value: value},"
    f" {_SIZES.format('filter.')}, And: filter.and.{{Prefix: prefix, Tags: tag_list(tags), {_SIZES.format('')}}}}},"
    f" Expiration: {_EXPIRATION}, Transitions: transitions[].{{Days: days, Date: date, StorageClass: storageClass}},"
    " NoncurrentVersionExpiration: noncurrentVersionExpiration.{NoncurrentDays: noncurrentDays,"
    " NewerNoncurrentVersions: newerNoncurrentVersions},"
    " NoncurrentVersionTransitions: noncurrentVersionTransitions[].{NoncurrentDays: noncurrentDays,"
    " NewerNoncurrentVersions: newerNoncurrentVersions, StorageClass: storageClass},"
    " AbortIncompleteMultipartUpload: abortIncompleteMultipartUpload.{DaysAfterInitiation: daysAfterInitiation}})}"
)
_RULES_LIVE = (
    "it[].{id: ID, status: Status,"
    " filter: {prefix: Filter.Prefix, tag: Filter.Tag.{key: Key, value: Value},"
    f" {_SIZES_LIVE.format('Filter.')}, and: Filter.And.{{prefix: Prefix, tags: tag_map(Tags),"
    f" {_SIZES_LIVE.format('')}}}}},"
    f" expiration: {_EXPIRATION_LIVE}, transitions: Transitions[].{{days: Days, date: Date,"
    " storageClass: StorageClass},"
    " noncurrentVersionExpiration: NoncurrentVersionExpiration.{noncurrentDays: NoncurrentDays,"
    " newerNoncurrentVersions: NewerNoncurrentVersions},"
    " noncurrentVersionTransitions: NoncurrentVersionTransitions[].{noncurrentDays: NoncurrentDays,"
    " newerNoncurrentVersions: NewerNoncurrentVersions, storageClass: StorageClass},"
    " abortIncompleteMultipartUpload: AbortIncompleteMultipartUpload.{daysAfterInitiation: DaysAfterInitiation}}"
)
BUCKET_LIFECYCLE = _setting(
    "BucketLifecycleConfiguration",
    ("PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle"),
    put={"LifecycleConfiguration": _RULES},
    at="Rules",
    missing=("NoSuchLifecycleConfiguration",),
    inputs={
        "rules": Input(
            live=_RULES_LIVE,
            kind=list,
            block={
                "id": str,
                "status": str,
                "filter": dict,
                "prefix": str,
                "expiration": dict,
                "transitions": list,
                "noncurrentVersionExpiration": dict,
                "noncurrentVersionTransitions": list,
                "abortIncompleteMultipartUpload": dict,
            },
            same=Same.BLOCK,
        ),
    },
)

TYPES = (
    BUCKET_VERSIONING,
    BUCKET_ENCRYPTION,
    BUCKET_PUBLIC_ACCESS_BLOCK,
    BUCKET_POLICY,
    BUCKET_OBJECT_LOCK,
    BUCKET_OWNERSHIP_CONTROLS,
    BUCKET_LIFECYCLE,
)
