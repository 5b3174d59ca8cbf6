"""Log groups, and who may write to them. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CHANGED, tag_calls, tags_of

# 0 is the official provider's way of saying that nothing expires.
_EXPIRES = "input.retentionInDays && input.retentionInDays != `0`"

_ARN = "trim_right(live.arn, ':*')"

LOG_GROUP = ResourceType(
    pulumi_type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    name=Name("name", 512, prefix_input="namePrefix"),
    id="input.name",
    create=Call("CreateLogGroup", {"tags": "changed(input.tags, null)"}),
    reads=(
        Read("DescribeLogGroups", {"logGroupNamePrefix": "id"}, at="find(logGroups, 'logGroupName', id)"),
        tags_of(_ARN, of="resourceArn", at="tags"),
    ),
    then=(
        Call(
            "PutRetentionPolicy",
            {"logGroupName": "id", "retentionInDays": "input.retentionInDays"},
            on=("retentionInDays",),
            when=_EXPIRES,
        ),
        Call(
            "DeleteRetentionPolicy",
            {"logGroupName": "id"},
            on=("retentionInDays",),
            when=f"old.retentionInDays && !({_EXPIRES})",
        ),
        Call(
            "AssociateKmsKey",
            {"logGroupName": "id", "kmsKeyId": "input.kmsKeyId"},
            on=("kmsKeyId",),
            when="old && input.kmsKeyId",
        ),
        Call("DisassociateKmsKey", {"logGroupName": "id"}, on=("kmsKeyId",), when="old.kmsKeyId && !(input.kmsKeyId)"),
        *tag_calls(_ARN, of="resourceArn", tags="tags", keys="tagKeys", changed=CHANGED),
    ),
    delete=Call("DeleteLogGroup", {"logGroupName": "id"}),
    missing=("ResourceNotFoundException",),
    inputs={
        "kmsKeyId": Input(absent="", same=Same.ARN),
        "logGroupClass": Input(replace=True),
        "name": Input("logGroupName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "retentionInDays": Input(kind=int, absent=0),
        "tags": Input(live="Tags", kind=dict, absent={}),
    },
    outputs={"arn": "trim_right(arn, ':*')", "tagsAll": "Tags || `{}`"},
)

TYPES = (LOG_GROUP,)
