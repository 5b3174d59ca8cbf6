"""Buckets. What a bucket is besides its name and lock is a resource of its own, in s3_settings.py. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType
from devcloud.providers.aws.types.tags import TAGS

BUCKET = ResourceType(
    pulumi_type="aws:s3/bucket:Bucket",
    service="s3",
    name=Name("bucket", 63, prefix_input="bucketPrefix"),
    id="input.bucket",
    create=Call(
        "CreateBucket",
        {
            # The first region of S3 is the one that is not named.
            "CreateBucketConfiguration": "(input.region || live.region) != 'us-east-1'"
            " && {LocationConstraint: input.region || live.region} || null",
        },
    ),
    reads=(
        Read("HeadBucket", {"Bucket": "id"}, at="{Bucket: id, BucketRegion: BucketRegion}"),
        Read(
            "GetObjectLockConfiguration",
            {"Bucket": "id"},
            at="ObjectLockConfiguration.ObjectLockEnabled == 'Enabled'",
            into="ObjectLockEnabledForBucket",
            missing=("ObjectLockConfigurationNotFoundError",),
        ),
        Read("GetBucketTagging", {"Bucket": "id"}, at="TagSet", into="Tags", missing=("NoSuchTagSet",)),
    ),
    then=(
        Call(
            "PutBucketTagging",
            {"Bucket": "id", "Tagging": "{TagSet: tag_list(input.tags)}"},
            on=("tags",),
            when="input.tags",
        ),
        Call("DeleteBucketTagging", {"Bucket": "id"}, on=("tags",), when="old.tags && !(input.tags)"),
    ),
    before_delete=(
        Call(
            "DeleteObjects",
            {
                "Bucket": "id",
                "Delete": "{Objects: item[].{Key: Key, VersionId: VersionId}, Quiet: `true`}",
                "BypassGovernanceRetention": "live.ObjectLockEnabledForBucket || null",
            },
            when="input.forceDestroy",
            reads=(
                Read(
                    "ListObjectVersions",
                    {"Bucket": "id"},
                    at="[Versions || `[]`, DeleteMarkers || `[]`][]",
                    into="Objects",
                ),
            ),
            each="live.Objects",
            batch=1000,
        ),
    ),
    delete=Call("DeleteBucket", {"Bucket": "id"}),
    missing=("404", "NoSuchBucket"),
    inputs={
        "bucket": Input(replace=True),
        "bucketPrefix": Input(live=None, replace=True, kind=str),
        "forceDestroy": Input(live=None, kind=bool, default=False),
        "objectLockEnabled": Input("ObjectLockEnabledForBucket", replace=True, absent=False),
        "tags": TAGS,
    },
    outputs={
        "arn": "concat(['arn:aws:s3:::', Bucket])",
        "bucketDomainName": "concat([Bucket, '.s3.amazonaws.com'])",
        "bucketRegion": "BucketRegion",
        "bucketRegionalDomainName": "concat([Bucket, '.s3.', BucketRegion, '.amazonaws.com'])",
        # Of a bucket that serves a website, which this table has no resource for.
        "hostedZoneId": "Website.HostedZoneId",
        "tagsAll": "tag_map(Tags)",
        "websiteDomain": "Website.Domain",
        "websiteEndpoint": "Website.Endpoint",
    },
)

TYPES = (BUCKET,)
