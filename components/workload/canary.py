"""A canary: a few pods of the next release beside those of the stable one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.workload.deployment import CANARY, ConfigMaps, deployment_spec
from components.workload.pod import NAME_LABEL
from regions.model.workloads import WeddingApi


@dataclass(frozen=True)
class CanaryArgs:
    """What a Canary needs: as its stable release (ReplicatedWorkloadArgs), but for the images."""

    namespace: pulumi.Input[str]
    workload: WeddingApi
    images: Mapping[str, str]
    config_maps: ConfigMaps
    needs: Sequence[pulumi.Resource]


class Canary(pulumi.ComponentResource):
    """A Deployment. Service, account and disruption budget are the stable release's, of which it is a part.

    Canary("canary", CanaryArgs("apps", workloads.wedding_api, {"app": next_image}, config_maps, needs))
    """

    def __init__(self, name: str, args: CanaryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:Canary", name, None, opts)
        workload = args.workload
        spec = deployment_spec(workload, args.images, workload.name, args.config_maps, CANARY)
        k8s.apps.v1.Deployment(
            name,
            metadata={
                "name": workload.canary_name,
                "namespace": args.namespace,
                "labels": {NAME_LABEL: workload.name, **workload.labels},
            },
            spec={**spec, "replicas": workload.canary_replicas},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.needs)),
        )
        self.register_outputs({})
