"""Replication groups, of which moto has a sketch: one primary with replicas, cluster mode disabled.

A change is made at once, also where it was asked for the next maintenance window: here there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse
from moto.logs.models import logs_backends

from devcloud.aws_endpoint.addresses import LoopbackNetwork
from devcloud.aws_endpoint.elasticache_groups import found_subnet_group
from devcloud.aws_endpoint.elasticache_records import (
    Caches,
    Described,
    Node,
    ReplicationGroup,
    all_caches,
    caches_of,
    lookup,
    refuse_taken,
    tags_of,
)
from devcloud.aws_endpoint.elasticache_rules import check
from devcloud.aws_endpoint.elasticache_users import checked_name, found_user_group
from devcloud.aws_endpoint.elasticache_view import replication_group
from devcloud.processes import StartError

Operation = Callable[[ElastiCacheResponse], ActionResult]
_PORT = 6379
_MOST_REPLICAS = 5
_DEFAULTS: dict[str, Any] = {
    "Engine": "redis",
    "NumCacheClusters": 1,
    "AutomaticFailoverEnabled": False,
    "MultiAZEnabled": False,
    "TransitEncryptionEnabled": False,
    "AtRestEncryptionEnabled": False,
    "AutoMinorVersionUpgrade": True,
    "SnapshotRetentionLimit": 0,
    "SnapshotWindow": "03:00-04:00",
    "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
    "NetworkType": "ipv4",
    "IpDiscovery": "ipv4",
}
_NEWEST = {"redis": "7.1", "valkey": "8.1"}
# Kept apart from what was asked for, or without a meaning after the call.
_APART = {"Tags", "ReplicationGroupId", "UserGroupIds", "AuthToken", "ApplyImmediately"}
_MODIFIED = _APART | {
    *("UserGroupIdsToAdd", "UserGroupIdsToRemove", "RemoveUserGroups", "AuthTokenUpdateStrategy"),
    "LogDeliveryConfigurations",
}
_ABSENT = {
    *("GlobalReplicationGroupId", "PrimaryClusterId", "NumNodeGroups", "ReplicasPerNodeGroup"),
    *("NodeGroupConfiguration", "SnapshotArns", "SnapshotName", "ServerlessCacheSnapshotName"),
    *("CacheSecurityGroupNames", "DataTieringEnabled", "ClusterMode", "FinalSnapshotIdentifier", "Durability"),
}


def operations(network: LoopbackNetwork, status: Callable[[ReplicationGroup], str]) -> tuple[Operation, ...]:
    """The calls of replication groups.

    Args:
        status: of a group, by the servers behind it.
    """

    def described(group: ReplicationGroup) -> Described:
        return replication_group(group, status(group))

    def create_replication_group(self: ElastiCacheResponse) -> ActionResult:
        caches, wanted = caches_of(self.elasticache_backend), _present(self.params)
        name = checked_name(wanted["ReplicationGroupId"], "replication group")
        refuse_taken(caches.replication_groups, name, "ReplicationGroupAlreadyExists", "Replication group")
        asked = _complete(wanted)
        users = [found_user_group(caches, each).id for each in wanted.get("UserGroupIds") or []]
        tokens = [wanted["AuthToken"]] if wanted.get("AuthToken") else []
        check(caches, asked, users, tokens)
        group = ReplicationGroup(
            id=name,
            arn=caches.arn("replicationgroup", name),
            primary_host="",
            reader_host="",
            asked=asked,
            tags=tags_of(wanted),
            primary=f"{name}-001",
            port=asked.get("Port") or _PORT,
            user_group_ids=users,
            auth_tokens=tokens,
        )
        group.asked["LogDeliveryConfigurations"] = _deliveries(caches, [], wanted)
        group.primary_host, group.reader_host = _free_hosts(network, group, 2)
        _add_nodes(network, caches, group, asked["NumCacheClusters"])
        caches.replication_groups[name] = group
        return ActionResult({"ReplicationGroup": described(group)})

    def describe_replication_groups(self: ElastiCacheResponse) -> ActionResult:
        caches, wanted = caches_of(self.elasticache_backend), self.params.get("ReplicationGroupId")
        found = list(caches.replication_groups.values()) if wanted is None else [_found(caches, wanted)]
        return PaginatedResult({"ReplicationGroups": [described(group) for group in found]})

    def modify_replication_group(self: ElastiCacheResponse) -> ActionResult:
        caches, wanted = caches_of(self.elasticache_backend), _present(self.params)
        group = _found(caches, wanted["ReplicationGroupId"])
        asked = group.asked | {name: value for name, value in wanted.items() if name not in _MODIFIED}
        users, tokens = _changed_users(caches, group, wanted), _changed_tokens(group, wanted)
        check(caches, asked, users, tokens, before=group.asked)
        asked["LogDeliveryConfigurations"] = _deliveries(caches, asked["LogDeliveryConfigurations"], wanted)
        group.asked, group.user_group_ids, group.auth_tokens = asked, users, tokens
        return ActionResult({"ReplicationGroup": described(group)})

    def increase_replica_count(self: ElastiCacheResponse) -> ActionResult:
        caches, group, count = _resized(self)
        if count <= len(group.nodes) - 1 or count > _MOST_REPLICAS:
            raise _wrong_count(group, count, f"more than {len(group.nodes) - 1} and at most {_MOST_REPLICAS}")
        _add_nodes(network, caches, group, count + 1 - len(group.nodes))
        group.asked["NumCacheClusters"] = count + 1
        return ActionResult({"ReplicationGroup": described(group)})

    def decrease_replica_count(self: ElastiCacheResponse) -> ActionResult:
        _caches, group, count = _resized(self)
        least = 1 if group.asked["AutomaticFailoverEnabled"] else 0
        if not least <= count < len(group.nodes) - 1:
            raise _wrong_count(group, count, f"less than {len(group.nodes) - 1} and at least {least}")
        replicas = [node for node in group.nodes if node.id != group.primary]
        kept = {group.primary, *(node.id for node in replicas[:count])}
        group.nodes = [node for node in group.nodes if node.id in kept]
        group.asked["NumCacheClusters"] = count + 1
        return ActionResult({"ReplicationGroup": described(group)})

    def delete_replication_group(self: ElastiCacheResponse) -> ActionResult:
        caches, wanted = caches_of(self.elasticache_backend), _present(self.params)
        group = _found(caches, wanted["ReplicationGroupId"])
        del caches.replication_groups[group.id]
        return ActionResult({"ReplicationGroup": described(group) | {"Status": "deleting"}})

    def test_failover(self: ElastiCacheResponse) -> ActionResult:
        group = _found(caches_of(self.elasticache_backend), self.params["ReplicationGroupId"])
        if not group.asked["AutomaticFailoverEnabled"]:
            raise ElastiCacheException("InvalidReplicationGroupState", f"{group.id} has no automatic failover.")
        group.primary = next(node.id for node in group.nodes if node.id != group.primary)
        return ActionResult({"ReplicationGroup": described(group)})

    return (
        create_replication_group,
        describe_replication_groups,
        modify_replication_group,
        increase_replica_count,
        decrease_replica_count,
        delete_replication_group,
        test_failover,
    )


def members_of(caches: Caches) -> dict[str, ReplicationGroup]:
    """The replication group of each node."""
    return {node.id: group for group in caches.replication_groups.values() for node in group.nodes}


def _present(parameters: Any) -> dict[str, Any]:
    """The call's parameters.

    Raises:
        NotImplementedError: one of them asks for what the local ElastiCache has not.
    """
    present = {name: value for name, value in parameters.items() if value is not None}
    if absent := sorted(_ABSENT & present.keys()):
        raise NotImplementedError(f"the local ElastiCache has no {', '.join(absent)}")
    if present.get("TransitEncryptionMode") == "preferred":
        raise NotImplementedError("the local ElastiCache has no endpoints that take both TLS and plain text")
    return present


def _complete(wanted: dict[str, Any]) -> dict[str, Any]:
    """What a create call asks for, with the service's defaults."""
    asked = _DEFAULTS | {name: value for name, value in wanted.items() if name not in _APART}
    asked["Engine"] = asked["Engine"].lower()
    asked.setdefault("EngineVersion", _NEWEST.get(asked["Engine"], ""))
    if asked["TransitEncryptionEnabled"]:
        asked.setdefault("TransitEncryptionMode", "required")
    major = asked["EngineVersion"].split(".")[0]
    asked.setdefault("CacheParameterGroupName", f"default.{asked['Engine']}{'6.x' if major == '6' else major}")
    return asked


def _found(caches: Caches, name: str) -> ReplicationGroup:
    return lookup(caches.replication_groups, name, "ReplicationGroupNotFoundFault", "Replication group")


def _changed_users(caches: Caches, group: ReplicationGroup, wanted: dict[str, Any]) -> list[str]:
    if wanted.get("RemoveUserGroups"):
        return []
    removed = [each.lower() for each in wanted.get("UserGroupIdsToRemove") or []]
    added = [found_user_group(caches, each).id for each in wanted.get("UserGroupIdsToAdd") or []]
    return [each for each in dict.fromkeys([*group.user_group_ids, *added]) if each not in removed]


def _changed_tokens(group: ReplicationGroup, wanted: dict[str, Any]) -> list[str]:
    """The tokens that are valid after a call: ROTATE leaves the old one valid, SET and DELETE do not."""
    strategy = wanted.get("AuthTokenUpdateStrategy", "ROTATE")
    if strategy == "DELETE":
        return []
    if not wanted.get("AuthToken"):
        return group.auth_tokens
    return [wanted["AuthToken"]] if strategy == "SET" else [*group.auth_tokens[-1:], wanted["AuthToken"]]


def _deliveries(caches: Caches, before: list[Described], wanted: dict[str, Any]) -> list[Described]:
    """Where logs go: the requests replace, or switch off, what there is of the same type."""
    by_type = {each["LogType"]: each for each in before}
    for request in wanted.get("LogDeliveryConfigurations") or []:
        if request.get("Enabled") is False:
            by_type.pop(request["LogType"], None)
            continue
        group = request.get("DestinationDetails", {}).get("CloudWatchLogsDetails", {}).get("LogGroup")
        known = group is None or group in logs_backends[caches.account][caches.region].groups
        status = {"Status": "active"} if known else {"Status": "error", "Message": f"There is no log group {group}."}
        by_type[request["LogType"]] = {**request, **status}
    return list(by_type.values())


def _resized(self: ElastiCacheResponse) -> tuple[Caches, ReplicationGroup, int]:
    caches = caches_of(self.elasticache_backend)
    group = _found(caches, self.params["ReplicationGroupId"])
    if not self.params["ApplyImmediately"]:
        raise ElastiCacheException("InvalidParameterValue", "ApplyImmediately must be true.")
    return caches, group, self.params["NewReplicaCount"]


def _wrong_count(group: ReplicationGroup, count: int, allowed: str) -> ElastiCacheException:
    return ElastiCacheException(
        "InvalidParameterValue", f"NewReplicaCount of {group.id} must be {allowed}, not {count}."
    )


def _add_nodes(network: LoopbackNetwork, caches: Caches, group: ReplicationGroup, count: int) -> None:
    zones = _zones(caches, group)
    for _ in range(count):
        number = group.next_number
        host, server_host = _free_hosts(network, group, 2)
        name = f"{group.id}-{number:03}"
        # The time keeps a group that is made again from the files of the one before.
        server = f"{caches.region}.{name}.{group.created:%Y%m%d%H%M%S%f}"
        group.nodes.append(Node(name, zones[(number - 1) % len(zones)], host, server, server_host))
        group.next_number += 1


def _zones(caches: Caches, group: ReplicationGroup) -> list[str]:
    """Of its nodes, in turn: those it asked for, else those of its subnets."""
    if wanted := group.asked.get("PreferredCacheClusterAZs"):
        return wanted
    if name := group.asked.get("CacheSubnetGroupName"):
        return list(dict.fromkeys(subnet.availability_zone for subnet in found_subnet_group(caches, name).subnets))
    return [f"{caches.region}a"]


def _free_hosts(network: LoopbackNetwork, group: ReplicationGroup, count: int) -> list[str]:
    taken = {host for caches in all_caches() for each in caches.replication_groups.values() for host in _hosts(each)}
    taken |= set(_hosts(group))
    hosts: list[str] = []
    try:
        for _ in range(count):
            hosts.append(network.free_address(group.port, taken | set(hosts)))
    except StartError as error:
        raise ElastiCacheException("InvalidParameterValue", str(error)) from error
    return hosts


def _hosts(group: ReplicationGroup) -> list[str]:
    nodes = [host for node in group.nodes for host in (node.host, node.server_host)]
    return [group.primary_host, group.reader_host, *nodes]
