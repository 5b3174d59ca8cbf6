"""Pure transforms between blocks of the official provider and the API, where the two are built differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEY_TYPES = {"HASH": "hashKey", "RANGE": "rangeKey"}


def index_parameters(blocks: list[Mapping[str, Any]] | None, table_hash_key: str | None) -> list[dict[str, Any]] | None:
    """DynamoDB's secondary indexes; local ones have the table's hash key. None when there are none."""
    return [_index(block, table_hash_key) for block in blocks or []] or None


def index_blocks(indexes: list[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """The blocks that would make the indexes that DynamoDB describes."""
    return [_index_block(index) for index in indexes or []]


def _index(block: Mapping[str, Any], table_hash_key: str | None) -> dict[str, Any]:
    keys = (("HASH", block.get("hashKey") or table_hash_key), ("RANGE", block.get("rangeKey")))
    projection = {"ProjectionType": block.get("projectionType"), "NonKeyAttributes": block.get("nonKeyAttributes")}
    index: dict[str, Any] = {
        "IndexName": block.get("name"),
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for kind, name in keys if name],
        "Projection": {name: value for name, value in projection.items() if value},
    }
    if block.get("readCapacity") and block.get("writeCapacity"):
        index["ProvisionedThroughput"] = {
            "ReadCapacityUnits": block["readCapacity"],
            "WriteCapacityUnits": block["writeCapacity"],
        }
    return index


def _index_block(index: Mapping[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = {"name": index["IndexName"], "projectionType": index["Projection"]["ProjectionType"]}
    block |= {_KEY_TYPES[key["KeyType"]]: key["AttributeName"] for key in index["KeySchema"]}
    if others := index["Projection"].get("NonKeyAttributes"):
        block["nonKeyAttributes"] = others
    return block


def replica_blocks(tables: list[Mapping[str, Any]], recovery: list[str], same_tags: list[bool]) -> list[dict[str, Any]]:
    """The blocks that would make the replicas whose tables DynamoDB describes, in the same order."""
    return [
        {
            "regionName": table["TableArn"].split(":")[3],
            "arn": table["TableArn"],
            "kmsKeyArn": table.get("SSEDescription", {}).get("KMSMasterKeyArn"),
            "pointInTimeRecovery": status == "ENABLED",
            "propagateTags": same,
            "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
            "consistencyMode": table.get("MultiRegionConsistency", "EVENTUAL"),
            "streamArn": table.get("LatestStreamArn"),
            "streamLabel": table.get("LatestStreamLabel"),
        }
        for table, status, same in zip(tables, recovery, same_tags, strict=True)
    ]


def own_records(records: list[dict[str, Any]] | None, zone: str) -> list[dict[str, Any]]:
    """The records of a zone without those that came with it and go with it."""
    return [each for each in records or [] if each["Type"] not in ("NS", "SOA") or each["Name"] != zone]


# Pulumi's list of sources in a block -> the list in an IpPermission and the member of its elements.
_SOURCES = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
_RULE_SOURCES = {
    "cidrIpv4": "cidrBlocks",
    "cidrIpv6": "ipv6CidrBlocks",
    "prefixListId": "prefixListIds",
    "referencedSecurityGroupId": "securityGroups",
}


def permissions(blocks: list[Mapping[str, Any]] | None, group: str) -> list[dict[str, Any]]:
    """EC2's permissions of a security group's inline rules, one for each source; `group` stands for `self`."""
    result: list[dict[str, Any]] = []
    for block in blocks or []:
        for name, (list_name, member) in _SOURCES.items():
            sources = list(block.get(name) or [])
            if name == "securityGroups" and block.get("self"):
                sources.append(group)
            result.extend(_permission(block, list_name, {member: source}) for source in sources)
    return result


def permission_blocks(live: list[Mapping[str, Any]] | None, group: str) -> list[dict[str, Any]]:
    """The inline rules that would make the permissions that EC2 describes, one for each source."""
    blocks: list[dict[str, Any]] = []
    for permission in live or []:
        for name, (list_name, member) in _SOURCES.items():
            for source in permission.get(list_name) or []:
                block: dict[str, Any] = {
                    "protocol": permission["IpProtocol"],
                    "fromPort": _port(permission.get("FromPort")),
                    "toPort": _port(permission.get("ToPort")),
                }
                if source[member] == group:
                    block["self"] = True
                else:
                    block[name] = [source[member]]
                if source.get("Description"):
                    block["description"] = source["Description"]
                blocks.append(block)
    return blocks


def rule_permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """EC2's permission of a security group rule resource, which has one source."""
    block = {"protocol": rule["ipProtocol"], "fromPort": rule.get("fromPort"), "toPort": rule.get("toPort")}
    block["description"] = rule.get("description")
    block |= {plural: [rule[name]] for name, plural in _RULE_SOURCES.items() if rule.get(name)}
    found = permissions([block], "")
    return found[0] if found else {"IpProtocol": rule["ipProtocol"]}


def _permission(block: Mapping[str, Any], list_name: str, source: dict[str, str]) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": str(block["protocol"])}
    if permission["IpProtocol"] != "-1":  # all traffic has no ports
        permission |= {"FromPort": block.get("fromPort"), "ToPort": block.get("toPort")}
    if block.get("description"):
        source = {**source, "Description": block["description"]}
    return {name: value for name, value in permission.items() if value is not None} | {list_name: [source]}


def _port(port: int | None) -> int:
    """EC2 tells no ports, or -1, where the official provider says 0."""
    return 0 if port in (None, -1) else port
