"""What ElastiCache refuses of a replication group, with the service's own codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.elasticache.exceptions import ElastiCacheException

from devcloud.aws_endpoint.elasticache_groups import found_parameter_group, found_subnet_group
from devcloud.aws_endpoint.elasticache_records import Caches
from devcloud.aws_endpoint.elasticache_users import MINIMUM_VERSIONS

_TOKEN = range(16, 129)
_MOST_NODES = 6


def check(
    caches: Caches,
    asked: Mapping[str, Any],
    user_groups: Sequence[str],
    tokens: Sequence[str],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Refuse what the service would not make of `asked`.

    Args:
        before: what was asked for until now; None for a new group.
    Raises:
        ElastiCacheException: with the rule that it breaks.
    """
    _check_version(caches, asked, before)
    _check_availability(asked)
    _check_encryption(asked, before)
    _check_access(caches, asked, user_groups, tokens)
    if name := asked.get("CacheSubnetGroupName"):
        found_subnet_group(caches, name)


def _check_version(caches: Caches, asked: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    engine, version = asked["Engine"], asked["EngineVersion"]
    if engine not in MINIMUM_VERSIONS:
        raise _value(f"Engine is redis or valkey, not {engine}.")
    if not all(part.isdecimal() for part in version.split(".")):
        raise _value(f"{version} is no engine version.")
    if before is not None and engine == before["Engine"] and _numbers(version) < _numbers(before["EngineVersion"]):
        raise _combination(f"A replication group cannot go back from {before['EngineVersion']} to {version}.")
    family = found_parameter_group(caches, asked["CacheParameterGroupName"]).family
    major = version.split(".")[0]
    if family != f"{engine}{'6.x' if major == '6' else major}":
        raise _combination(
            f"Parameter group {asked['CacheParameterGroupName']} is of {family}, not {engine} {version}."
        )


def _check_availability(asked: Mapping[str, Any]) -> None:
    if not asked.get("CacheNodeType"):
        raise _value("The parameter CacheNodeType must be provided and must not be null.")
    if not 1 <= asked["NumCacheClusters"] <= _MOST_NODES:
        raise _value(f"NumCacheClusters is 1 to {_MOST_NODES}, not {asked['NumCacheClusters']}.")
    if asked["AutomaticFailoverEnabled"] and asked["NumCacheClusters"] < 2:
        raise _value("When using automatic failover, there must be at least 2 cache clusters in the replication group.")
    if asked["MultiAZEnabled"] and not asked["AutomaticFailoverEnabled"]:
        raise _combination("Must have automatic failover enabled to have Multi-AZ enabled.")


def _check_encryption(asked: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    if asked.get("KmsKeyId") and not asked["AtRestEncryptionEnabled"]:
        raise _combination("A KMS key requires encryption at rest to be enabled.")
    if asked.get("TransitEncryptionMode") and not asked["TransitEncryptionEnabled"]:
        raise _combination("TransitEncryptionMode requires encryption in transit to be enabled.")
    if before is not None and asked["TransitEncryptionEnabled"] != before["TransitEncryptionEnabled"]:
        raise _combination("Encryption in transit is changed by way of TransitEncryptionMode preferred.")


def _check_access(caches: Caches, asked: Mapping[str, Any], user_groups: Sequence[str], tokens: Sequence[str]) -> None:
    encrypted = asked["TransitEncryptionEnabled"]
    if user_groups and not encrypted:
        raise _combination("User group based access control requires encryption-in-transit to be enabled.")
    if tokens and not encrypted:
        raise _combination("Auth token requires encryption-in-transit to be enabled.")
    if user_groups and tokens:
        raise _combination("A replication group has an auth token or user groups, not both.")
    if len(user_groups) > 1:
        raise _value(f"A replication group has at most one user group, not {', '.join(user_groups)}.")
    if any(len(token) not in _TOKEN for token in tokens):
        raise _value(f"An auth token has {_TOKEN.start} to {_TOKEN.stop - 1} characters.")
    for name in user_groups:
        if caches.user_groups[name].engine != asked["Engine"] and asked["Engine"] == "redis":
            raise _combination(f"User group {name} has another engine than the replication group.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _value(message: str) -> ElastiCacheException:
    return ElastiCacheException("InvalidParameterValue", message)


def _combination(message: str) -> ElastiCacheException:
    return ElastiCacheException("InvalidParameterCombination", message)
