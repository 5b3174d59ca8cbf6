"""Keys and their aliases. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CHANGED, TAGS, tag_calls

_KEY_TAGS = "[?@].{TagKey: Key, TagValue: Value}"
_READS = (
    Read("DescribeKey", {"KeyId": "id"}, at="KeyMetadata"),
    Read("GetKeyPolicy", {"KeyId": "id", "PolicyName": "'default'"}, at="Policy", into="Policy"),
    # Keys that cannot rotate (asymmetric, HMAC) say so.
    Read("GetKeyRotationStatus", {"KeyId": "id"}, into="Rotation", missing=("UnsupportedOperationException",)),
    Read("ListResourceTags", {"KeyId": "id"}, at="Tags", into="Tags"),
)


def _changes(enabled: str) -> tuple[Call, ...]:
    """What can be changed of any key; `enabled` is the input that says whether it works."""
    return (
        Call(
            "UpdateKeyDescription",
            {"KeyId": "id", "Description": "input.description || ''"},
            on=("description",),
            when="old",
        ),
        Call(
            "PutKeyPolicy",
            {
                "KeyId": "id",
                "PolicyName": "'default'",
                "Policy": "input.policy",
                "BypassPolicyLockoutSafetyCheck": "input.bypassPolicyLockoutSafetyCheck",
            },
            on=("policy",),
            when="old && input.policy",
        ),
        Call("EnableKey", {"KeyId": "id"}, on=(enabled,), when=f"old && input.{enabled}"),
        Call("DisableKey", {"KeyId": "id"}, on=(enabled,), when=f"!(input.{enabled})"),
        *tag_calls("id", of="KeyId", changed=f"tag_list({CHANGED}){_KEY_TAGS}"),
    )


_DELETE = Call("ScheduleKeyDeletion", {"KeyId": "id", "PendingWindowInDays": "input.deletionWindowInDays"})
# The account's keys, AWS's own among them: those have no tags.
_FIND = Find("ListKeys", {}, ids="Keys[].KeyId", by=("tags",))
_GONE = "KeyState == 'PendingDeletion' || KeyState == 'PendingReplicaDeletion'"

KEY = ResourceType(
    pulumi_type="aws:kms/key:Key",
    service="kms",
    id="response.KeyMetadata.KeyId",
    create=Call("CreateKey", {"Tags": f"tag_list(input.tags){_KEY_TAGS}"}),
    reads=_READS,
    then=(
        *_changes("isEnabled"),
        Call(
            "EnableKeyRotation",
            {"KeyId": "id", "RotationPeriodInDays": "input.rotationPeriodInDays"},
            on=("enableKeyRotation", "rotationPeriodInDays"),
            when="input.enableKeyRotation",
        ),
        Call(
            "DisableKeyRotation",
            {"KeyId": "id"},
            on=("enableKeyRotation",),
            when="old.enableKeyRotation && !(input.enableKeyRotation)",
        ),
    ),
    delete=_DELETE,
    missing=("NotFoundException",),
    find=_FIND,
    gone=_GONE,
    inputs={
        "bypassPolicyLockoutSafetyCheck": Input(live=None, default=False),
        "customKeyStoreId": Input(replace=True),
        "customerMasterKeySpec": Input("KeySpec", replace=True, default="SYMMETRIC_DEFAULT"),
        "deletionWindowInDays": Input(live=None, kind=int),
        "description": Input(),
        "enableKeyRotation": Input(live="Rotation.KeyRotationEnabled", kind=bool, absent=False),
        "isEnabled": Input(live="Enabled", kind=bool, default=True),
        "keyUsage": Input(replace=True, default="ENCRYPT_DECRYPT"),
        "multiRegion": Input(live="MultiRegion || `false`", replace=True),
        "policy": Input(same=Same.JSON),
        "rotationPeriodInDays": Input(live="Rotation.RotationPeriodInDays", kind=int),
        "tags": TAGS,
        "xksKeyId": Input(live="XksKeyConfiguration.Id", replace=True),
    },
    outputs={"arn": "Arn", "keyId": "KeyId", "tagsAll": "tag_map(Tags)"},
)

REPLICA_KEY = ResourceType(
    pulumi_type="aws:kms/replicaKey:ReplicaKey",
    service="kms",
    id="response.ReplicaKeyMetadata.KeyId",
    create=Call(
        "ReplicateKey",
        {
            "KeyId": "input.primaryKeyArn",
            "ReplicaRegion": "input.region || live.region",
            "Tags": f"tag_list(input.tags){_KEY_TAGS}",
        },
        # Only the primary's region can replicate.
        region="split(input.primaryKeyArn, ':')[3]",
    ),
    reads=_READS,
    then=_changes("enabled"),
    delete=_DELETE,
    missing=("NotFoundException",),
    find=_FIND,
    gone=_GONE,
    inputs={
        "bypassPolicyLockoutSafetyCheck": Input(live=None, default=False),
        "deletionWindowInDays": Input(live=None, kind=int),
        "description": Input(absent=""),
        "enabled": Input(live="Enabled", kind=bool, default=True),
        "policy": Input(same=Same.JSON),
        "primaryKeyArn": Input(live="MultiRegionConfiguration.PrimaryKey.Arn", kind=str, replace=True),
        "tags": TAGS,
    },
    outputs={
        "arn": "Arn",
        "keyId": "KeyId",
        "keyRotationEnabled": "Rotation.KeyRotationEnabled",
        "keySpec": "KeySpec",
        "keyUsage": "KeyUsage",
        "tagsAll": "tag_map(Tags)",
    },
)

ALIAS = ResourceType(
    pulumi_type="aws:kms/alias:Alias",
    service="kms",
    name=Name("name", 256, prefix_input="namePrefix", prefix="alias/"),
    id="input.name",
    create=Call("CreateAlias"),
    reads=(Read("ListAliases", {}, at="find(Aliases, 'AliasName', id)"),),
    update=Call("UpdateAlias", {"AliasName": "id"}),
    delete=Call("DeleteAlias", {"AliasName": "id"}),
    missing=("NotFoundException",),
    inputs={
        "name": Input("AliasName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "targetKeyId": Input(same=Same.ARN),
    },
    outputs={"arn": "AliasArn", "targetKeyArn": "concat([before_last(AliasArn, ':'), ':key/', TargetKeyId])"},
)

TYPES = (KEY, REPLICA_KEY, ALIAS)
