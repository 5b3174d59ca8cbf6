"""Users, replication groups and connections, for the tests of ElastiCache."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from devcloud.aws_endpoint.resp import RedisClient
from devcloud.aws_endpoint.specs import Address
from tests.devcloud.aws_endpoint.conftest import LocalAws

REGION = "eu-central-1"
PASSWORD = "first-canary-password"
TOKEN = "a-canary-auth-token"


def closed_user(aws: LocalAws, name: str, access: str = "off -@all") -> str:
    aws.client("elasticache", REGION).create_user(
        UserId=name, UserName="default", Engine="redis", AccessString=access, NoPasswordRequired=True
    )
    return name


def user(aws: LocalAws, name: str, access: str = "on ~* &* +@all") -> str:
    aws.client("elasticache", REGION).create_user(
        UserId=name, UserName=name, Engine="redis", AccessString=access, Passwords=[PASSWORD]
    )
    return name


def user_group(aws: LocalAws, name: str, *members: str) -> str:
    aws.client("elasticache", REGION).create_user_group(UserGroupId=name, Engine="redis", UserIds=list(members))
    return name


def cache(aws: LocalAws, name: str, **more: Any) -> dict[str, Any]:
    """A replication group of two nodes; as the API describes it once it answers."""
    request: dict[str, Any] = {
        "ReplicationGroupDescription": name,
        "CacheNodeType": "cache.t4g.small",
        "NumCacheClusters": 2,
        "AutomaticFailoverEnabled": True,
        "TransitEncryptionEnabled": True,
    }
    aws.client("elasticache", REGION).create_replication_group(ReplicationGroupId=name, **request | more)
    return described(aws, name)


def described(aws: LocalAws, name: str) -> dict[str, Any]:
    client = aws.client("elasticache", REGION)
    return client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]


def members(group: dict[str, Any]) -> dict[str, str]:
    """Node -> role."""
    return {each["CacheClusterId"]: each["CurrentRole"] for each in group["NodeGroups"][0]["NodeGroupMembers"]}


def connect(
    group: dict[str, Any], name: str = "default", password: str | None = None, *, reader: bool = False, tls: bool = True
) -> RedisClient:
    endpoint = group["NodeGroups"][0]["ReaderEndpoint" if reader else "PrimaryEndpoint"]
    context = ssl.create_default_context() if tls else None
    if context is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return RedisClient(Address(endpoint["Address"], endpoint["Port"]), name, password, context)


def redis_processes(aws: LocalAws) -> list[int]:
    """Live processes that work in a directory of this endpoint's Redis."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and (entry / "cwd").readlink().is_relative_to(aws.state / "redis"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or another user's
    return found
