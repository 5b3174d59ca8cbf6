"""Buckets, their settings, and image repositories through their whole life at the local endpoint."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from devcloud.providers.plugin import State

from .life import ABROAD, Case, Inputs, Life, World, live_through
from .network_site import ACCOUNT

BUCKET, VERSIONING = "aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ACCESS, POLICY = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws:s3/bucketPolicy:BucketPolicy"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REPOSITORY, IMAGES_GO = "aws:ecr/repository:Repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy"
REPLICATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
ALL_BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}


class Around(World):
    """A world with buckets and repositories."""

    def bucket(self, *, locked: bool = False) -> str:
        inputs = {"bucket": f"{self.title}-{len(self.made)}", "objectLockEnabled": locked}
        return self.make(BUCKET, inputs).identifier

    def repository(self) -> str:
        return self.make(REPOSITORY, {"name": f"{self.title}/{len(self.made)}"}).identifier


def kms(around: Around, *, cheap: bool) -> Inputs:
    wanted = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": around.key()}
    return {"rules": [{"applyServerSideEncryptionByDefault": wanted, "bucketKeyEnabled": cheap}]}


def denied(bucket: str, action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def kept(years: int) -> Inputs:
    return {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "years": years}}}


def colder(days: int) -> Inputs:
    return {
        "id": "colder-then-gone",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "transitions": [{"days": 30, "storageClass": "GLACIER"}, {"days": 90, "storageClass": "DEEP_ARCHIVE"}],
        "expiration": {"days": days},
        "noncurrentVersionExpiration": {"noncurrentDays": 1},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }


def only(prefix: str) -> Inputs:
    return {"id": prefix, "status": "Disabled", "filter": {"and": {"prefix": prefix, "tags": {"kind": "log"}}}}


def repository(around: Around) -> Inputs:
    return {
        "name": f"{around.title}/coordinator",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": around.key()}],
    }


def images_go(count: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


def copied(*regions: str) -> Inputs:
    destinations = [{"region": region, "registryId": ACCOUNT} for region in regions]
    filters = [{"filter": "local/", "filterType": "PREFIX_MATCH"}]
    return {"replicationConfiguration": {"rules": [{"destinations": destinations, "repositoryFilters": filters}]}}


def bucket_told(operation: str, *path: Any) -> Any:
    """What S3 says of a bucket's setting."""

    def ask(around: Around, state: State) -> object:
        answer = getattr(around.client("s3"), operation)(Bucket=state.identifier)
        for member in path:
            answer = answer[member]
        return answer

    return ask


def live_repository(around: Around, state: State) -> Any:
    return around.client("ecr").describe_repositories(repositoryNames=[state.identifier])["repositories"][0]


CASES: list[Case[Around]] = [
    Case(
        BUCKET,
        lambda around: {"bucket": around.title, "objectLockEnabled": True},
        {"forceDestroy": True},
        {"arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName"},
        replaces={"bucket": "other", "objectLockEnabled": False},
        asked=bucket_told("get_bucket_tagging", "TagSet", 0),
        answer={"Key": "Name", "Value": "changed"},
    ),
    Case(
        VERSIONING,
        lambda around: {"bucket": around.bucket(), "versioningConfiguration": {"status": "Enabled"}},
        {},
        replaces={"bucket": "other"},
    ),
    Case(
        ENCRYPTION,
        lambda around: {"bucket": around.bucket(), **kms(around, cheap=True)},
        lambda around: kms(around, cheap=False),
        replaces={"bucket": "other"},
        asked=bucket_told("get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules", 0, "BucketKeyEnabled"),
        answer=False,
    ),
    Case(
        ACCESS,
        lambda around: {"bucket": around.bucket(), **ALL_BLOCKED},
        {"blockPublicPolicy": False, "restrictPublicBuckets": None},
        replaces={"bucket": "other"},
        asked=bucket_told("get_public_access_block", "PublicAccessBlockConfiguration"),
        answer={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": False,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": False,
        },
    ),
    Case(
        POLICY,
        lambda around: {"bucket": (bucket := around.bucket()), "policy": denied(bucket, "s3:DeleteObject")},
        {"policy": denied("*", "s3:PutObject")},
        replaces={"bucket": "other"},
        asked=bucket_told("get_bucket_policy", "Policy"),
        answer=denied("*", "s3:PutObject"),
    ),
    Case(
        LOCK,
        lambda around: {"bucket": around.bucket(locked=True), **kept(1)},
        kept(7),
        replaces={"bucket": "other"},
        asked=bucket_told(
            "get_object_lock_configuration", "ObjectLockConfiguration", "Rule", "DefaultRetention", "Years"
        ),
        answer=7,
    ),
    Case(
        OWNERSHIP,
        lambda around: {"bucket": around.bucket(), "rule": {"objectOwnership": "BucketOwnerPreferred"}},
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        replaces={"bucket": "other"},
        asked=bucket_told("get_bucket_ownership_controls", "OwnershipControls", "Rules", 0, "ObjectOwnership"),
        answer="BucketOwnerEnforced",
    ),
    Case(
        LIFECYCLE,
        lambda around: {"bucket": around.bucket(), "rules": [colder(2555)]},
        {"rules": [colder(3650), only("logs/")]},
        replaces={"bucket": "other"},
        asked=bucket_told("get_bucket_lifecycle_configuration", "Rules", 0, "Expiration", "Days"),
        answer=3650,
    ),
    Case(
        REPOSITORY,
        repository,
        {"imageTagMutability": "MUTABLE", "imageScanningConfiguration": None},
        {"arn", "registryId", "repositoryUrl"},
        replaces={"name": "other", "encryptionConfigurations": [{"encryptionType": "AES256"}]},
        asked=lambda around, state: [
            live_repository(around, state)["imageTagMutability"],
            live_repository(around, state)["imageScanningConfiguration"]["scanOnPush"],
        ],
        answer=["MUTABLE", False],
    ),
    Case(
        IMAGES_GO,
        lambda around: {"repository": around.repository(), "policy": images_go(30)},
        {},
        {"registryId"},
        replaces={"repository": "other", "policy": images_go(60)},
    ),
    Case(
        REPLICATION,
        lambda _: copied(ABROAD),
        copied(ABROAD, "us-west-1"),
        {"registryId"},
        asked=lambda around, _: [
            destination["region"]
            for rule in around.client("ecr").describe_registry()["replicationConfiguration"]["rules"]
            for destination in rule["destinations"]
        ],
        answer=[ABROAD, "us-west-1"],
    ),
]


@pytest.fixture
def around(aws: Any, resource: Any) -> Around:
    return Around(aws, resource)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, around: Around, case: Case[Around]) -> None:
    live_through(aws, resource, around, case)


def test_a_bucket_is_in_its_region_and_does_not_move(aws: Any, resource: Any, around: Around) -> None:
    life = Life(aws, resource(BUCKET, around.title))
    bucket = life.create({"bucket": around.title, "region": ABROAD}).identifier
    assert around.client("s3").get_bucket_location(Bucket=bucket)["LocationConstraint"] == ABROAD
    assert life.is_replaced_by("region", "us-west-1")
    life.delete()


def test_versions_stay_off_when_their_setting_goes(aws: Any, around: Around) -> None:
    around.make(VERSIONING, {"bucket": around.bucket(), "versioningConfiguration": {"status": "Enabled"}})
    (this, state) = around.made[-1]
    s3 = around.client("s3")
    assert s3.get_bucket_versioning(Bucket=state.identifier)["Status"] == "Enabled"
    aws.delete(this, state)
    assert s3.get_bucket_versioning(Bucket=state.identifier)["Status"] == "Suspended"


@pytest.mark.parametrize("forced", [True, False])
def test_a_bucket_with_objects_goes_only_by_force(aws: Any, around: Around, *, forced: bool) -> None:
    inputs = {"bucket": around.title, "forceDestroy": forced, "objectLockEnabled": True}
    state = around.make(BUCKET, inputs)
    (this, _) = around.made[-1]
    s3 = around.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=state.identifier, Key="export", Body=body)
    s3.delete_object(Bucket=state.identifier, Key="export")
    if forced:
        aws.delete(this, state)
        assert aws.provider.read(this, state) is None
    else:
        with pytest.raises(Exception, match="BucketNotEmpty"):
            aws.delete(this, state)
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3.get_object(Bucket=state.identifier, Key="export")
