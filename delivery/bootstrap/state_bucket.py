"""The bucket of the Pulumi states: versioned, encrypted, closed, and the place of their locks.

Concurrent `up`s of a stack are serialised by objects in the bucket: the engine looks for locks of others, writes its
own, and looks again; if there are two, each takes its own back and fails. S3 lists what was written before (strong
consistency), so of two that start together never both go on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from components.scope import Scope
from components.security.secret_names import secrets_key_alias
from delivery.bootstrap.names import state_bucket
from delivery.steps import Call, Plan, of_calls
from stacks.environment import Environment

# A state is written with every resource of an `up`: its older versions are for looking back after a mishap.
_KEEP_OLD_VERSIONS_DAYS = 90
_ABORT_UPLOADS_DAYS = 7
# The one region whose buckets are made without naming it.
_UNNAMED_REGION = "us-east-1"
_CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
_LIFECYCLE = {
    "ID": "old-versions",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": _KEEP_OLD_VERSIONS_DAYS},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABORT_UPLOADS_DAYS},
}

# What the engine writes when it finds none, at the first `pulumi login`; stacks' roles may not write it. Layout 1 keeps
# states by project.
_LAYOUT_KEY, _LAYOUT = ".pulumi/meta.yaml", "version: 1\n"

Settings = Mapping[str, Any]
"""By what they are: versioning, encryption, public access, policy, old versions, tags, layout. Absent: never set."""


@dataclass(frozen=True)
class _Setting:
    """How a setting is read and written: the client's methods, where the answer has it, how it is sent."""

    read: str
    answer: str
    write: str
    argument: str


_SETTINGS = {
    "versioning": _Setting("get_bucket_versioning", "Status", "put_bucket_versioning", "VersioningConfiguration"),
    "encryption": _Setting(
        "get_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "put_bucket_encryption",
        "ServerSideEncryptionConfiguration",
    ),
    "public access": _Setting(
        "get_public_access_block",
        "PublicAccessBlockConfiguration",
        "put_public_access_block",
        "PublicAccessBlockConfiguration",
    ),
    "policy": _Setting("get_bucket_policy", "Policy", "put_bucket_policy", "Policy"),
    "old versions": _Setting(
        "get_bucket_lifecycle_configuration",
        "Rules",
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
    ),
    "tags": _Setting("get_bucket_tagging", "TagSet", "put_bucket_tagging", "Tagging"),
}
# The codes with which S3 says that a setting was never made.
_NEVER_SET = frozenset(
    {
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchTagSet",
    }
)


def plan_state_bucket(s3: Any, environment: Environment, home: str) -> Plan:
    """Look at the bucket, and decide.

    Args:
        s3: boto3 client "s3" of `home`.
        home: the environment's first AWS region.
    """
    name = state_bucket(environment)
    found = observe(s3, name)
    return of_calls(s3, decide(found, environment, home), exists=found is not None)


def observe(s3: Any, name: str) -> Settings | None:
    """The settings of a bucket of ours; None where there is no such bucket.

    Raises:
        ClientError: somebody else's, among others.
    """
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("404", "NoSuchBucket"):
            return None
        raise
    read = {what: _read(s3, name, setting) for what, setting in _SETTINGS.items()}
    read["layout"] = _layout(s3, name)
    return {what: value for what, value in read.items() if value is not None}


def _read(s3: Any, bucket: str, setting: _Setting) -> Any:
    try:
        value = getattr(s3, setting.read)(Bucket=bucket).get(setting.answer)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _NEVER_SET:
            return None
        raise
    return json.loads(value) if setting.answer == "Policy" else value


def _layout(s3: Any, bucket: str) -> str | None:
    """The one that is wanted where there is any: the engine goes by what it finds, and states may lie as it says."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=_LAYOUT_KEY).get("Contents", [])
    return _LAYOUT if any(each["Key"] == _LAYOUT_KEY for each in listed) else None


def decide(found: Settings | None, environment: Environment, home: str) -> list[Call]:
    """The calls that are left to make."""
    name = state_bucket(environment)
    calls: list[Call] = []
    if found is None:
        place: dict[str, Any] = (
            {} if home == _UNNAMED_REGION else {"CreateBucketConfiguration": {"LocationConstraint": home}}
        )
        calls.append(Call("create_bucket", {"Bucket": name, **place}, "bucket"))
    for what, value in wanted(environment, home).items():
        if not _holds((found or {}).get(what), value):
            calls.append(_call(name, what, value))
    return calls


def _call(bucket: str, what: str, value: Any) -> Call:
    if what == "layout":
        return Call("put_object", {"Bucket": bucket, "Key": _LAYOUT_KEY, "Body": value}, what)
    setting = _SETTINGS[what]
    return Call(setting.write, {"Bucket": bucket, setting.argument: _sent(what, value)}, what)


def wanted(environment: Environment, home: str) -> Settings:
    """The settings that it is to have."""
    scope, name = Scope(environment.name), state_bucket(environment)
    key = f"arn:aws:kms:{home}:{environment.account_id}:{secrets_key_alias(environment.name)}"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    tags = scope.tags(name) | {"wedsync:managed-by": "bootstrap"}
    return {
        "versioning": "Enabled",
        "encryption": {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]},
        "public access": _CLOSED,
        # After the encryption, which it gets; before the policy, as not every S3 can tell that a connection is safe.
        "layout": _LAYOUT,
        "policy": _policy(name),
        "old versions": [_LIFECYCLE],
        "tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def _policy(bucket: str) -> dict[str, Any]:
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _holds(found: Any, value: Any) -> bool:
    """Whether a setting is as wanted. S3 adds fields of its own, and gives tags back in another order."""
    if isinstance(value, dict):
        return isinstance(found, dict) and all(_holds(found.get(field), each) for field, each in value.items())
    if isinstance(value, list):
        return (
            isinstance(found, list)
            and len(found) == len(value)
            and all(any(_holds(other, each) for other in found) for each in value)
        )
    return found == value


def _sent(what: str, value: Any) -> Any:
    """A setting in the shape in which it is written."""
    if what == "versioning":
        return {"Status": value}
    if what == "policy":
        return json.dumps(value)
    if what == "old versions":
        return {"Rules": value}
    return {"TagSet": value} if what == "tags" else value
