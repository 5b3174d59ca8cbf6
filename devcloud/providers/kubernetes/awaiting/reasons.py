"""Why an object is not ready: its conditions, its pods and the warnings about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devcloud.providers.kubernetes.awaiting.verdicts import Live, told
from devcloud.providers.kubernetes.objects import ObjectAddress

_PODS_TOLD = 3
_EVENTS_TOLD = 5


def reasons(address: ObjectAddress, live: Live) -> list[str]:
    """One sentence each: conditions that do not hold, pods that are not ready, warning events, what to run."""
    pods = _unready_pods(address, live)
    found = _conditions(live)
    for pod in pods[:_PODS_TOLD]:
        found += [
            f"Pod {pod['metadata']['name']} is {pod.get('status', {}).get('phase', 'Pending')}: {why}"
            for why in _pod(pod)
        ]
    names = [address.name, *(pod["metadata"]["name"] for pod in pods[:_PODS_TOLD])]
    found += [line for line in _warnings(address, names) if not _said(line, found)]
    return [*found, f"look further with: {address.kubectl('describe')}"]


def _said(line: str, found: list[str]) -> bool:
    """Whether an event only repeats what a condition says."""
    message = line.rpartition(": ")[2]
    return any(other.endswith(message) for other in found)


def _conditions(live: Live) -> list[str]:
    conditions = live.get("status", {}).get("conditions") or []
    bad = ("ReplicaFailure", "Failed", "Terminating")
    return [
        told(entry)
        for entry in conditions
        if entry.get("message") and (entry.get("status") == "False") != (entry.get("type") in bad)
    ]


def _unready_pods(address: ObjectAddress, live: Live) -> list[Mapping[str, Any]]:
    labels = (live.get("spec", {}).get("selector") or {}).get("matchLabels")
    if not isinstance(labels, Mapping) or not address.namespace:
        return []
    query = {"labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())}
    answer = address.client.get(f"/api/v1/namespaces/{address.namespace}/pods", query) or {}
    return [pod for pod in answer.get("items", []) if not _ready(pod)]


def _ready(pod: Mapping[str, Any]) -> bool:
    status = pod.get("status", {})
    conditions = {entry["type"]: entry["status"] for entry in status.get("conditions") or []}
    return conditions.get("Ready") == "True" or status.get("phase") == "Succeeded"


def _pod(pod: Mapping[str, Any]) -> list[str]:
    """What a pod says about itself: waiting or ended containers, else the conditions that do not hold."""
    status = pod.get("status", {})
    containers = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    states = [(entry["name"], entry.get("state", {})) for entry in containers]
    told_by_containers = [
        f"container {name}: {state[what].get('reason', what)} {state[what].get('message', '')}".rstrip()
        for name, state in states
        for what in ("waiting", "terminated")
        if what in state
    ]
    return told_by_containers or _conditions(pod) or ["no container has started"]


def _warnings(address: ObjectAddress, names: list[str]) -> list[str]:
    """The newest warning events about objects of these names."""
    namespace = address.namespace or "default"
    found: list[Mapping[str, Any]] = []
    for name in names:
        query = {"fieldSelector": f"involvedObject.name={name},type=Warning"}
        answer = address.client.get(f"/api/v1/namespaces/{namespace}/events", query) or {}
        found += answer.get("items", [])
    found.sort(key=lambda event: event["metadata"]["creationTimestamp"])
    lines = [
        f"{event['involvedObject']['kind']} {event['involvedObject']['name']}: {told(event)}"
        for event in found[-_EVENTS_TOLD:]
    ]
    return list(dict.fromkeys(lines))
