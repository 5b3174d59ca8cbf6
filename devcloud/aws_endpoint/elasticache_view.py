"""How the API tells a replication group and its nodes."""

from __future__ import annotations

import re

from devcloud.aws_endpoint.elasticache_groups import found_parameter_group
from devcloud.aws_endpoint.elasticache_records import Caches, Described, Node, ReplicationGroup

_NODE_GROUP = "0001"
_AS_ASKED = (
    *("SnapshotRetentionLimit", "SnapshotWindow", "CacheNodeType", "TransitEncryptionEnabled"),
    *("AtRestEncryptionEnabled", "KmsKeyId", "AutoMinorVersionUpgrade", "NetworkType", "IpDiscovery"),
    *("TransitEncryptionMode", "Engine"),
)


def replication_group(group: ReplicationGroup, status: str) -> Described:
    """As DescribeReplicationGroups tells it."""
    asked = group.asked
    return {
        "ReplicationGroupId": group.id,
        "Description": asked["ReplicationGroupDescription"],
        "Status": status,
        "PendingModifiedValues": {},
        "MemberClusters": [node.id for node in group.nodes],
        "NodeGroups": [
            {
                "NodeGroupId": _NODE_GROUP,
                "Status": status,
                "PrimaryEndpoint": {"Address": group.primary_host, "Port": group.port},
                "ReaderEndpoint": {"Address": group.reader_host, "Port": group.port},
                "NodeGroupMembers": [_member(group, node) for node in group.nodes],
            }
        ],
        "SnapshottingClusterId": group.nodes[-1].id if asked["SnapshotRetentionLimit"] else None,
        "AutomaticFailover": "enabled" if asked["AutomaticFailoverEnabled"] else "disabled",
        "MultiAZ": "enabled" if asked["MultiAZEnabled"] else "disabled",
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "AuthTokenEnabled": bool(group.auth_tokens),
        "ARN": group.arn,
        "UserGroupIds": group.user_group_ids,
        "LogDeliveryConfigurations": asked["LogDeliveryConfigurations"],
        "ReplicationGroupCreateTime": group.created,
        "DataTiering": "disabled",
        **{name: asked.get(name) for name in _AS_ASKED},
    }


def _member(group: ReplicationGroup, node: Node) -> Described:
    return {
        "CacheClusterId": node.id,
        "CacheNodeId": _NODE_GROUP,
        "ReadEndpoint": {"Address": node.host, "Port": group.port},
        "PreferredAvailabilityZone": node.zone,
        "CurrentRole": "primary" if node.id == group.primary else "replica",
    }


def cache_cluster(caches: Caches, group: ReplicationGroup, name: str, status: str) -> Described:
    """A node of a replication group, as DescribeCacheClusters tells it."""
    asked = group.asked
    node = next(node for node in group.nodes if node.id == name)
    version = asked["EngineVersion"]
    return {
        "CacheClusterId": node.id,
        "ReplicationGroupId": group.id,
        "CacheNodeType": asked["CacheNodeType"],
        "Engine": asked["Engine"],
        "EngineVersion": version if re.fullmatch(r"\d+\.\d+\.\d+", version) else f"{version}.0",
        "CacheClusterStatus": status,
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": node.zone,
        "CacheClusterCreateTime": group.created,
        "PreferredMaintenanceWindow": asked["PreferredMaintenanceWindow"],
        "PendingModifiedValues": {},
        "NotificationConfiguration": asked.get("NotificationTopicArn")
        and {"TopicArn": asked["NotificationTopicArn"], "TopicStatus": "active"},
        "CacheParameterGroup": {
            "CacheParameterGroupName": found_parameter_group(caches, asked["CacheParameterGroupName"]).name,
            "ParameterApplyStatus": "in-sync",
        },
        "CacheSubnetGroupName": asked.get("CacheSubnetGroupName"),
        "SecurityGroups": [
            {"SecurityGroupId": each, "Status": "active"} for each in asked.get("SecurityGroupIds") or []
        ],
        "AuthTokenEnabled": bool(group.auth_tokens),
        "ARN": caches.arn("cluster", node.id),
        "ReplicationGroupLogDeliveryEnabled": bool(asked["LogDeliveryConfigurations"]),
        **{name: asked.get(name) for name in _AS_ASKED},
    }
