"""Tables, and their replicas in other regions. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.dynamodb_replicas import READS, REPLICA_CALLS, REPLICAS, WITHOUT_REPLICAS
from devcloud.providers.aws.types.tags import TAGS, tag_calls, tags_of

_KEYS = (
    "[{AttributeName: input.hashKey, KeyType: 'HASH'},"
    " input.rangeKey && {AttributeName: input.rangeKey, KeyType: 'RANGE'}] | [?@]"
)
_ATTRIBUTES = "input.attributes[].{AttributeName: name, AttributeType: type}"
_CAPACITY = {
    "ProvisionedThroughput": "input.billingMode == 'PROVISIONED' &&"
    " {ReadCapacityUnits: input.readCapacity, WriteCapacityUnits: input.writeCapacity} || null",
}
_STREAM = {
    "StreamSpecification": "input.streamEnabled && {StreamEnabled: `true`, StreamViewType: input.streamViewType}"
    " || old.streamEnabled && {StreamEnabled: `false`} || null",
}

_LOCAL_INDEX = {"name": str, "rangeKey": str, "projectionType": str, "nonKeyAttributes": list}
_GLOBAL_INDEX = {**_LOCAL_INDEX, "hashKey": str, "readCapacity": int, "writeCapacity": int}

TABLE = ResourceType(
    pulumi_type="aws:dynamodb/table:Table",
    service="dynamodb",
    name=Name("name", 255),
    id="response.TableDescription.TableName",
    create=Call(
        "CreateTable",
        {
            "KeySchema": _KEYS,
            "AttributeDefinitions": _ATTRIBUTES,
            "Tags": "tag_list(input.tags)",
            "GlobalSecondaryIndexes": "index_parameters(input.globalSecondaryIndexes, null)",
            "LocalSecondaryIndexes": "index_parameters(input.localSecondaryIndexes, input.hashKey)",
            **_CAPACITY,
            **_STREAM,
        },
    ),
    reads=(
        Read("DescribeTable", {"TableName": "id"}, at="Table"),
        Read(
            "DescribeContinuousBackups",
            {"TableName": "id"},
            at="ContinuousBackupsDescription.PointInTimeRecoveryDescription",
            into="Recovery",
        ),
        Read("DescribeTimeToLive", {"TableName": "id"}, at="TimeToLiveDescription", into="TimeToLive"),
        tags_of("live.TableArn", call="ListTagsOfResource"),
        *READS,
    ),
    update=Call("UpdateTable", {"TableName": "id", **_CAPACITY, **_STREAM}),
    then=(
        # An index cannot be changed: it is dropped and built anew, one a call.
        Call(
            "UpdateTable",
            {"TableName": "id", "GlobalSecondaryIndexUpdates": "[{Delete: {IndexName: item.name}}]"},
            on=("globalSecondaryIndexes",),
            each="minus(old.globalSecondaryIndexes, input.globalSecondaryIndexes)",
        ),
        Call(
            "UpdateTable",
            {
                "TableName": "id",
                "AttributeDefinitions": _ATTRIBUTES,
                "GlobalSecondaryIndexUpdates": "[{Create: index_parameters([item], null)[0]}]",
            },
            # Attributes are declared for the indexes alone.
            on=("attributes", "globalSecondaryIndexes"),
            when="old",
            each="minus(input.globalSecondaryIndexes, old.globalSecondaryIndexes)",
        ),
        Call(
            "UpdateContinuousBackups",
            {
                "TableName": "id",
                "PointInTimeRecoverySpecification": "{PointInTimeRecoveryEnabled: input.pointInTimeRecovery.enabled"
                " || `false`, RecoveryPeriodInDays: input.pointInTimeRecovery.recoveryPeriodInDays} | without_null(@)",
            },
            on=("pointInTimeRecovery",),
        ),
        Call(
            "UpdateTimeToLive",
            {
                "TableName": "id",
                "TimeToLiveSpecification": "{Enabled: input.ttl.enabled || `false`,"
                " AttributeName: input.ttl.attributeName || old.ttl.attributeName}",
            },
            on=("ttl",),
            when="input.ttl.enabled || old.ttl.enabled",
        ),
        *REPLICA_CALLS,
        *tag_calls("live.TableArn"),
    ),
    before_delete=WITHOUT_REPLICAS,
    delete=Call("DeleteTable", {"TableName": "id"}),
    missing=("ResourceNotFoundException",),
    wait=Wait(
        "TableStatus",
        ready=("ACTIVE",),
        failed=("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED"),
        leaving=("DELETING",),
    ),
    timeout=1800,
    inputs={
        "attributes": Input(
            live="AttributeDefinitions[].{name: AttributeName, type: AttributeType}",
            kind=list,
            block={"name": str, "type": str},
            absent=[],
            same=Same.SET,
        ),
        "billingMode": Input(live="BillingModeSummary.BillingMode || 'PROVISIONED'", default="PROVISIONED"),
        "deletionProtectionEnabled": Input(absent=False),
        "globalSecondaryIndexes": Input(
            live="index_blocks(GlobalSecondaryIndexes)",
            kind=list,
            block=_GLOBAL_INDEX,
            absent=[],
            same=Same.BLOCK,
        ),
        "hashKey": Input(live="KeySchema[?KeyType == 'HASH'] | [0].AttributeName", kind=str, replace=True),
        "localSecondaryIndexes": Input(
            live="index_blocks(LocalSecondaryIndexes)",
            kind=list,
            block=_LOCAL_INDEX,
            absent=[],
            same=Same.BLOCK,
            replace=True,
        ),
        "name": Input("TableName", replace=True),
        "pointInTimeRecovery": Input(
            live="Recovery && {enabled: Recovery.PointInTimeRecoveryStatus == 'ENABLED',"
            " recoveryPeriodInDays: Recovery.RecoveryPeriodInDays}",
            kind=dict,
            block={"enabled": bool, "recoveryPeriodInDays": int},
            same=Same.BLOCK,
            absent={"enabled": False},
        ),
        "rangeKey": Input(live="KeySchema[?KeyType == 'RANGE'] | [0].AttributeName", kind=str, replace=True, absent=""),
        "readCapacity": Input(live="ProvisionedThroughput.ReadCapacityUnits", kind=int, absent=0),
        "replicas": REPLICAS,
        "serverSideEncryption": Input(
            "SSESpecification",
            live="SSEDescription && {enabled: SSEDescription.Status == 'ENABLED',"
            " kmsKeyArn: SSEDescription.KMSMasterKeyArn}",
            members={"kmsKeyArn": "KMSMasterKeyId"},
            absent={"enabled": False},
            same=Same.BLOCK,
        ),
        "streamEnabled": Input(live="StreamSpecification.StreamEnabled", kind=bool, absent=False),
        "streamViewType": Input(live="StreamSpecification.StreamViewType", kind=str),
        "tableClass": Input(live="TableClassSummary.TableClass"),
        "tags": TAGS,
        "ttl": Input(
            live="TimeToLive && {enabled: TimeToLive.TimeToLiveStatus == 'ENABLED',"
            " attributeName: TimeToLive.AttributeName}",
            kind=dict,
            block={"enabled": bool, "attributeName": str},
            same=Same.BLOCK,
            absent={"enabled": False},
        ),
        "writeCapacity": Input(live="ProvisionedThroughput.WriteCapacityUnits", kind=int, absent=0),
    },
    outputs={
        "arn": "TableArn",
        "streamArn": "LatestStreamArn",
        "streamLabel": "LatestStreamLabel",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (TABLE,)
