"""The namespace that a region's workloads live in."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.scope import Scope
from regions.model.kubernetes import Namespace

_POD_SECURITY_MODES = ("enforce", "audit", "warn")


@dataclass(frozen=True)
class WorkloadNamespaceArgs:
    """What a WorkloadNamespace needs."""

    scope: Scope
    namespace: Namespace


class WorkloadNamespace(pulumi.ComponentResource):
    """A namespace whose Pod Security level is enforced, audited and warned about, and whose pods are in the mesh.

    WorkloadNamespace("namespace", WorkloadNamespaceArgs(Scope("prod", "us-east-1"), workloads.namespace))
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:WorkloadNamespace", name, None, opts)
        security = {f"pod-security.kubernetes.io/{mode}": args.namespace.pod_security for mode in _POD_SECURITY_MODES}
        namespace = k8s.core.v1.Namespace(
            name,
            metadata={
                "name": args.namespace.name,
                "labels": {
                    **args.namespace.labels,
                    "environment": args.scope.environment,
                    "istio-injection": "enabled",
                    **security,
                },
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = namespace.metadata.name
        self.register_outputs({"name": self.name})
