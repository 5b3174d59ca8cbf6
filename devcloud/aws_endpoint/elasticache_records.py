"""What the local ElastiCache remembers: kept as attribute `devcloud` of moto's backends, so it is saved with them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import elasticache_backends

Described = dict[str, Any]
"""An object as the API tells it; moto puts it into the form of the wire."""


@dataclass
class CacheUser:
    """A user. The passwords stay out of `repr`, and so out of messages."""

    id: str
    arn: str
    name: str
    engine: str
    access: str
    authentication: str
    """As described: "password", "no-password" or "iam"."""

    passwords: list[str] = field(default_factory=list[str], repr=False)
    tags: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class UserGroup:
    id: str
    arn: str
    engine: str
    user_ids: list[str]
    tags: dict[str, str]


@dataclass
class SubnetGroup:
    name: str
    arn: str
    description: str
    subnets: list[Any]
    """moto's."""

    tags: dict[str, str]


@dataclass
class ParameterGroup:
    name: str
    arn: str
    family: str
    description: str
    tags: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, str] = field(default_factory=dict[str, str])
    """Those that the user has set."""


@dataclass
class Node:
    """One node of a replication group.

    Attributes:
        host: its own endpoint.
        server: the directory and the address of its Redis, neither ever reused.
    """

    id: str
    zone: str
    host: str
    server: str
    server_host: str


@dataclass
class ReplicationGroup:
    """A primary and its replicas.

    Attributes:
        asked: what the create call and the modify calls since have asked for, by the API's names.
        primary: the id of the node that takes writes.
        next_number: numbers the nodes.
    """

    id: str
    arn: str
    primary_host: str
    reader_host: str
    asked: dict[str, Any]
    tags: dict[str, str]
    primary: str
    port: int
    nodes: list[Node] = field(default_factory=list[Node])
    next_number: int = 1
    user_group_ids: list[str] = field(default_factory=list[str])
    auth_tokens: list[str] = field(default_factory=list[str], repr=False)
    created: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))


@dataclass
class Caches:
    """All of one account and region, by id or name in lower case."""

    region: str
    account: str
    users: dict[str, CacheUser] = field(default_factory=dict[str, CacheUser])
    user_groups: dict[str, UserGroup] = field(default_factory=dict[str, UserGroup])
    subnet_groups: dict[str, SubnetGroup] = field(default_factory=dict[str, SubnetGroup])
    parameter_groups: dict[str, ParameterGroup] = field(default_factory=dict[str, ParameterGroup])
    replication_groups: dict[str, ReplicationGroup] = field(default_factory=dict[str, ReplicationGroup])

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:elasticache:{self.region}:{self.account}:{kind}:{name}"


def caches_of(backend: Any) -> Caches:
    """The records of a moto backend; every account has a user `default`, whom the service makes."""
    if not hasattr(backend, "devcloud"):
        caches = Caches(backend.region_name, backend.account_id)
        arn = caches.arn("user", "default")
        caches.users["default"] = CacheUser("default", arn, "default", "redis", "on ~* +@all", "no-password")
        backend.devcloud = caches
    return backend.devcloud


def all_caches() -> Iterator[Caches]:
    """Of all accounts and regions that were used."""
    for _account, _region, backend in elasticache_backends.iter_backends():
        yield caches_of(backend)


def lookup(found: dict[str, Any], name: str, code: str, what: str) -> Any:
    """The record of that name.

    Raises:
        ElastiCacheException: there is none; with that code.
    """
    if name.lower() not in found:
        raise ElastiCacheException(code, f"{what} {name} not found.")
    return found[name.lower()]


def refuse_taken(found: dict[str, Any], name: str, code: str, what: str) -> None:
    if name.lower() in found:
        raise ElastiCacheException(code, f"{what} {name} already exists.")


def tags_of(parameters: Any) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in parameters.get("Tags") or []}
