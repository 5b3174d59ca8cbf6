"""From ElastiCache's objects to what should run: derives the desired state of the Redis servers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from devcloud.aws_endpoint.cache_configuration import server_settings
from devcloud.aws_endpoint.cache_fleet import CacheFleet
from devcloud.aws_endpoint.cache_specs import AccessRule, CacheDesired, CacheServerSpec
from devcloud.aws_endpoint.elasticache_groups import found_parameter_group
from devcloud.aws_endpoint.elasticache_records import Caches, CacheUser, Node, ReplicationGroup, all_caches
from devcloud.aws_endpoint.specs import Address, EndpointSpec

_EVERYTHING = "on ~* &* +@all"


def desired_caches() -> CacheDesired:
    """What should run, by the API objects."""
    servers: list[CacheServerSpec] = []
    endpoints: list[EndpointSpec] = []
    for caches in all_caches():
        for group in caches.replication_groups.values():
            servers.extend(_servers_of(caches, group))
            endpoints.extend(_endpoints_of(group))
    return CacheDesired(tuple(servers), tuple(endpoints))


def status_of(fleet: CacheFleet, group: ReplicationGroup) -> str:
    """A replication group's status, by its servers."""
    if any(fleet.failure(node.server) is not None for node in group.nodes):
        return "create-failed"
    return "available" if all(fleet.is_ready(node.server) for node in group.nodes) else "creating"


def _servers_of(caches: Caches, group: ReplicationGroup) -> Iterator[CacheServerSpec]:
    primary = _primary(group)
    settings = server_settings(found_parameter_group(caches, group.asked["CacheParameterGroupName"]).values)
    users = tuple(_users(caches, group))
    for node in group.nodes:
        upstream = None if node is primary else _server_address(group, primary)
        yield CacheServerSpec(node.server, _server_address(group, node), upstream, tuple(settings.items()), users)


def _endpoints_of(group: ReplicationGroup) -> Iterator[EndpointSpec]:
    primary = _primary(group)
    replicas = [_server_address(group, node) for node in group.nodes if node is not primary]
    targets = {
        group.primary_host: [_server_address(group, primary)],
        group.reader_host: replicas or [_server_address(group, primary)],
        **{node.host: [_server_address(group, node)] for node in group.nodes},
    }
    for host, servers in targets.items():
        address = Address(host, group.port)
        yield EndpointSpec(address, primary.server, tuple(servers), tls=group.asked["TransitEncryptionEnabled"])


def _users(caches: Caches, group: ReplicationGroup) -> Iterator[AccessRule]:
    """Who may log in: the user groups' members; without one everybody, or who has the token."""
    if not group.user_group_ids:
        yield AccessRule("default", _EVERYTHING, _hashes(group.auth_tokens), open=not group.auth_tokens)
    for name in group.user_group_ids:
        for user_id in caches.user_groups[name].user_ids:
            yield _rule(caches.users[user_id])


def _rule(user: CacheUser) -> AccessRule:
    """A user who logs in with IAM's tokens has no password, and so cannot: nobody could check a token here."""
    return AccessRule(user.name, user.access, _hashes(user.passwords), open=user.authentication == "no-password")


def _hashes(passwords: list[str]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(password.encode()).hexdigest() for password in passwords)


def _primary(group: ReplicationGroup) -> Node:
    return next(node for node in group.nodes if node.id == group.primary)


def _server_address(group: ReplicationGroup, node: Node) -> Address:
    return Address(node.server_host, group.port)
