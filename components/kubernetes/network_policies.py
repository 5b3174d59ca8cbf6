"""Who may talk to whom: nobody, but for the openings named here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as k8s

NAMESPACE_LABEL = "kubernetes.io/metadata.name"  # set by Kubernetes itself
Direction = Literal["Ingress", "Egress"]


class Peer(TypedDict, total=False):
    """One side of an opening, as a NetworkPolicyPeer."""

    namespace_selector: Mapping[str, Mapping[str, str]]
    pod_selector: Mapping[str, Mapping[str, str]]
    ip_block: Mapping[str, str]


@dataclass(frozen=True)
class Opening:
    """Pods (all with one of `pods` as their `app.kubernetes.io/name`; all of the namespace if empty) that may be
    reached by (Ingress) or reach (Egress) `peers` on `ports`."""

    name: str
    direction: Direction
    pods: tuple[str, ...]
    peers: tuple[Peer, ...]
    ports: tuple[int, ...]
    protocols: tuple[str, ...] = ("TCP",)


@dataclass(frozen=True)
class NetworkPoliciesArgs:
    """What NetworkPolicies need."""

    namespace: pulumi.Input[str]
    openings: Sequence[Opening]


class NetworkPolicies(pulumi.ComponentResource):
    """A policy that denies everything, and one for each opening.

    NetworkPolicies("network", NetworkPoliciesArgs("apps", [Opening("dns", "Egress", (), (DNS,), (53,))]))
    """

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:NetworkPolicies", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        k8s.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata={"name": "default-deny", "namespace": args.namespace},
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=child,
        )
        for opening in args.openings:
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{opening.name}",
                metadata={"name": opening.name, "namespace": args.namespace},
                spec=_spec(opening),  # pyright: ignore[reportArgumentType] - one of two shapes, by direction
                opts=child,
            )
        self.register_outputs({})


def pods(*names: str, namespace: str | None = None) -> tuple[Peer, ...]:
    """Pods by their `app.kubernetes.io/name`, of the same namespace or of another one."""
    return tuple(_peer({"app.kubernetes.io/name": name}, namespace) for name in names)


def labelled(labels: Mapping[str, str], namespace: str) -> tuple[Peer, ...]:
    """Pods with these labels in another namespace; all of them if there are none."""
    return (_peer(labels, namespace),)


def addresses(*cidrs: str) -> tuple[Peer, ...]:
    """Addresses outside of the cluster."""
    return tuple(Peer(ip_block={"cidr": cidr}) for cidr in cidrs)


def _peer(labels: Mapping[str, str], namespace: str | None) -> Peer:
    peer = Peer(pod_selector={"match_labels": labels} if labels else {})
    if namespace is not None:
        peer["namespace_selector"] = {"match_labels": {NAMESPACE_LABEL: namespace}}
    return peer


def _spec(opening: Opening) -> dict[str, object]:
    ports = [{"protocol": protocol, "port": port} for port in opening.ports for protocol in opening.protocols]
    inward = opening.direction == "Ingress"
    rule = {"from_" if inward else "to": list(opening.peers), "ports": ports}
    return {
        "pod_selector": _selector(opening.pods),
        "policy_types": [opening.direction],
        "ingress" if inward else "egress": [rule],
    }


def _selector(names: tuple[str, ...]) -> dict[str, object]:
    if not names:
        return {}
    return {"match_expressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": list(names)}]}
