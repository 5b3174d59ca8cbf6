"""The namespace's ceiling: as much as the plan may ask for, and not a pod more."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from regions.capacity import Demand
from regions.quantities import cores, mebibytes


@dataclass(frozen=True)
class QuotaArgs:
    """What a Quota needs. `ceiling` is what the workloads take at most; `claims` and `storage_gb` are the volumes'."""

    namespace: pulumi.Input[str]
    ceiling: Demand
    claims: int
    storage_gb: int


class Quota(pulumi.ComponentResource):
    """A ResourceQuota, and a LimitRange for containers that say nothing of their own.

    Quota("quota", QuotaArgs("database-optimization", namespace_ceiling(workloads), claims=4, storage_gb=500))
    """

    def __init__(self, name: str, args: QuotaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:Quota", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        k8s.core.v1.ResourceQuota(
            name, metadata={"name": "ceiling", "namespace": args.namespace}, spec={"hard": _hard(args)}, opts=child
        )
        k8s.core.v1.LimitRange(
            name,
            metadata={"name": "defaults", "namespace": args.namespace},
            spec={
                "limits": [
                    {
                        "type": "Container",
                        "default_request": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
                        "default": {"cpu": "200m", "memory": "128Mi", "ephemeral-storage": "256Mi"},
                    },
                    {"type": "PersistentVolumeClaim", "max": {"storage": f"{args.storage_gb}G"}},
                ]
            },
            opts=child,
        )
        self.register_outputs({})


def _hard(args: QuotaArgs) -> dict[str, str]:
    ceiling = args.ceiling
    return {
        "pods": str(ceiling.pods),
        "requests.cpu": cores(ceiling.requested_cpu),
        "requests.memory": mebibytes(ceiling.requested_memory),
        "limits.cpu": cores(ceiling.cpu_limit),
        "limits.memory": mebibytes(ceiling.memory_limit),
        "persistentvolumeclaims": str(args.claims),
        "requests.storage": f"{args.storage_gb}G",
        # Traffic enters through the mesh's gateways, which are elsewhere.
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
