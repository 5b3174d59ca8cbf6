"""A Deployment with all that keeps it up: Service, autoscaler, disruption budget and account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.workload.deployment import ConfigMaps, deployment_spec
from components.workload.pod import NAME_LABEL
from components.workload.workload_autoscaler import WorkloadAutoscaler, WorkloadAutoscalerArgs
from regions.model.deployment import Deployment
from regions.model.kubernetes import Autoscaler

if TYPE_CHECKING:
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict


@dataclass(frozen=True)
class ReplicatedWorkloadArgs:
    """What a ReplicatedWorkload needs.

    `images` are by container and by digest. `needs` are what its pods mount and read: ConfigMaps, claims, Secrets.
    `config_maps` are the data of those ConfigMaps. Either `autoscaler` or `replicas` says how many run; `season_scaled`
    autoscalers belong to the season scaler once they exist. A `track` leaves room for another Deployment of the same
    workload, of another track.
    """

    namespace: pulumi.Input[str]
    workload: Deployment
    images: Mapping[str, str]
    config_maps: ConfigMaps
    autoscaler: Autoscaler | None = None
    season_scaled: bool = False
    replicas: int | None = None
    needs: Sequence[pulumi.Resource] = field(default=())
    track: str | None = None


class ReplicatedWorkload(pulumi.ComponentResource):
    """Service account, Deployment, Service, PodDisruptionBudget and HPA, all of one name.

    ReplicatedWorkload("api", ReplicatedWorkloadArgs("apps", workloads.wedding_api, {"app": image},
        {"wedding-season-config": data}, workloads.wedding_api.autoscaler))

    Under an autoscaler the Deployment declares no replicas. The Secrets it reads are made by External Secrets.
    """

    name: pulumi.Output[str]
    autoscaler: pulumi.Output[str] | None

    def __init__(self, name: str, args: ReplicatedWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        if (args.autoscaler is None) == (args.replicas is None):
            raise ValueError(f"{args.workload.name}: either an autoscaler or replicas must say how many run")
        super().__init__("wedsync:workload:ReplicatedWorkload", name, None, opts)
        self._name, self._args, self._workload = name, args, args.workload
        self._selector = {NAME_LABEL: self._workload.name}
        self._labels = {**self._selector, **self._workload.labels}
        deployment = self._deployment(self._service_account())
        self._service()
        self._disruption_budget()
        self.name = deployment.metadata.name
        self.autoscaler = self._autoscaler()
        self.register_outputs({"name": self.name})

    def _metadata(self) -> ObjectMetaArgsDict:
        return {"name": self._workload.name, "namespace": self._args.namespace, "labels": self._labels}

    def _child(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(needs))

    def _service_account(self) -> k8s.core.v1.ServiceAccount:
        return k8s.core.v1.ServiceAccount(
            self._name, metadata=self._metadata(), automount_service_account_token=False, opts=self._child()
        )

    def _deployment(self, account: k8s.core.v1.ServiceAccount) -> k8s.apps.v1.Deployment:
        args = self._args
        spec = deployment_spec(self._workload, args.images, account.metadata.name, args.config_maps, args.track)
        if args.replicas is not None:
            spec["replicas"] = args.replicas
        return k8s.apps.v1.Deployment(self._name, metadata=self._metadata(), spec=spec, opts=self._child(*args.needs))

    def _service(self) -> None:
        _, application = self._workload.application
        k8s.core.v1.Service(
            self._name,
            metadata=self._metadata(),
            spec={
                "selector": self._selector,
                "ports": [
                    {
                        "name": application.port_name,
                        "port": application.port,
                        "target_port": application.port_name,
                    }
                ],
            },
            opts=self._child(),
        )

    def _disruption_budget(self) -> None:
        most = self._workload.disruptions
        k8s.policy.v1.PodDisruptionBudget(
            self._name,
            metadata=self._metadata(),
            spec={
                "selector": {"match_labels": self._selector},
                "max_unavailable": int(most) if most.isdecimal() else most,
                # A pod that is not ready protects nobody: it may go, or a drain would wait for it for ever.
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=self._child(),
        )

    def _autoscaler(self) -> pulumi.Output[str] | None:
        wanted = self._args.autoscaler
        if wanted is None:
            return None
        args = WorkloadAutoscalerArgs(self._args.namespace, self.name, wanted, self._args.season_scaled)
        return WorkloadAutoscaler(self._name, args, pulumi.ResourceOptions(parent=self)).name
