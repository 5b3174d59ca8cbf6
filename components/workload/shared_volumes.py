"""The volumes that the namespace's workloads share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from regions.model.kubernetes import Claim


@dataclass(frozen=True)
class SharedVolumesArgs:
    """What SharedVolumes need. `storage_class` has to offer the claims' access modes."""

    namespace: pulumi.Input[str]
    claims: Sequence[Claim]
    storage_class: str
    protect: bool


class SharedVolumes(pulumi.ComponentResource):
    """One persistent volume claim for each.

    SharedVolumes("volumes", SharedVolumesArgs("database-optimization", workloads.storage.claims, "efs", protect=True))
    """

    claims: list[k8s.core.v1.PersistentVolumeClaim]

    def __init__(self, name: str, args: SharedVolumesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:SharedVolumes", name, None, opts)
        self.claims = [
            k8s.core.v1.PersistentVolumeClaim(
                f"{name}-{claim.purpose}",
                metadata={
                    "name": claim.name,
                    "namespace": args.namespace,
                    "labels": {"wedsync.io/purpose": claim.purpose},
                },
                spec={
                    "access_modes": [claim.access_mode],
                    "storage_class_name": args.storage_class,
                    "resources": {"requests": {"storage": f"{claim.size_gb}G"}},
                },
                opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
            )
            for claim in args.claims
        ]
        self.register_outputs({})
