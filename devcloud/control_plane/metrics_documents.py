"""Renders the two metrics APIs' answers from pods and the values that are set. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from devcloud.control_plane.metric_values import MetricValues
from devcloud.control_plane.objects import CUSTOM_METRICS, RESOURCE_METRICS

Json = dict[str, Any]

# Every quantity suffix that Kubernetes knows, as a factor.
_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    **{f"{letter}i": Decimal(1024**power) for power, letter in enumerate("KMGTPE", start=1)},
}
# The autoscaler ignores a pod until one window after it became ready; values here hold at once.
_WINDOW = "1s"


def quantity(text: str) -> Decimal:
    """The number that a Kubernetes quantity stands for: cores of "500m", bytes of "512Mi"."""
    for length in (2, 1):
        if text[-length:] in _SUFFIXES:
            return Decimal(text[:-length]) * _SUFFIXES[text[-length:]]
    return Decimal(text)


def pod_list(pods: Iterable[Json], values: MetricValues, now: dt.datetime) -> Json:
    items = [pod_metrics(pod, values, now) for pod in running(pods)]
    return {"kind": "PodMetricsList", "apiVersion": RESOURCE_METRICS, "metadata": {}, "items": items}


def pod_metrics(pod: Json, values: MetricValues, now: dt.datetime) -> Json:
    meta = pod["metadata"]
    setting = values.of_pod(meta["namespace"], _labels(pod))
    percents = {"cpu": setting.cpu_percent, "memory": setting.memory_percent}
    return {
        "kind": "PodMetrics",
        "apiVersion": RESOURCE_METRICS,
        "metadata": {"name": meta["name"], "namespace": meta["namespace"], "labels": _labels(pod)},
        "timestamp": _timestamp(now),
        "window": _WINDOW,
        "containers": [
            {"name": container["name"], "usage": _usage(_requests(container), percents)}
            for container in pod["spec"]["containers"]
        ],
    }


def node_list(nodes: Iterable[Json], pods: Iterable[Json], values: MetricValues, now: dt.datetime) -> Json:
    used: defaultdict[str, dict[str, Decimal]] = defaultdict(lambda: {"cpu": Decimal(0), "memory": Decimal(0)})
    for pod in running(pods):
        for container in pod_metrics(pod, values, now)["containers"]:
            for resource, amount in container["usage"].items():
                used[pod["spec"]["nodeName"]][resource] += quantity(amount)
    items = [_node_metrics(node["metadata"]["name"], used[node["metadata"]["name"]], now) for node in nodes]
    return {"kind": "NodeMetricsList", "apiVersion": RESOURCE_METRICS, "metadata": {}, "items": items}


def custom_list(pods: Iterable[Json], metric: str, values: MetricValues, now: dt.datetime) -> Json:
    """The value of `metric` for each running pod."""
    return {
        "kind": "MetricValueList",
        "apiVersion": CUSTOM_METRICS,
        "metadata": {},
        "items": [_custom_value(pod, metric, values, now) for pod in running(pods)],
    }


def resource_list(group_version: str, resources: Sequence[Json]) -> Json:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": list(resources),
    }


def running(pods: Iterable[Json]) -> list[Json]:
    """Pods that a kubelet would have numbers of."""
    return [pod for pod in pods if pod["status"].get("phase") == "Running"]


def _custom_value(pod: Json, metric: str, values: MetricValues, now: dt.datetime) -> Json:
    meta = pod["metadata"]
    value = values.of_pod(meta["namespace"], _labels(pod)).custom.get(metric, 0.0)
    return {
        "describedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": meta["namespace"],
            "name": meta["name"],
        },
        "metric": {"name": metric},
        "timestamp": _timestamp(now),
        "value": _milli(Decimal(str(value))),
    }


def _node_metrics(name: str, used: Mapping[str, Decimal], now: dt.datetime) -> Json:
    return {
        "kind": "NodeMetrics",
        "apiVersion": RESOURCE_METRICS,
        "metadata": {"name": name},
        "timestamp": _timestamp(now),
        "window": _WINDOW,
        "usage": {"cpu": _milli(used["cpu"]), "memory": str(int(used["memory"]))},
    }


def _usage(requests: Mapping[str, str], percents: Mapping[str, float]) -> dict[str, str]:
    used = {
        resource: quantity(requests.get(resource, "0")) * Decimal(str(percent)) / 100
        for resource, percent in percents.items()
    }
    return {"cpu": _milli(used["cpu"]), "memory": str(int(used["memory"]))}


def _requests(container: Json) -> Mapping[str, str]:
    return container.get("resources", {}).get("requests", {})


def _labels(pod: Json) -> dict[str, str]:
    return pod["metadata"].get("labels", {})


def _milli(amount: Decimal) -> str:
    return f"{round(amount * 1000)}m"


def _timestamp(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
