"""The pod of a Deployment, from its description: placement, containers, probes, volumes and who it runs as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from components.workload import pod_security
from regions.model.deployment import Container, Deployment
from regions.model.kubernetes import EnvSource, Probe, VolumeMount

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        ConfigMapKeySelectorArgsDict,
        ContainerArgsDict,
        EnvVarArgsDict,
        EnvVarSourceArgsDict,
        NodeAffinityArgsDict,
        NodeSelectorRequirementArgsDict,
        PodSpecArgsDict,
        ProbeArgsDict,
        TopologySpreadConstraintArgsDict,
        VolumeArgsDict,
    )

NAME_LABEL = "app.kubernetes.io/name"
_SCRATCH = "scratch"
_SCRATCH_SIZE = "64Mi"
# Endpoints and proxies need some seconds to learn that a pod is leaving; until then requests still come.
_DRAIN_SECONDS = 10


def pod_spec(workload: Deployment, images: Mapping[str, str], account: pulumi.Input[str]) -> PodSpecArgsDict:
    """The pod of `workload`.

    Args:
        images: by container, each by digest.
        account: name of its service account, whose token it does not get: none of these pods talks to the API server.
    """
    spec: PodSpecArgsDict = {
        "service_account_name": account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "priority_class_name": workload.priority_class,
        "termination_grace_period_seconds": workload.grace_seconds,
        "security_context": pod_security.POD,
        "topology_spread_constraints": [
            _spread(workload.name, key) for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "containers": [container_spec(name, each, images[name]) for name, each in workload.containers.items()],
        "volumes": _volumes(workload),
    }
    if workload.node_labels:
        spec["affinity"] = {"node_affinity": _required(workload.node_labels)}
        spec["tolerations"] = [
            {"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"}
            for key, value in workload.node_labels.items()
        ]
    return spec


def _spread(name: str, key: str) -> TopologySpreadConstraintArgsDict:
    """Evenly, but never at the price of not running: a lost zone's replicas must fit into those that are left."""
    return {
        "topology_key": key,
        "max_skew": 1,
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": {NAME_LABEL: name}},
    }


def _required(labels: Mapping[str, str]) -> NodeAffinityArgsDict:
    expressions: list[NodeSelectorRequirementArgsDict] = [
        {"key": key, "operator": "In", "values": [value]} for key, value in labels.items()
    ]
    return {
        "required_during_scheduling_ignored_during_execution": {
            "node_selector_terms": [{"match_expressions": expressions}]
        }
    }


def container_spec(name: str, container: Container, image: str) -> ContainerArgsDict:
    """A container of a pod, as it is described; `image` is by digest."""
    resources = container.resources
    made: ContainerArgsDict = {
        "name": name,
        "image": image,
        # By digest an image never changes, and a pod must start while its registry is away.
        "image_pull_policy": "IfNotPresent",
        "ports": [{"name": container.port_name, "container_port": container.port}],
        "env": _environment(container.env),
        "resources": {"requests": resources.requests.by_name(), "limits": resources.limits.by_name()},
        "security_context": pod_security.CONTAINER,
        "lifecycle": {"pre_stop": {"sleep": {"seconds": _DRAIN_SECONDS}}},
        "volume_mounts": [
            {"name": _SCRATCH, "mount_path": "/tmp"},  # noqa: S108 - the one place that a container may write to
            *(
                {"name": volume, "mount_path": each.mount_path, "read_only": each.claim is None}
                for volume, each in sorted(container.volumes.items())
            ),
        ],
    }
    if container.startup:
        made["startup_probe"] = _probe(container.startup, container.port_name)
    if container.liveness:
        made["liveness_probe"] = _probe(container.liveness, container.port_name)
    if container.readiness:
        made["readiness_probe"] = _probe(container.readiness, container.port_name)
    return made


def _environment(env: Mapping[str, EnvSource]) -> list[EnvVarArgsDict]:
    return [{"name": name, "value_from": _source(each)} for name, each in sorted(env.items())]


def _source(source: EnvSource) -> EnvVarSourceArgsDict:
    selector: ConfigMapKeySelectorArgsDict = {"name": source.config_map or source.secret, "key": source.key}
    if source.optional:
        selector["optional"] = True
    return {"config_map_key_ref": selector} if source.config_map else {"secret_key_ref": selector}


def _volumes(workload: Deployment) -> list[VolumeArgsDict]:
    wanted = {name: each for container in workload.containers.values() for name, each in container.volumes.items()}
    scratch: VolumeArgsDict = {"name": _SCRATCH, "empty_dir": {"size_limit": _SCRATCH_SIZE}}
    return [scratch, *(_volume(name, each) for name, each in sorted(wanted.items()))]


def _volume(name: str, volume: VolumeMount) -> VolumeArgsDict:
    if volume.claim is not None:
        return {"name": name, "persistent_volume_claim": {"claim_name": volume.claim}}
    if volume.secret is not None:
        return {"name": name, "secret": {"secret_name": volume.secret, "default_mode": 0o440}}
    return {"name": name, "config_map": {"name": volume.config_map}}


def _probe(probe: Probe, port_name: str) -> ProbeArgsDict:
    timing: ProbeArgsDict = {
        "initial_delay_seconds": probe.initial_delay_seconds,
        "period_seconds": probe.period_seconds,
        "timeout_seconds": probe.timeout_seconds,
        "failure_threshold": probe.failure_threshold,
    }
    if probe.path is None:
        return {"tcp_socket": {"port": port_name}, **timing}
    return {"http_get": {"path": probe.path, "port": port_name}, **timing}
