"""The mesh's own namespaces, and the account that other regions' control planes read this cluster with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from regions.model.mesh import Mesh

READER = "istio-remote-reader"
_READ, _WATCH, _CREATE = ["get", "list", "watch"], ["list", "watch"], ["create"]
# What istiod watches in a remote cluster, and the reviews by which it trusts its pods: what of the reader's role in
# Istio's own chart (istio-reader-clusterrole) a mesh needs that has neither the Gateway API nor multicluster Services.
_RULES = (
    ("", ["endpoints", "namespaces", "nodes", "pods", "replicationcontrollers", "services"], _READ),
    # It serves no gateway there, but counts a cluster as in sync only when it has listed these too. Without, each start
    # of an istiod and each new kubeconfig waits for a timeout, and what the old kubeconfig opened is never closed.
    ("", ["secrets"], _WATCH),
    # By these it decides which of its other informers to start.
    ("apiextensions.k8s.io", ["customresourcedefinitions"], _READ),
    ("apps", ["replicasets"], _READ),
    ("discovery.k8s.io", ["endpointslices"], _READ),
    *((f"{group}.istio.io", ["*"], _READ) for group in ("extensions", "networking", "security", "telemetry")),
    ("authentication.k8s.io", ["tokenreviews"], _CREATE),
    ("authorization.k8s.io", ["subjectaccessreviews"], _CREATE),
)


@dataclass(frozen=True)
class MeshNamespacesArgs:
    """What MeshNamespaces need. `network` is the mesh network of the region's pods."""

    mesh: Mesh
    network: str


class MeshNamespaces(pulumi.ComponentResource):
    """The namespaces of istiod and of the gateways, and a reader for the istiods of other regions.

    MeshNamespaces("mesh", MeshNamespacesArgs(workloads.mesh, "us-east-1"))
    """

    control: pulumi.Output[str]
    gateways: pulumi.Output[str]

    def __init__(self, name: str, args: MeshNamespacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:MeshNamespaces", name, None, opts)
        network = {"topology.istio.io/network": args.network}
        self.control = self._namespace(f"{name}-control", args.mesh.control_namespace, network)
        # A pod of a gateway is ready when its load balancer sends to it: no rollout outruns the load balancer.
        gate = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}
        restricted = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
        labels = {**network, **gate, **restricted}
        self.gateways = self._namespace(f"{name}-gateways", args.mesh.gateway_namespace, labels)
        self._reader(f"{name}-reader")
        self.register_outputs({"control": self.control, "gateways": self.gateways})

    def _namespace(self, name: str, title: str, labels: dict[str, str]) -> pulumi.Output[str]:
        namespace = k8s.core.v1.Namespace(
            name, metadata={"name": title, "labels": labels}, opts=pulumi.ResourceOptions(parent=self)
        )
        return namespace.metadata.name

    def _reader(self, name: str) -> None:
        child = pulumi.ResourceOptions(parent=self)
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata={"name": READER, "namespace": self.control},
            automount_service_account_token=False,
            opts=child,
        )
        role = k8s.rbac.v1.ClusterRole(
            name,
            metadata={"name": READER},
            rules=[
                {"api_groups": [group], "resources": resources, "verbs": verbs} for group, resources, verbs in _RULES
            ],
            opts=child,
        )
        k8s.rbac.v1.ClusterRoleBinding(
            name,
            metadata={"name": READER},
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": self.control}],
            opts=child,
        )
