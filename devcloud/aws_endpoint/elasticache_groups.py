"""Subnet groups and parameter groups, which moto cannot change or delete, and does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse

from devcloud.aws_endpoint.elasticache_records import (
    Caches,
    Described,
    ParameterGroup,
    SubnetGroup,
    caches_of,
    lookup,
    refuse_taken,
    tags_of,
)

Rejection = Callable[[Mapping[str, str]], str | None]
FAMILIES = ("redis6.x", "redis7", "valkey7", "valkey8")
# What a group may set and Redis itself does not know: ElastiCache acts on it around Redis.
ONLY_ELASTICACHE = frozenset({"reserved-memory-percent", "reserved-memory", "close-on-replica-write"})
_GROUP_NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9.])*")


def create_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    name = _checked_name(wanted["CacheSubnetGroupName"])
    refuse_taken(caches.subnet_groups, name, "CacheSubnetGroupAlreadyExists", "Cache subnet group")
    group = SubnetGroup(
        name,
        caches.arn("subnetgroup", name),
        wanted["CacheSubnetGroupDescription"],
        _subnets(caches, wanted["SubnetIds"]),
        tags_of(wanted),
    )
    caches.subnet_groups[name] = group
    return ActionResult({"CacheSubnetGroup": _subnet_group(group)})


def describe_cache_subnet_groups(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params.get("CacheSubnetGroupName")
    found = list(caches.subnet_groups.values()) if wanted is None else [found_subnet_group(caches, wanted)]
    return ActionResult({"CacheSubnetGroups": [_subnet_group(group) for group in found]})


def modify_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    group = found_subnet_group(caches, wanted["CacheSubnetGroupName"])
    if wanted.get("SubnetIds"):
        group.subnets = _subnets(caches, wanted["SubnetIds"])
    if wanted.get("CacheSubnetGroupDescription") is not None:
        group.description = wanted["CacheSubnetGroupDescription"]
    return ActionResult({"CacheSubnetGroup": _subnet_group(group)})


def delete_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    caches = caches_of(self.elasticache_backend)
    group = found_subnet_group(caches, self.params["CacheSubnetGroupName"])
    _refuse_used(caches, "CacheSubnetGroupName", group.name, "CacheSubnetGroupInUse")
    del caches.subnet_groups[group.name]
    return EmptyResult()


def create_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    name = _checked_name(wanted["CacheParameterGroupName"])
    family = wanted["CacheParameterGroupFamily"]
    refuse_taken(caches.parameter_groups, name, "CacheParameterGroupAlreadyExists", "Cache parameter group")
    if name.startswith("default."):
        raise ElastiCacheException("InvalidParameterValue", "A name with default. belongs to the service.")
    if family not in FAMILIES:
        raise ElastiCacheException(
            "InvalidParameterValue", f"CacheParameterGroupFamily is one of {', '.join(FAMILIES)}, not {family}."
        )
    group = ParameterGroup(name, caches.arn("parametergroup", name), family, wanted["Description"], tags_of(wanted))
    caches.parameter_groups[name] = group
    return ActionResult({"CacheParameterGroup": _parameter_group(group)})


def describe_cache_parameter_groups(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params.get("CacheParameterGroupName")
    found = list(caches.parameter_groups.values()) if wanted is None else [found_parameter_group(caches, wanted)]
    return ActionResult({"CacheParameterGroups": [_parameter_group(group) for group in found]})


def describe_cache_parameters(self: ElastiCacheResponse) -> ActionResult:
    """Those that were set; the service has the others too, with their defaults."""
    group = found_parameter_group(caches_of(self.elasticache_backend), self.params["CacheParameterGroupName"])
    source = self.params.get("Source") or "user"
    values = group.values if source == "user" else {}
    return ActionResult(
        {
            "Parameters": [
                {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
                for name, value in values.items()
            ]
        }
    )


def modifying(rejection: Rejection) -> Callable[[ElastiCacheResponse], ActionResult]:
    """The modify call, of a group whose values Redis must take."""

    def modify_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
        caches, wanted = caches_of(self.elasticache_backend), self.params
        group = _own_parameter_group(caches, wanted["CacheParameterGroupName"])
        values = {item["ParameterName"]: item.get("ParameterValue", "") for item in wanted["ParameterNameValues"]}
        reason = rejection({name: value for name, value in values.items() if name not in ONLY_ELASTICACHE})
        if reason is not None:
            raise ElastiCacheException("InvalidParameterValue", reason)
        group.values |= values
        return ActionResult({"CacheParameterGroupName": group.name})

    return modify_cache_parameter_group


def reset_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    caches, wanted = caches_of(self.elasticache_backend), self.params
    group = _own_parameter_group(caches, wanted["CacheParameterGroupName"])
    names = [item["ParameterName"] for item in wanted.get("ParameterNameValues") or []]
    for name in list(group.values) if wanted.get("ResetAllParameters") else names:
        group.values.pop(name, None)
    return ActionResult({"CacheParameterGroupName": group.name})


def delete_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    caches = caches_of(self.elasticache_backend)
    group = _own_parameter_group(caches, self.params["CacheParameterGroupName"])
    _refuse_used(caches, "CacheParameterGroupName", group.name, "InvalidCacheParameterGroupState")
    del caches.parameter_groups[group.name]
    return EmptyResult()


def found_subnet_group(caches: Caches, name: str) -> SubnetGroup:
    return lookup(caches.subnet_groups, name, "CacheSubnetGroupNotFoundFault", "Cache subnet group")


def found_parameter_group(caches: Caches, name: str) -> ParameterGroup:
    """A group of the user, or one of the service, which has the family in its name."""
    if name.startswith("default.") and (family := name.removeprefix("default.")) in FAMILIES:
        return ParameterGroup(name, caches.arn("parametergroup", name), family, f"Default parameter group for {family}")
    return lookup(caches.parameter_groups, name, "CacheParameterGroupNotFound", "Cache parameter group")


def _own_parameter_group(caches: Caches, name: str) -> ParameterGroup:
    group = found_parameter_group(caches, name)
    if group.name.startswith("default."):
        raise ElastiCacheException("InvalidCacheParameterGroupState", f"{name} belongs to the service.")
    return group


def _checked_name(name: str) -> str:
    if not _GROUP_NAME.fullmatch(name) or len(name) > 255:
        raise ElastiCacheException(
            "InvalidParameterValue",
            f"{name} is no group's name: letters, digits, dots and single hyphens, a letter first, no hyphen last.",
        )
    return name.lower()


def _refuse_used(caches: Caches, by: str, name: str, code: str) -> None:
    if users := [group.id for group in caches.replication_groups.values() if group.asked.get(by) == name]:
        raise ElastiCacheException(code, f"{name} is used by replication group {', '.join(users)}.")


def _subnets(caches: Caches, names: list[str]) -> list[Any]:
    known = {subnet.id: subnet for subnet in ec2_backends[caches.account][caches.region].describe_subnets()}
    if unknown := [name for name in names if name not in known]:
        raise ElastiCacheException("InvalidSubnet", f"There is no subnet {', '.join(unknown)}.")
    subnets = [known[name] for name in names]
    if len({subnet.vpc_id for subnet in subnets}) != 1:
        raise ElastiCacheException("InvalidSubnet", "The subnets of a group are in one VPC.")
    return subnets


def _subnet_group(group: SubnetGroup) -> Described:
    return {
        "CacheSubnetGroupName": group.name,
        "CacheSubnetGroupDescription": group.description,
        "VpcId": group.subnets[0].vpc_id,
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SupportedNetworkTypes": ["ipv4"],
            }
            for subnet in group.subnets
        ],
        "SupportedNetworkTypes": ["ipv4"],
        "ARN": group.arn,
    }


def _parameter_group(group: ParameterGroup) -> Described:
    return {
        "CacheParameterGroupName": group.name,
        "CacheParameterGroupFamily": group.family,
        "Description": group.description,
        "IsGlobal": False,
        "ARN": group.arn,
    }


OPERATIONS = (
    create_cache_subnet_group,
    describe_cache_subnet_groups,
    modify_cache_subnet_group,
    delete_cache_subnet_group,
    create_cache_parameter_group,
    describe_cache_parameter_groups,
    describe_cache_parameters,
    reset_cache_parameter_group,
    delete_cache_parameter_group,
)
