"""Who reaches whom in a region's cluster: what has to be open is, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from itertools import product
from typing import Any, NamedTuple

import pytest

from .conftest import FLEET, REGION_STACKS, Graph, Registers
from .network_model import Party, is_allowed
from .rendering import identity, of_kind, pod_templates, rendered

Json = dict[str, Any]

MONITOR, API = "database-performance-monitor", "wedding-api"
COORDINATOR, POOLER, SCALER = "regional-optimization-coordinator", "pgbouncer", "season-scaler"
INGRESS, EAST_WEST = "istio-ingressgateway", "istio-eastwestgateway"
OURS = (MONITOR, API, COORDINATOR, POOLER, SCALER)
# Parties that no region renders: pods of the cluster's own and of strangers, and addresses outside of the cluster.
DNS, ISTIOD, PROMETHEUS = "kube-dns", "istiod", "prometheus"
GUEST, STRANGER = "a pod of nobody's in the namespace", "a pod of another namespace"
DATA, ENDPOINTS, OTHER_REGION, INTERNET = "the data stores", "the VPC's endpoints", "another region", "the internet"
API_SERVER, IDENTITY_AGENT = "the API server's Service", "the node's identity agent"

PORTS = (22, 53, 80, 443, 3000, 3100, 5432, 6379, 6432, 8080, 8443, 9090, 15012, 15017, 15020, 15021, 15443)
GUARDED = {FLEET.workloads.namespace.name, FLEET.workloads.mesh.gateway_namespace}


class Flow(NamedTuple):
    """A connection that is possible."""

    source: str
    target: str
    port: int
    protocol: str = "TCP"


def flows(sources: Iterable[str], targets: Iterable[str], ports: Iterable[int], protocol: str = "TCP") -> set[Flow]:
    """All of them, but for those of a party to itself."""
    return {
        Flow(source, target, port, protocol)
        for source, target, port in product(sources, targets, ports)
        if source != target
    }


CLIENTS = (MONITOR, API, COORDINATOR)
GATEWAYS = (INGRESS, EAST_WEST)
PODS = (*OURS, GUEST)  # the namespace's; what is open to all is open to a guest
GUARDED_PODS = (*PODS, *GATEWAYS)
VPC = (DNS, ISTIOD, PROMETHEUS, STRANGER, DATA, ENDPOINTS)
NO_NEIGHBOURS = (INTERNET, API_SERVER, IDENTITY_AGENT)
EVERYBODY = (*GUARDED_PODS, *VPC, OTHER_REGION, *NO_NEIGHBOURS)
NEEDED = {
    "names": flows(GUARDED_PODS, [DNS], [53], "UDP") | flows(GUARDED_PODS, [DNS], [53]),
    "the mesh's control": flows(GUARDED_PODS, [ISTIOD], [15012]),
    "the pooler": flows(CLIENTS, [POOLER], [6432]),
    "databases": flows([POOLER], [DATA], [5432]),
    "Redis": flows(CLIENTS, [DATA], [6379]),
    # DynamoDB has public addresses: whatever answers on this port and is not itself closed.
    "the API server and AWS": flows([SCALER, COORDINATOR], [*VPC, OTHER_REGION, *NO_NEIGHBOURS], [443]),
    "roles in AWS": flows([SCALER, COORDINATOR], [IDENTITY_AGENT], [80]),
    "clients": flows({*EVERYBODY} - {*GUARDED_PODS}, [INGRESS], [8443]),
    "clients of other regions, and health checks": flows(
        {*EVERYBODY} - {*GUARDED_PODS, *NO_NEIGHBOURS}, [EAST_WEST], [15443]
    ),
    "requests": flows(GATEWAYS, [API], [8080]),
    "requests of other regions": flows([EAST_WEST], [COORDINATOR], [3100]),
    "requests to other regions": flows([API, COORDINATOR, INGRESS], [OTHER_REGION], [15443]),
    # The coordinating region may be this one; by the VPC's range, as above.
    "the coordinating region": flows(
        [COORDINATOR], [EAST_WEST, ENDPOINTS, DATA, DNS, ISTIOD, PROMETHEUS, STRANGER], [15443]
    ),
    "metrics": flows([PROMETHEUS], GUARDED_PODS, [15020]),
    "metrics of what has no proxy": flows([PROMETHEUS], [SCALER], [9090]),
}
EXPECTED = set[Flow]().union(*NEEDED.values())


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_what_is_needed_is_open_and_nothing_else(stack: str, graph: Registers) -> None:
    policies, parties = _policies(graph(stack)), _parties(stack, graph(stack))
    found = _open(policies, parties)
    assert {what: needed - found for what, needed in NEEDED.items() if needed - found} == {}
    assert found - EXPECTED == set()


def test_every_policy_but_the_last_resort_is_needed(graph: Registers) -> None:
    """So the model notices a change of any of them."""
    stack = REGION_STACKS[0]
    policies, parties = _policies(graph(stack)), _parties(stack, graph(stack))
    unnoticed = [
        each["metadata"]["name"]
        for each in policies
        if _open([other for other in policies if other is not each], parties) == EXPECTED
    ]
    # The policies for all pods isolate them already; these stay when those go.
    assert unnoticed == ["default-deny"] * len(GUARDED)


def test_the_last_resort_closes_the_namespaces(graph: Registers) -> None:
    stack = REGION_STACKS[0]
    last_resort = [each for each in _policies(graph(stack)) if each["metadata"]["name"] == "default-deny"]
    assert {each["metadata"]["namespace"] for each in last_resort} == GUARDED
    assert _open(last_resort, _parties(stack, graph(stack))) == set()


def test_every_port_of_every_policy_is_needed(graph: Registers) -> None:
    stack = REGION_STACKS[0]
    policies, parties = _policies(graph(stack)), _parties(stack, graph(stack))
    for policy in policies:
        for rule in (*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])):
            for position, port in enumerate(list(rule["ports"])):
                rule["ports"][position] = {"port": 1, "protocol": "TCP"}
                assert _open(policies, parties) != EXPECTED, (identity(policy), port)
                rule["ports"][position] = port
    assert _open(policies, parties) == EXPECTED


def _policies(graph: Graph) -> list[Json]:
    return of_kind(rendered(graph.resources), "NetworkPolicy")


def _open(policies: list[Json], parties: list[Party]) -> set[Flow]:
    """Every connection that is possible, from or to a guarded namespace."""
    wanted = [(port, "TCP") for port in PORTS] + [(53, "UDP"), (443, "UDP")]
    return {
        Flow(source.name, target.name, port, protocol)
        for source, target in product(parties, parties)
        if source is not target and GUARDED & {source.namespace, target.namespace}
        for port, protocol in wanted
        if is_allowed(policies, source, target, port, protocol)
    }


def _parties(stack: str, graph: Graph) -> list[Party]:
    network = FLEET.region(stack.partition("-")[2]).network
    inside = _first(network.subnets_of("private")[0].cidr)
    others = [each.network.vpc_cidr for each in FLEET.regions.values() if each.network.vpc_cidr != network.vpc_cidr]
    labels = {each["metadata"]["name"]: each["metadata"].get("labels", {}) for each in _namespaces(graph)}

    def pod(name: str, namespace: str, own: dict[str, str]) -> Party:
        of_namespace = {**labels.get(namespace, {}), "kubernetes.io/metadata.name": namespace}
        return Party(name, inside, namespace, own, of_namespace)

    specified = {
        template["metadata"]["labels"]["app.kubernetes.io/name"]: (owner, template["metadata"]["labels"])
        for owner, template in pod_templates(rendered(graph.resources)).items()
    }
    assert set(specified) == {*OURS, INGRESS, EAST_WEST}
    mesh = FLEET.workloads.mesh
    return [
        *(pod(name, owner.split(" ")[1].split("/")[0], own) for name, (owner, own) in specified.items()),
        pod(DNS, "kube-system", {"k8s-app": "kube-dns"}),
        pod(ISTIOD, mesh.control_namespace, {"app": "istiod"}),
        pod(PROMETHEUS, mesh.metrics_namespace, {"app.kubernetes.io/name": "prometheus"}),
        pod(GUEST, FLEET.workloads.namespace.name, {"app": "guest"}),
        pod(STRANGER, "default", {"app.kubernetes.io/name": API, "k8s-app": "kube-dns", "app": "istiod"}),
        Party(DATA, _first(network.subnets_of("database")[-1].cidr)),
        Party(ENDPOINTS, inside),
        Party(OTHER_REGION, _first(others[0])),
        Party(INTERNET, "203.0.113.7"),
        # EKS's first Service, and the agent's own address on every node.
        Party(API_SERVER, str(ip_network(FLEET.workloads.cluster.service_cidr)[1])),
        Party(IDENTITY_AGENT, "169.254.170.23"),
    ]


def _namespaces(graph: Graph) -> list[Json]:
    return of_kind(rendered(graph.resources), "Namespace")


def _first(cidr: str) -> str:
    """The first address of a range that something has: AWS keeps four of a subnet's for itself."""
    return str(ip_network(cidr)[4])
