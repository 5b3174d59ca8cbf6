"""The model of NetworkPolicies answers as Kubernetes' documentation says."""

from __future__ import annotations

from typing import Any

import pytest

from .network_model import Party, is_allowed

Json = dict[str, Any]

_HERE = {"kubernetes.io/metadata.name": "here"}
SOURCE = Party("source", "10.0.0.4", "here", {"app": "source"}, _HERE)
TARGET = Party("target", "10.0.0.5", "here", {"app": "target", "tier": "web"}, _HERE, {"http": 8080})
OUTSIDE = Party("outside", "192.0.2.1")


def policy(rules: Json, selector: Json | None = None, **more: Any) -> Json:
    spec = {"podSelector": selector or {"matchLabels": {"app": "target"}}, **rules, **more}
    return {"metadata": {"name": "policy", "namespace": "here"}, "spec": spec}


def ingress(*peers: Json, **rule: Any) -> Json:
    return policy({"ingress": [{"from": list(peers), **rule}]})


def test_who_is_not_selected_is_open() -> None:
    assert is_allowed([], OUTSIDE, TARGET, 80)
    assert is_allowed([policy({}, {"matchLabels": {"app": "other"}})], OUTSIDE, TARGET, 80)
    elsewhere = policy({})
    elsewhere["metadata"]["namespace"] = "elsewhere"
    assert is_allowed([elsewhere], OUTSIDE, TARGET, 80)


def test_who_is_selected_is_closed_in_the_directions_of_the_policy() -> None:
    assert not is_allowed([policy({})], SOURCE, TARGET, 80)
    assert is_allowed([policy({})], TARGET, SOURCE, 80)  # without policyTypes and egress rules it is for Ingress alone
    assert not is_allowed([policy({"egress": [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]})], TARGET, SOURCE, 80)
    assert not is_allowed([policy({}, policyTypes=["Egress"])], TARGET, SOURCE, 80)


def test_both_sides_must_agree() -> None:
    out = policy({"egress": [{}]}, {"matchLabels": {"app": "source"}}, policyTypes=["Egress"])
    assert not is_allowed([out, policy({})], SOURCE, TARGET, 80)
    assert is_allowed([out, ingress()], SOURCE, TARGET, 80)


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [
        ({"podSelector": {"matchLabels": {"app": "source"}}}, True),
        ({"podSelector": {"matchLabels": {"app": "target"}}}, False),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["source"]}]}}, True),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["source"]}]}}, False),
        ({"podSelector": {"matchExpressions": [{"key": "tier", "operator": "Exists"}]}}, False),
        ({"podSelector": {"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}}, True),
        ({"namespaceSelector": {}}, True),
        (
            {"namespaceSelector": {"matchLabels": {"team": "other"}}, "podSelector": {}},
            False,
        ),
        ({"ipBlock": {"cidr": "10.0.0.0/24"}}, True),
        ({"ipBlock": {"cidr": "10.0.0.0/24", "except": ["10.0.0.4/32"]}}, False),
    ],
)
def test_peers(peer: Json, allowed: bool) -> None:
    assert is_allowed([ingress(peer)], SOURCE, TARGET, 80) is allowed


def test_an_address_is_no_pod() -> None:
    assert not is_allowed([ingress({"namespaceSelector": {}})], OUTSIDE, TARGET, 80)
    assert is_allowed([ingress()], OUTSIDE, TARGET, 80)


@pytest.mark.parametrize(
    ("port", "allowed"),
    [
        ({"port": 8080}, True),
        ({"port": 8080, "protocol": "UDP"}, False),
        ({"port": 8081}, False),
        ({"port": 8000, "endPort": 8100}, True),
        ({"port": "http"}, True),
        ({"port": "metrics"}, False),
        ({"protocol": "TCP"}, True),
    ],
)
def test_ports(port: Json, allowed: bool) -> None:
    assert is_allowed([ingress(ports=[port])], SOURCE, TARGET, 8080) is allowed


def test_an_unknown_operator_is_an_error() -> None:
    peer = {"podSelector": {"matchExpressions": [{"key": "app", "operator": "Like"}]}}
    with pytest.raises(ValueError, match="Like is no operator"):
        is_allowed([ingress(peer)], SOURCE, TARGET, 80)
