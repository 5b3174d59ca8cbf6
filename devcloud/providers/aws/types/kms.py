"""Keys and their aliases. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same

_KEY_TAGS = "[?@].{TagKey: Key, TagValue: Value}"

KEY = ResourceType(
    pulumi_type="aws:kms/key:Key",
    service="kms",
    id="response.KeyMetadata.KeyId",
    create=Call("CreateKey", {"Tags": f"tag_list(input.tags){_KEY_TAGS}"}),
    reads=(
        Read("DescribeKey", {"KeyId": "id"}, at="KeyMetadata"),
        Read("GetKeyPolicy", {"KeyId": "id", "PolicyName": "'default'"}, at="Policy", into="Policy"),
        # Keys that cannot rotate (asymmetric, HMAC) say so.
        Read("GetKeyRotationStatus", {"KeyId": "id"}, into="Rotation", missing=("UnsupportedOperationException",)),
        Read("ListResourceTags", {"KeyId": "id"}, at="Tags", into="Tags"),
    ),
    then=(
        Call(
            "UpdateKeyDescription", {"KeyId": "id", "Description": "input.description"}, on=("description",), when="old"
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
        Call("EnableKey", {"KeyId": "id"}, on=("isEnabled",), when="old && input.isEnabled"),
        Call("DisableKey", {"KeyId": "id"}, on=("isEnabled",), when="!(input.isEnabled)"),
        Call(
            "TagResource",
            {"KeyId": "id", "Tags": f"tag_list(changed(input.tags, old.tags)){_KEY_TAGS}"},
            on=("tags",),
            when="old && changed(input.tags, old.tags)",
        ),
        Call(
            "UntagResource",
            {"KeyId": "id", "TagKeys": "dropped(input.tags, old.tags)"},
            on=("tags",),
            when="dropped(input.tags, old.tags)",
        ),
    ),
    delete=Call("ScheduleKeyDeletion", {"KeyId": "id", "PendingWindowInDays": "input.deletionWindowInDays"}),
    missing=("NotFoundException",),
    # The account's keys, AWS's own among them: those have no tags.
    find=Find("ListKeys", {}, ids="Keys[].KeyId", by=("tags",)),
    gone="KeyState == 'PendingDeletion' || KeyState == 'PendingReplicaDeletion'",
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
        "tags": Input(live="tag_map(Tags)", kind=dict, absent={}),
        "xksKeyId": Input(live="XksKeyConfiguration.Id", replace=True),
    },
    outputs={"arn": "Arn", "keyId": "KeyId", "tagsAll": "tag_map(Tags)"},
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

TYPES = (KEY, ALIAS)
