"""The StorageClass of volumes that replicas share: each claim gets a directory of the region's file system."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s


@dataclass(frozen=True)
class SharedStorageArgs:
    """What a SharedStorage needs. `keep` says that what is in a volume outlives its claim."""

    storage_class: str
    file_system_id: pulumi.Input[str]
    keep: bool


class SharedStorage(pulumi.ComponentResource):
    """A StorageClass of the EFS driver.

    SharedStorage("storage", SharedStorageArgs("efs", file_system.id, keep=True))
    """

    def __init__(self, name: str, args: SharedStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:SharedStorage", name, None, opts)
        k8s.storage.v1.StorageClass(
            name,
            metadata={"name": args.storage_class},
            provisioner="efs.csi.aws.com",
            parameters={
                # An access point: its root, which a pod cannot leave, and the user that files belong to.
                "provisioningMode": "efs-ap",
                "fileSystemId": args.file_system_id,
                "directoryPerms": "700",
                "basePath": "/volumes",
            },
            mount_options=["tls"],
            reclaim_policy="Retain" if args.keep else "Delete",
            volume_binding_mode="Immediate",
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
