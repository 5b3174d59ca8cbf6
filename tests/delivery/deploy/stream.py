"""Events as the engine writes them, for previews that a test makes up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from delivery.deploy.events import Event

STACK = "local-us-east-1"
AWS = f"urn:pulumi:{STACK}::wedsync::pulumi:providers:aws::aws"
CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"
TABLE, KEY, ALARM = "aws:dynamodb/table:Table", "aws:kms/key:Key", "aws:cloudwatch/metricAlarm:MetricAlarm"

Inputs = Mapping[str, Any]


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:{STACK}::wedsync::{type_}::{name}"


def step(
    op: str,
    type_: str,
    name: str,
    old: Inputs | None = None,
    new: Inputs | None = None,
    *,
    paths: Sequence[str] = (),
    keys: Sequence[str] = (),
    protect: bool = False,
) -> Event:
    """What the engine writes before it does one part of what it does to a resource."""
    metadata: dict[str, Any] = {"op": op, "urn": urn(type_, name), "type": type_, "provider": f"{AWS}::id"}
    for side, inputs in (("old", old), ("new", new)):
        if inputs is not None:
            metadata[side] = {"type": type_, "urn": urn(type_, name), "inputs": inputs, "protect": protect}
    metadata["detailedDiff"] = {path: {"diffKind": "update", "inputDiff": True} for path in paths} or None
    if keys:
        metadata["keys"] = list(keys)
    return {"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata, "planning": True}}


def replaced(type_: str, name: str, old: Inputs, new: Inputs, *keys: str) -> list[Event]:
    """A replacement: the new one first, the old one last."""
    return [
        step("create-replacement", type_, name, old, new, paths=keys, keys=keys),
        step("replace", type_, name, old, new, paths=keys, keys=keys),
        step("delete-replaced", type_, name, old),
    ]


def outputs(old: Inputs, new: Inputs) -> Event:
    """What the stack exports, before and after."""
    type_ = "pulumi:pulumi:Stack"
    states = {"old": {"outputs": old}, "new": {"outputs": new}}
    metadata = {"op": "same", "urn": urn(type_, f"wedsync-{STACK}"), "type": type_, "provider": "", **states}
    return {"resOutputsEvent": {"metadata": metadata, "planning": True}}


def violation(policy: str, message: str, level: str = "mandatory", of: str = "") -> Event:
    return {
        "policyEvent": {
            "policyName": policy,
            "enforcementLevel": level,
            "message": message,
            **({"resourceUrn": of} if of else {}),
        }
    }


def diagnostic(severity: str, message: str, **more: Any) -> Event:
    return {"diagnosticEvent": {"severity": severity, "message": message, "color": "never", **more}}
