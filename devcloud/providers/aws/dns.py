"""Pure transforms between a record resource's properties and Route 53's record sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Their values are quoted on the wire, and plain in a program.
_QUOTED_TYPES = ("TXT", "SPF")


def record_set(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The ResourceRecordSet that the inputs ask for."""
    result = {
        "Name": inputs["name"],
        "Type": inputs["type"],
        "SetIdentifier": inputs.get("setIdentifier"),
        "TTL": inputs.get("ttl"),
        "HealthCheckId": inputs.get("healthCheckId"),
        "Weight": _routed(inputs, "weighted", "weight"),
        "Region": _routed(inputs, "latency", "region"),
        "Failover": _routed(inputs, "failover", "type"),
        "MultiValueAnswer": inputs.get("multivalueAnswerRoutingPolicy") or None,
        "ResourceRecords": [{"Value": _wire(inputs["type"], value)} for value in inputs.get("records") or []] or None,
    }
    for alias in inputs.get("aliases") or []:
        result["AliasTarget"] = {
            "HostedZoneId": alias.get("zoneId"),
            "DNSName": alias.get("name"),
            "EvaluateTargetHealth": alias.get("evaluateTargetHealth", False),
        }
    return {name: value for name, value in result.items() if value is not None}


def record_id(zone: str, record: Mapping[str, Any]) -> str:
    """The resource's id: `<zone>_<name>_<type>`, and `_<set identifier>` where there is one."""
    name = str(record["Name"]).rstrip(".").lower().replace("\\052", "*")
    parts = [zone, name, record["Type"], record.get("SetIdentifier")]
    return "_".join(part for part in parts if part)


def record_with(records: list[Mapping[str, Any]] | None, identifier: str) -> dict[str, Any] | None:
    """The record set that has the id, as `Set`, with the properties that would make it."""
    zone = identifier.partition("_")[0]
    found = next((each for each in records or [] if record_id(zone, each) == identifier), None)
    return None if found is None else {"Set": found, "ZoneId": zone, **_properties(found)}


def _properties(record: Mapping[str, Any]) -> dict[str, Any]:
    alias = record.get("AliasTarget")
    kind = record["Type"]
    return {
        "name": str(record["Name"]).rstrip(".").replace("\\052", "*"),
        "aliases": alias
        and [
            {
                "name": alias["DNSName"].rstrip("."),
                "zoneId": alias["HostedZoneId"],
                "evaluateTargetHealth": alias.get("EvaluateTargetHealth", False),
            }
        ],
        "records": [_plain(kind, each["Value"]) for each in record.get("ResourceRecords") or []],
        "weightedRoutingPolicies": _policy(record, "Weight", "weight"),
        "latencyRoutingPolicies": _policy(record, "Region", "region"),
        "failoverRoutingPolicies": _policy(record, "Failover", "type"),
    }


def _routed(inputs: Mapping[str, Any], policy: str, member: str) -> Any:
    blocks = inputs.get(f"{policy}RoutingPolicies") or [{}]
    return blocks[0].get(member)


def _policy(record: Mapping[str, Any], member: str, name: str) -> list[dict[str, Any]]:
    return [{name: record[member]}] if member in record else []


def _wire(kind: str, value: str) -> str:
    return f'"{value}"' if kind in _QUOTED_TYPES and not value.startswith('"') else value


def _plain(kind: str, value: str) -> str:
    return value[1:-1] if kind in _QUOTED_TYPES and value.startswith('"') and value.endswith('"') else value
