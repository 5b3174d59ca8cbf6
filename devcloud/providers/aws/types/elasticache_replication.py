"""Replication groups with cluster mode disabled: a primary and its replicas. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types import tags
from devcloud.providers.aws.types.tags import CREATED, TAGS

_NAME_LIMIT = 40
_GROUP = {"ReplicationGroupId": "id"}
_IMMEDIATELY = {"ApplyImmediately": "input.applyImmediately || `false`"}
_REPLICAS = {**_GROUP, "NewReplicaCount": "sum([input.numCacheClusters, `-1`])", "ApplyImmediately": "`true`"}
_DELIVERY = (
    "{LogType: logType, LogFormat: logFormat, DestinationType: destinationType, DestinationDetails:"
    " (destinationType == 'cloudwatch-logs' && {CloudWatchLogsDetails: {LogGroup: destination}}"
    " || {KinesisFirehoseDetails: {DeliveryStream: destination}})}"
)
_CHANGED_DELIVERIES = "minus(input.logDeliveryConfigurations, old.logDeliveryConfigurations)"
_DROPPED_DELIVERIES = "lacking(old.logDeliveryConfigurations, input.logDeliveryConfigurations, 'logType')"

REPLICATION_GROUP = ResourceType(
    pulumi_type="aws:elasticache/replicationGroup:ReplicationGroup",
    service="elasticache",
    name=Name("replicationGroupId", _NAME_LIMIT),
    id="response.ReplicationGroup.ReplicationGroupId",
    create=Call(
        "CreateReplicationGroup",
        {**CREATED, "LogDeliveryConfigurations": f"input.logDeliveryConfigurations[].{_DELIVERY}"},
    ),
    reads=(
        Read("DescribeReplicationGroups", _GROUP, at="ReplicationGroups[0]"),
        Read(
            "DescribeCacheClusters",
            {"CacheClusterId": "live.MemberClusters[0]"},
            at="CacheClusters[0]",
            into="member",
            missing=("CacheClusterNotFound",),
        ),
        tags.tags_of("live.ARN", of="ResourceName", at="TagList"),
    ),
    update=Call(
        "ModifyReplicationGroup",
        {
            **_GROUP,
            **_IMMEDIATELY,
            "UserGroupIdsToAdd": "minus(input.userGroupIds, old.userGroupIds) || null",
            "UserGroupIdsToRemove": "minus(old.userGroupIds, input.userGroupIds) || null",
            "LogDeliveryConfigurations": f"[{_CHANGED_DELIVERIES}[].{_DELIVERY},"
            f" {_DROPPED_DELIVERIES}[].{{LogType: logType, Enabled: `false`}}][] || null",
        },
    ),
    then=(
        *(
            Call(
                "ModifyReplicationGroup",
                {
                    **_GROUP,
                    "AuthToken": f"input.{token}",
                    "AuthTokenUpdateStrategy": "input.authTokenUpdateStrategy || 'ROTATE'",
                    "ApplyImmediately": "`true`",
                },
                on=(changes,),
                when=f"old && input.{token}",
            )
            for token, changes in (("authToken", "authToken"), ("authTokenWo", "authTokenWoVersion"))
        ),
        Call(
            "IncreaseReplicaCount",
            _REPLICAS,
            on=("numCacheClusters",),
            when="old && input.numCacheClusters > length(live.MemberClusters)",
        ),
        Call(
            "DecreaseReplicaCount",
            _REPLICAS,
            on=("numCacheClusters",),
            when="old && input.numCacheClusters < length(live.MemberClusters)",
        ),
        *tags.tag_calls("live.ARN", of="ResourceName", calls=("AddTagsToResource", "RemoveTagsFromResource")),
    ),
    delete=Call("DeleteReplicationGroup", _GROUP),
    missing=("ReplicationGroupNotFoundFault",),
    wait=Wait("Status", ready=("available",), failed=("create-failed",), leaving=("deleting",)),
    timeout=3600,
    inputs={
        "applyImmediately": Input(live=None, absent=False, kind=bool),
        "atRestEncryptionEnabled": Input(replace=True),
        "authToken": Input(live=None, secret=True),
        "authTokenUpdateStrategy": Input(live=None, kind=str),
        "authTokenWo": Input("AuthToken", live=None, write_only="authTokenWoVersion"),
        "authTokenWoVersion": Input(live=None, kind=int),
        "autoMinorVersionUpgrade": Input(),
        "automaticFailoverEnabled": Input(live="contains(['enabled', 'enabling'], AutomaticFailover)", default=False),
        "description": Input("ReplicationGroupDescription", live="Description"),
        "engine": Input(default="redis", same=Same.NO_CASE),
        "engineVersion": Input(live="member.EngineVersion", same=Same.VERSION),
        "ipDiscovery": Input(),
        "kmsKeyId": Input(replace=True, same=Same.ARN),
        "logDeliveryConfigurations": Input(
            live="LogDeliveryConfigurations[].{logType: LogType, logFormat: LogFormat,"
            " destinationType: DestinationType, destination: DestinationDetails.CloudWatchLogsDetails.LogGroup"
            " || DestinationDetails.KinesisFirehoseDetails.DeliveryStream}",
            kind=list,
            block={"destination": str, "destinationType": str, "logFormat": str, "logType": str},
            absent=[],
            same=Same.SET,
        ),
        "maintenanceWindow": Input(
            "PreferredMaintenanceWindow", live="member.PreferredMaintenanceWindow", same=Same.NO_CASE
        ),
        "multiAzEnabled": Input(live="MultiAZ == 'enabled'", default=False),
        "networkType": Input(replace=True),
        "nodeType": Input("CacheNodeType"),
        "notificationTopicArn": Input(live="member.NotificationConfiguration.TopicArn"),
        "numCacheClusters": Input(live="length(MemberClusters)"),
        "parameterGroupName": Input(
            "CacheParameterGroupName",
            live="member.CacheParameterGroup.CacheParameterGroupName",
            same=Same.NO_CASE,
        ),
        "port": Input(live="NodeGroups[0].PrimaryEndpoint.Port", replace=True),
        "preferredCacheClusterAzs": Input(live=None),
        "replicationGroupId": Input(replace=True, same=Same.NO_CASE),
        "securityGroupIds": Input(live="member.SecurityGroups[].SecurityGroupId", same=Same.SET),
        "snapshotRetentionLimit": Input(absent=0),
        "snapshotWindow": Input(),
        "subnetGroupName": Input(
            "CacheSubnetGroupName", live="member.CacheSubnetGroupName", replace=True, same=Same.NO_CASE
        ),
        "tags": TAGS,
        "transitEncryptionEnabled": Input(replace=True),
        "transitEncryptionMode": Input(),
        "userGroupIds": Input(absent=[], same=Same.SET),
    },
    outputs={
        "arn": "ARN",
        "clusterEnabled": "ClusterEnabled",
        "clusterMode": "ClusterMode",
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "engineVersionActual": "member.EngineVersion",
        "memberClusters": "MemberClusters",
        "numNodeGroups": "length(NodeGroups)",
        "primaryEndpointAddress": "NodeGroups[0].PrimaryEndpoint.Address",
        "readerEndpointAddress": "NodeGroups[0].ReaderEndpoint.Address",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (REPLICATION_GROUP,)
