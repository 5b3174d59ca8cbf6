"""Who may talk to whom in the mesh: everybody encrypted and known, nobody let in but by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.mesh.objects import SECURITY, istio_object
from regions.model.mesh import Mesh


@dataclass(frozen=True)
class Admission:
    """Callers (service accounts as namespace/name) that may send requests to the pods of `workload` on `ports`."""

    workload: str
    callers: tuple[str, ...]
    ports: tuple[int, ...]


@dataclass(frozen=True)
class MeshSecurityArgs:
    """What MeshSecurity needs. Metrics need no admission: their port (PodMetrics) is none of the mesh's."""

    namespace: str
    mesh: Mesh
    admissions: Sequence[Admission]


class MeshSecurity(pulumi.ComponentResource):
    """STRICT mutual TLS in the whole mesh, a policy that allows nothing, and one for each admission.

    MeshSecurity("mesh-security", MeshSecurityArgs("apps", workloads.mesh,
        [Admission("wedding-api", ("istio-ingress/istio-ingressgateway",), (8080,))]))
    """

    def __init__(self, name: str, args: MeshSecurityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:MeshSecurity", name, None, opts)
        self._name, self._args = name, args
        self._strict("mesh", args.mesh.control_namespace)  # Istio's root namespace: the whole mesh
        self._strict("namespace", args.namespace)
        self._policy("default-deny", {})
        for admission in args.admissions:
            self._admit(admission)
        self.register_outputs({})

    def _strict(self, what: str, namespace: str) -> None:
        kind = (SECURITY, "PeerAuthentication")
        istio_object(self, f"{self._name}-{what}", kind, "default", namespace, {"mtls": {"mode": "STRICT"}})

    def _policy(self, title: str, spec: Mapping[str, object]) -> None:
        kind = (SECURITY, "AuthorizationPolicy")
        istio_object(self, f"{self._name}-{title}", kind, title, self._args.namespace, spec)

    def _admit(self, admission: Admission) -> None:
        callers = [_principal(self._args.mesh, caller) for caller in admission.callers]
        spec = {
            "selector": {"matchLabels": {"app.kubernetes.io/name": admission.workload}},
            "action": "ALLOW",
            "rules": [
                {
                    "from": [{"source": {"principals": callers}}],
                    "to": [{"operation": {"ports": [str(port) for port in admission.ports]}}],
                }
            ],
        }
        self._policy(f"to-{admission.workload}", spec)


def _principal(mesh: Mesh, account: str) -> str:
    namespace, name = account.split("/")
    return f"{mesh.trust_domain}/ns/{namespace}/sa/{name}"
