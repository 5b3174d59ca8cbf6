"""The spec of a Deployment: which pods are its own, how they are replaced, and what their annotations say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from components.workload.pod import NAME_LABEL, pod_spec
from components.workload.season_config import SEASON_ACTIVE
from regions.model.deployment import Deployment

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict

TRACK_LABEL = "wedsync.io/track"
"""The pod label that tells the canary from the stable release."""
STABLE, CANARY = "stable", "canary"

CHECKSUM = "wedsync.io/configuration"
"""The annotation that changes with what a pod reads, so that a change of it reaches running pods by a rollout."""

ConfigMaps = Mapping[str, Mapping[str, pulumi.Input[str]]]
"""The data of ConfigMaps by their names."""


def deployment_spec(
    workload: Deployment,
    images: Mapping[str, str],
    account: pulumi.Input[str],
    config_maps: ConfigMaps,
    track: str | None = None,
) -> DeploymentSpecArgsDict:
    """The spec of a Deployment of `workload`, without its number of replicas.

    Args:
        images, account: as `pod_spec` takes them.
        config_maps: those that its pods read, and maybe others.
        track: what tells its pods from those of another Deployment of the same workload, where there may be one.
    """
    selector = {NAME_LABEL: workload.name, **({TRACK_LABEL: track} if track else {})}
    update = workload.rolling_update
    return {
        "selector": {"match_labels": selector},
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {"max_surge": update.max_surge, "max_unavailable": update.max_unavailable},
        },
        "revision_history_limit": 5,
        "template": {
            "metadata": {
                "labels": {**selector, **workload.labels},
                "annotations": {**_scraped(workload), **_checksum(workload, config_maps)},
            },
            "spec": pod_spec(workload, images, account),
        },
    }


def _scraped(workload: Deployment) -> dict[str, str]:
    """Where the proxy's agent finds the application's metrics, which it serves together with the proxy's own."""
    metrics = workload.metrics
    if metrics is None:
        return {}
    port = next(each.port for each in workload.containers.values() if each.port_name == metrics.port_name)
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(port), "prometheus.io/path": metrics.path}


def _checksum(workload: Deployment, config_maps: ConfigMaps) -> dict[str, pulumi.Output[str]]:
    read: dict[str, pulumi.Input[str]] = {}
    for container in workload.containers.values():
        for source in container.env.values():
            if source.config_map is not None and source.key != SEASON_ACTIVE:
                read[f"{source.config_map}/{source.key}"] = config_maps[source.config_map][source.key]
        for volume in container.volumes.values():
            if volume.config_map is not None:
                data = config_maps[volume.config_map]
                # That changes while the program stands still, and pods have to follow it by themselves.
                read |= {f"{volume.config_map}/{key}": data[key] for key in data if key != SEASON_ACTIVE}
    if not read:
        return {}
    return {CHECKSUM: pulumi.Output.all(**read).apply(_digest)}


def _digest(read: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
