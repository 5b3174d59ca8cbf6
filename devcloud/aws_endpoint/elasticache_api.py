"""Replaces most of moto's ElastiCache: what a replication group consists of and who may use it.

All of it runs inside a request, while `server.Endpoint` holds the state lock; the processes follow in
`CacheFleet.reconcile`, after the state was saved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse

from devcloud.aws_endpoint import elasticache_groups, elasticache_replication, elasticache_users
from devcloud.aws_endpoint.addresses import LoopbackNetwork
from devcloud.aws_endpoint.elasticache_groups import Rejection
from devcloud.aws_endpoint.elasticache_records import Caches, ReplicationGroup, caches_of, tags_of
from devcloud.aws_endpoint.elasticache_view import cache_cluster

_NOT_FOUND = {
    "user": "UserNotFound",
    "usergroup": "UserGroupNotFound",
    "subnetgroup": "CacheSubnetGroupNotFoundFault",
    "parametergroup": "CacheParameterGroupNotFound",
    "replicationgroup": "ReplicationGroupNotFoundFault",
}


def install(network: LoopbackNetwork, rejection: Rejection, status: Callable[[ReplicationGroup], str]) -> None:
    """Change moto's class. Once a process.

    Args:
        rejection: why Redis refuses values of a parameter group, or None.
        status: of a replication group, by the servers behind it.
    """
    original: Any = ElastiCacheResponse.describe_cache_clusters

    def describe_cache_clusters(self: ElastiCacheResponse) -> ActionResult:
        """The nodes of replication groups, and moto's clusters without one."""
        caches, wanted = caches_of(self.elasticache_backend), self.params.get("CacheClusterId")
        members = elasticache_replication.members_of(caches)
        if wanted is not None and wanted not in members:
            return original(self)
        found = members if wanted is None else {wanted: members[wanted]}
        nodes = [cache_cluster(caches, group, name, status(group)) for name, group in found.items()]
        others = list(self.elasticache_backend.cache_clusters.values()) if wanted is None else []
        return PaginatedResult({"CacheClusters": [*nodes, *others]})

    for method in (
        *elasticache_users.OPERATIONS,
        *elasticache_groups.OPERATIONS,
        elasticache_groups.modifying(rejection),
        *elasticache_replication.operations(network, status),
        describe_cache_clusters,
        list_tags_for_resource,
        add_tags_to_resource,
        remove_tags_from_resource,
    ):
        setattr(ElastiCacheResponse, method.__name__, method)


def list_tags_for_resource(self: ElastiCacheResponse) -> ActionResult:
    return _tag_list(_tagged(self).tags)


def add_tags_to_resource(self: ElastiCacheResponse) -> ActionResult:
    tagged = _tagged(self)
    tagged.tags |= tags_of(self.params)
    return _tag_list(tagged.tags)


def remove_tags_from_resource(self: ElastiCacheResponse) -> ActionResult:
    tagged = _tagged(self)
    tagged.tags = {key: value for key, value in tagged.tags.items() if key not in self.params["TagKeys"]}
    return _tag_list(tagged.tags)


def _tag_list(tags: dict[str, str]) -> ActionResult:
    return ActionResult({"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]})


def _tagged(self: ElastiCacheResponse) -> Any:
    """The record of an ARN."""
    caches, arn = caches_of(self.elasticache_backend), self.params["ResourceName"]
    kind, _, name = arn.removeprefix(caches.arn("", "").removesuffix(":")).partition(":")
    if kind not in _NOT_FOUND or arn != caches.arn(kind, name):
        raise ElastiCacheException("InvalidARN", f"{arn} is no ARN of ElastiCache in {caches.region}.")
    found = _records(caches)[kind]
    if name not in found:
        raise ElastiCacheException(_NOT_FOUND[kind], f"There is no {arn}.")
    return found[name]


def _records(caches: Caches) -> dict[str, dict[str, Any]]:
    return {
        "user": caches.users,
        "usergroup": caches.user_groups,
        "subnetgroup": caches.subnet_groups,
        "parametergroup": caches.parameter_groups,
        "replicationgroup": caches.replication_groups,
    }
