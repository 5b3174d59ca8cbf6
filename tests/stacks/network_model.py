"""What NetworkPolicies let through, by Kubernetes' documentation: a second opinion, for no cluster here enforces them.

A connection needs both sides: the source's policies must let it out and the target's must let it in. A pod that no
policy selects in a direction is open in that direction; what several policies allow adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Party:
    """One side of a connection: a pod with its labels and those of its namespace, or just an address.

    `named_ports` are the pod's container ports by name.
    """

    name: str
    address: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    namespace_labels: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    named_ports: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)


def is_allowed(policies: Iterable[Json], source: Party, target: Party, port: int, protocol: str = "TCP") -> bool:
    """Whether `source` may connect to `port` of `target`."""
    known = list(policies)
    return _passes(known, "Egress", source, target, target, port, protocol) and _passes(
        known, "Ingress", target, source, target, port, protocol
    )


def _passes(
    policies: Iterable[Json], direction: str, pod: Party, peer: Party, target: Party, port: int, protocol: str
) -> bool:
    applied = [each["spec"] for each in policies if direction in _types(each["spec"]) and _selects(each, pod)]
    if not applied:
        return True
    rules_of, peers_of = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return any(
        _names_peer(rule.get(peers_of, []), peer, pod.namespace)
        and _names_port(rule.get("ports", []), target, port, protocol)
        for spec in applied
        for rule in spec.get(rules_of, [])
    )


def _types(spec: Json) -> list[str]:
    """A policy that does not say is for Ingress, and for Egress too if it has rules for it."""
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _selects(policy: Json, pod: Party) -> bool:
    return policy["metadata"]["namespace"] == pod.namespace and _matches(policy["spec"]["podSelector"], pod.labels)


def _names_peer(peers: list[Json], party: Party, namespace: str | None) -> bool:
    return not peers or any(_is_peer(each, party, namespace) for each in peers)


def _is_peer(peer: Json, party: Party, namespace: str | None) -> bool:
    if "ipBlock" in peer:
        # Pods have addresses of the VPC: a block that covers them lets to them, too.
        block, address = peer["ipBlock"], ip_address(party.address)
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(each) for each in block.get("except", [])
        )
    if party.namespace is None:
        return False
    if "namespaceSelector" in peer:
        in_namespace = _matches(peer["namespaceSelector"], party.namespace_labels)
    else:
        in_namespace = party.namespace == namespace
    return in_namespace and _matches(peer.get("podSelector", {}), party.labels)


def _names_port(ports: list[Json], target: Party, port: int, protocol: str) -> bool:
    return not ports or any(_is_port(each, target, port, protocol) for each in ports)


def _is_port(given: Json, target: Party, port: int, protocol: str) -> bool:
    if given.get("protocol", "TCP") != protocol:
        return False
    wanted = given.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return target.named_ports.get(wanted) == port
    return wanted <= port <= given.get("endPort", wanted)


def _matches(selector: Json, labels: Mapping[str, str]) -> bool:
    """An empty selector matches everything."""
    same = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return same and all(_fulfils(each, labels) for each in selector.get("matchExpressions", []))


def _fulfils(expression: Json, labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", [])
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case operator:
            raise ValueError(f"{operator} is no operator of a label selector")
