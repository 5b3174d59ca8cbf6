"""A gateway in a program of its own: its load balancer and its pods leave in step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from components.mesh.mesh_gateway import MeshGateway, MeshGatewayArgs
from components.mesh.mesh_namespaces import MeshNamespaces, MeshNamespacesArgs
from components.mesh.shared_trust import SharedTrust, SharedTrustArgs
from regions.load import load_fleet

if TYPE_CHECKING:
    from stacks.recording import Registered

MESH = load_fleet().workloads.mesh
BALANCER = "service.beta.kubernetes.io/aws-load-balancer-"


def gateway(clients: tuple[str, ...] = ()) -> MeshGateway:
    args = MeshGatewayArgs(
        namespace=MESH.gateway_namespace,
        gateway=MESH.east_west,
        network="us-east-1",
        public=False,
        listeners=[],
        ports={"tls": (15443, 15443)},
        priority_class="wedding-critical",
        annotations={},
        clients=clients,
    )
    return MeshGateway("east-west", args)


@pytest.fixture
def one(registered_by: Callable[[Callable[[], object], str], list[Registered]]) -> Callable[..., dict[str, Any]]:
    """(program, type, name) → the inputs of the resource."""

    def of(program: Callable[[], object], type_token: str, name: str) -> dict[str, Any]:
        made = registered_by(program, "prod-us-east-1")
        (found,) = [each for each in made if (each.type, each.name) == (type_token, name)]
        return found.inputs

    return of


def test_a_pod_serves_until_its_load_balancer_has_sent_it_away(one: Callable[..., dict[str, Any]]) -> None:
    service = one(gateway, "kubernetes:core/v1:Service", "east-west")
    deployment = one(gateway, "kubernetes:apps/v1:Deployment", "east-west")
    attributes = service["metadata"]["annotations"][f"{BALANCER}target-group-attributes"]
    name, _, delay = attributes.partition("=")
    pod = deployment["spec"]["template"]["spec"]
    drain = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert name == "deregistration_delay.timeout_seconds"
    assert drain == int(delay) == MESH.east_west.drain_seconds
    assert pod["terminationGracePeriodSeconds"] > drain
    assert drain > max(MESH.wedding_api.timeout_seconds, MESH.coordinator.timeout_seconds)


def test_a_rollout_waits_for_the_load_balancer(one: Callable[..., dict[str, Any]]) -> None:
    def program() -> None:
        MeshNamespaces("mesh", MeshNamespacesArgs(MESH, "us-east-1"))

    labels = one(program, "kubernetes:core/v1:Namespace", "mesh-gateways")["metadata"]["labels"]
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


@pytest.mark.parametrize("clients", [(), ("10.20.0.0/16", "10.30.0.0/16")])
def test_a_load_balancer_admits_those_who_are_named(
    one: Callable[..., dict[str, Any]], clients: tuple[str, ...]
) -> None:
    spec = one(lambda: gateway(clients), "kubernetes:core/v1:Service", "east-west")["spec"]
    assert spec.get("loadBalancerSourceRanges", []) == list(clients)


def test_who_needs_the_authority_finds_the_secret_there(one: Callable[..., dict[str, Any]]) -> None:
    def program() -> None:
        SharedTrust("trust", SharedTrustArgs(MESH.control_namespace, "wedsync/prod/mesh/authority/us-east-1"))

    secret = one(program, "kubernetes:external-secrets.io/v1:ExternalSecret", "trust")
    assert secret["spec"]["target"]["name"] == "cacerts"
    assert secret["metadata"]["annotations"] == {"pulumi.com/waitFor": "condition=Ready"}
