"""database-performance-monitor: the Deployment that watches a region's databases, its config, volumes and Service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.workload import pod_security
from components.workload.season_config import SEASON_ACTIVE
from regions.model.kubernetes import Claim, Probe
from regions.model.workloads import PerformanceMonitor as Specification

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import ContainerArgsDict, EnvVarArgsDict, ProbeArgsDict, VolumeArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

_PORT_NAME = "http"


@dataclass(frozen=True)
class PerformanceMonitorArgs:
    """What a PerformanceMonitor needs.

    `season_config` is the data of the ConfigMap named `season_config_name`; `claims` are the volumes it may mount;
    `storage_class` has to offer their access modes; `image` is by digest.
    """

    namespace: pulumi.Input[str]
    specification: Specification
    image: str
    season_config_name: str
    season_config: Mapping[str, str]
    claims: Sequence[Claim]
    storage_class: str


class PerformanceMonitor(pulumi.ComponentResource):
    """Service account, season ConfigMap, the claims it mounts, Deployment and Service.

    PerformanceMonitor("monitor", PerformanceMonitorArgs("database-optimization", specification, image, ...))

    The Deployment declares no replicas: the autoscaler owns them. The Secrets it reads are made by External Secrets.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: PerformanceMonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:PerformanceMonitor", name, None, opts)
        self._name, self._args, self._spec = name, args, args.specification
        self._labels = {"app.kubernetes.io/name": self._spec.name, **self._spec.labels}
        account = self._service_account()
        mounted = [self._season_config(), *self._claims()]
        deployment = self._deployment(account, mounted)
        self._service()
        self.name = deployment.metadata.name
        self.register_outputs({"name": self.name})

    def _metadata(self, name: str) -> ObjectMetaArgsDict:
        return {"name": name, "namespace": self._args.namespace, "labels": self._labels}

    def _service_account(self) -> k8s.core.v1.ServiceAccount:
        return k8s.core.v1.ServiceAccount(
            self._name,
            metadata=self._metadata(self._spec.name),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _season_config(self) -> k8s.core.v1.ConfigMap:
        return k8s.core.v1.ConfigMap(
            f"{self._name}-season",
            metadata=self._metadata(self._args.season_config_name),
            data=dict(self._args.season_config),
            # Whether it is season now is not the program's to say.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=[f"data.{SEASON_ACTIVE}"]),
        )

    def _claims(self) -> list[k8s.core.v1.PersistentVolumeClaim]:
        mounted = {volume.claim for volume in self._spec.volumes.values()}
        return [
            k8s.core.v1.PersistentVolumeClaim(
                f"{self._name}-{claim.name}",
                metadata=self._metadata(claim.name),
                spec={
                    "access_modes": [claim.access_mode],
                    "storage_class_name": self._args.storage_class,
                    "resources": {"requests": {"storage": f"{claim.size_gb}G"}},
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
            for claim in self._args.claims
            if claim.name in mounted
        ]

    def _deployment(
        self, account: k8s.core.v1.ServiceAccount, mounted: Sequence[pulumi.Resource]
    ) -> k8s.apps.v1.Deployment:
        selector = {"app.kubernetes.io/name": self._spec.name}
        return k8s.apps.v1.Deployment(
            self._name,
            metadata=self._metadata(self._spec.name),
            spec={
                "selector": {"match_labels": selector},
                "strategy": {
                    "type": "RollingUpdate",
                    "rolling_update": {
                        "max_surge": self._spec.rolling_update.max_surge,
                        "max_unavailable": self._spec.rolling_update.max_unavailable,
                    },
                },
                "template": {
                    "metadata": {"labels": self._labels},
                    "spec": {
                        "service_account_name": account.metadata.name,
                        "automount_service_account_token": False,
                        "security_context": pod_security.POD,
                        "containers": [self._container()],
                        "volumes": self._volumes(),
                    },
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(mounted)),
        )

    def _container(self) -> ContainerArgsDict:
        resources = self._spec.resources
        return {
            "name": "monitor",
            "image": self._args.image,
            "ports": [{"name": _PORT_NAME, "container_port": self._spec.port}],
            "env": self._environment(),
            "resources": {"requests": resources.requests.model_dump(), "limits": resources.limits.model_dump()},
            "liveness_probe": _probe(self._spec.liveness),
            "readiness_probe": _probe(self._spec.readiness),
            "security_context": pod_security.CONTAINER,
            "volume_mounts": [
                {"name": name, "mount_path": volume.mount_path, "read_only": volume.claim is None}
                for name, volume in sorted(self._spec.volumes.items())
            ],
        }

    def _environment(self) -> list[EnvVarArgsDict]:
        return [
            {
                "name": name,
                "value_from": {"config_map_key_ref": {"name": source.config_map, "key": source.key}}
                if source.config_map
                else {"secret_key_ref": {"name": source.secret, "key": source.key}},
            }
            for name, source in sorted(self._spec.env.items())
        ]

    def _volumes(self) -> list[VolumeArgsDict]:
        return [
            {"name": name, "persistent_volume_claim": {"claim_name": volume.claim}}
            if volume.claim
            else {"name": name, "config_map": {"name": volume.config_map}}
            for name, volume in sorted(self._spec.volumes.items())
        ]

    def _service(self) -> k8s.core.v1.Service:
        return k8s.core.v1.Service(
            self._name,
            metadata=self._metadata(self._spec.name),
            spec={
                "selector": {"app.kubernetes.io/name": self._spec.name},
                "ports": [{"name": _PORT_NAME, "port": self._spec.port, "target_port": _PORT_NAME}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def _probe(probe: Probe) -> ProbeArgsDict:
    return {
        "http_get": {"path": probe.path, "port": _PORT_NAME},
        "initial_delay_seconds": probe.initial_delay_seconds,
        "period_seconds": probe.period_seconds,
        "timeout_seconds": probe.timeout_seconds,
        "failure_threshold": probe.failure_threshold,
    }
