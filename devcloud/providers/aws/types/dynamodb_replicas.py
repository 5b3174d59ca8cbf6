"""A table's replicas (global tables, version 2019.11.21): added and removed through the table, set up in their region.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
"""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Read, Same
from devcloud.providers.aws.types.tags import DROPPED

_ARN = (
    "concat([split(live.TableArn, ':dynamodb:')[0], ':dynamodb:', {region}, ':', split(live.TableArn, ':')[4], ':',"
    " split(live.TableArn, ':')[5]])"
)
_WANTED = "item.regionName"
_LIVE = "item.RegionName"
_TABLE = {"TableName": "id"}

READS = (
    Read("DescribeTable", _TABLE, at="Table", each="live.Replicas", region=_LIVE, into="ReplicaTables"),
    Read(
        "DescribeContinuousBackups",
        _TABLE,
        at="ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
        each="live.Replicas",
        region=_LIVE,
        into="ReplicaRecovery",
    ),
    # A replica that gets the table's tags has them.
    Read(
        "ListTagsOfResource",
        {"ResourceArn": _ARN.format(region=_LIVE)},
        at="tag_map(Tags) == tag_map(live.Tags)",
        each="live.Replicas",
        region=_LIVE,
        into="ReplicaTags",
    ),
)

REPLICA_CALLS = (
    # One replica a call, as the service demands.
    Call(
        "UpdateTable",
        {**_TABLE, "ReplicaUpdates": "[{Delete: {RegionName: item.regionName}}]"},
        on=("replicas",),
        each="lacking(old.replicas, input.replicas, 'regionName')",
    ),
    Call(
        "UpdateTable",
        {
            **_TABLE,
            "ReplicaUpdates": "[{Create: {RegionName: item.regionName, KMSMasterKeyId: item.kmsKeyArn}"
            " | without_null(@)}]",
            "MultiRegionConsistency": "item.consistencyMode",
        },
        on=("replicas",),
        each="lacking(input.replicas, old.replicas, 'regionName')",
    ),
    Call(
        "UpdateContinuousBackups",
        {
            **_TABLE,
            "PointInTimeRecoverySpecification": "{PointInTimeRecoveryEnabled: item.pointInTimeRecovery || `false`}",
        },
        on=("replicas",),
        each="minus(input.replicas, old.replicas)",
        region=_WANTED,
    ),
    Call(
        "UpdateTable",
        {**_TABLE, "DeletionProtectionEnabled": "item.deletionProtectionEnabled"},
        on=("replicas",),
        each="minus(input.replicas, old.replicas)[?deletionProtectionEnabled != null]",
        region=_WANTED,
    ),
    Call(
        "TagResource",
        {"ResourceArn": _ARN.format(region=_WANTED), "Tags": "tag_list(input.tags)"},
        on=("replicas", "tags"),
        when="input.tags",
        each="input.replicas[?propagateTags]",
        region=_WANTED,
    ),
    Call(
        "UntagResource",
        {"ResourceArn": _ARN.format(region=_WANTED), "TagKeys": DROPPED},
        on=("tags",),
        when=f"old && {DROPPED}",
        each="input.replicas[?propagateTags]",
        region=_WANTED,
    ),
)

WITHOUT_REPLICAS = (
    Call(
        "UpdateTable",
        {**_TABLE, "ReplicaUpdates": "[{Delete: {RegionName: item.RegionName}}]"},
        each="live.Replicas",
    ),
)

REPLICAS = Input(
    live="replica_blocks(ReplicaTables, ReplicaRecovery, ReplicaTags)",
    kind=list,
    block={
        "regionName": str,
        "kmsKeyArn": str,
        "pointInTimeRecovery": bool,
        "propagateTags": bool,
        "deletionProtectionEnabled": bool,
        "consistencyMode": str,
    },
    absent=[],
    same=Same.BLOCK,
)
