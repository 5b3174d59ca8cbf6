"""A gateway of the mesh: proxies at its edge, behind a load balancer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

from components.mesh.objects import NETWORKING, istio_object
from components.workload import pod_security
from components.workload.workload_autoscaler import WorkloadAutoscaler, WorkloadAutoscalerArgs
from regions.model.mesh import Gateway

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import EnvVarArgsDict, PodSpecArgsDict, ServiceSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

_STATUS_PORT = 15021
# The proxy's own end, after it was told: 5 s in which it closes connections, and as much again.
_EXIT_SECONDS = 10
_BALANCER = "service.beta.kubernetes.io/aws-load-balancer-"


@dataclass(frozen=True)
class MeshGatewayArgs:
    """What a MeshGateway needs.

    `network` is the mesh network that it is in. `public` says who enters: everybody, by public addresses and with a
    certificate from a Secret of its namespace; or else proxies of other networks, whose encryption it passes on.
    `listeners` are the `servers` of Istio's Gateway; `ports` are the load balancer's by name, each with the gateway's.
    `annotations` are the load balancer's; `clients` are the ranges that it admits, all if there are none.
    """

    namespace: pulumi.Input[str]
    gateway: Gateway
    network: str
    public: bool
    listeners: Sequence[Mapping[str, Any]]
    ports: Mapping[str, tuple[int, int]]
    priority_class: str
    annotations: Mapping[str, str]
    clients: Sequence[str] = ()


class MeshGateway(pulumi.ComponentResource):
    """Service account, Deployment whose proxy istiod injects, load balancer, HPA, disruption budget and Gateway; and,
    where it is public, the right to its certificate.

    MeshGateway("ingress", MeshGatewayArgs("istio-ingress", workloads.mesh.ingress, "eu", True, servers, ports, ...))
    """

    hostname: pulumi.Output[str]

    def __init__(self, name: str, args: MeshGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:MeshGateway", name, None, opts)
        self._name, self._args, self._gateway = name, args, args.gateway
        self._selector = {"app.kubernetes.io/name": self._gateway.name}
        self._labels = {**self._selector, "istio": self._gateway.name}
        self._network = {"topology.istio.io/network": args.network}
        account = self._service_account()
        self._deployment(account)
        if args.public:
            self._certificates(account)
        self._disruption_budget()
        self._autoscaler()
        kind, servers = (NETWORKING, "Gateway"), [dict(each) for each in args.listeners]
        spec = {"selector": {"istio": self._gateway.name}, "servers": servers}
        istio_object(self, f"{name}-servers", kind, self._gateway.name, args.namespace, spec)
        self.hostname = _hostname(self._service())
        self.register_outputs({"hostname": self.hostname})

    def _metadata(self, annotations: Mapping[str, str] | None = None) -> ObjectMetaArgsDict:
        metadata: ObjectMetaArgsDict = {
            "name": self._gateway.name,
            "namespace": self._args.namespace,
            "labels": self._labels,
        }
        return metadata | {"annotations": dict(annotations)} if annotations else metadata

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _service_account(self) -> k8s.core.v1.ServiceAccount:
        return k8s.core.v1.ServiceAccount(
            self._name, metadata=self._metadata(), automount_service_account_token=False, opts=self._child()
        )

    def _certificates(self, account: k8s.core.v1.ServiceAccount) -> None:
        """istiod sends a proxy what a `credentialName` stands for if the proxy's account may list Secrets itself."""
        role = k8s.rbac.v1.Role(
            self._name,
            metadata=self._metadata(),
            rules=[{"api_groups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}],
            opts=self._child(),
        )
        k8s.rbac.v1.RoleBinding(
            self._name,
            metadata=self._metadata(),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[
                {"kind": "ServiceAccount", "name": account.metadata.name, "namespace": self._args.namespace},
            ],
            opts=self._child(),
        )

    def _deployment(self, account: k8s.core.v1.ServiceAccount) -> None:
        k8s.apps.v1.Deployment(
            self._name,
            metadata=self._metadata(),
            spec={
                "selector": {"match_labels": self._selector},
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}},
                "revision_history_limit": 5,
                "template": {
                    "metadata": {
                        "labels": {**self._labels, **self._network, "sidecar.istio.io/inject": "true"},
                        "annotations": {"inject.istio.io/templates": "gateway"},
                    },
                    "spec": self._pod(account.metadata.name),
                },
            },
            opts=self._child(),
        )

    def _pod(self, account: pulumi.Input[str]) -> PodSpecArgsDict:
        resources = self._gateway.resources
        return {
            "service_account_name": account,
            "automount_service_account_token": False,
            "priority_class_name": self._args.priority_class,
            "termination_grace_period_seconds": self._gateway.drain_seconds + _EXIT_SECONDS,
            "security_context": pod_security.POD,
            "topology_spread_constraints": [
                {
                    "topology_key": key,
                    "max_skew": 1,
                    "when_unsatisfiable": "ScheduleAnyway",
                    "label_selector": {"match_labels": self._selector},
                }
                for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
            ],
            "containers": [
                {
                    "name": "istio-proxy",
                    "image": "auto",  # istiod writes the image of its own version here
                    "env": self._environment(),
                    "ports": [{"name": each, "container_port": target} for each, (_, target) in self._ports()],
                    "resources": {"requests": resources.requests.by_name(), "limits": resources.limits.by_name()},
                    "readiness_probe": {
                        "http_get": {"path": "/healthz/ready", "port": _STATUS_PORT},
                        "initial_delay_seconds": 1,
                        "period_seconds": 5,
                        "timeout_seconds": 3,
                        "failure_threshold": 4,
                    },
                    "security_context": pod_security.CONTAINER,
                    # The load balancer learns of it when the pod does: until it has sent it away, requests still come.
                    "lifecycle": {"pre_stop": {"sleep": {"seconds": self._gateway.drain_seconds}}},
                }
            ],
        }

    def _environment(self) -> list[EnvVarArgsDict]:
        """What enters from other networks leads to this network's pods alone, and never out to a third one."""
        view: EnvVarArgsDict = {"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": self._args.network}
        return [] if self._args.public else [view]

    def _ports(self) -> list[tuple[str, tuple[int, int]]]:
        return sorted(self._args.ports.items())

    def _service(self) -> k8s.core.v1.Service:
        scheme = "internet-facing" if self._args.public else "internal"
        delay = f"deregistration_delay.timeout_seconds={self._gateway.drain_seconds}"
        annotations = {
            f"{_BALANCER}scheme": scheme,
            f"{_BALANCER}target-group-attributes": delay,
            **self._args.annotations,
        }
        spec: ServiceSpecArgsDict = {
            "type": "LoadBalancer",
            "load_balancer_class": "service.k8s.aws/nlb",
            "allocate_load_balancer_node_ports": False,  # the load balancer sends to pods' own addresses
            "selector": self._selector,
            "ports": [{"name": name, "port": outer, "target_port": target} for name, (outer, target) in self._ports()],
        }
        if self._args.clients:
            spec["load_balancer_source_ranges"] = list(self._args.clients)
        metadata = self._metadata(annotations)
        if not self._args.public:
            # By this label of a Service istiods find the gateway that leads into a network.
            metadata["labels"] = {**self._labels, **self._network}
        return k8s.core.v1.Service(
            self._name,
            metadata=metadata,
            spec=spec,
            opts=self._child(),
        )

    def _disruption_budget(self) -> None:
        k8s.policy.v1.PodDisruptionBudget(
            self._name,
            metadata=self._metadata(),
            spec={
                "selector": {"match_labels": self._selector},
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=self._child(),
        )

    def _autoscaler(self) -> None:
        args = WorkloadAutoscalerArgs(
            self._args.namespace, self._gateway.name, self._gateway.autoscaler, season_scaled=False
        )
        WorkloadAutoscaler(self._name, args, self._child())


def _hostname(service: k8s.core.v1.Service) -> pulumi.Output[str]:
    """The load balancer's name in DNS."""
    status: pulumi.Output[Any] = service.status
    return status.apply(_first_hostname)


def _first_hostname(status: Any) -> str:
    """Empty while there is none: a preview does not know the load balancer."""
    ingress = status and status.load_balancer and status.load_balancer.ingress
    return str(ingress[0].hostname) if ingress else ""
