"""Where the mesh sends requests: to pods that are there, to the next region in the order, and nowhere by accident."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from components.coordination.names import coordinator_name
from regions.load import PACKAGE_DIRECTORY
from stacks.environment import load_environment
from stacks.program import register
from stacks.recording import run_under_mocks

from .conftest import FLEET, REGION_STACKS, Graph, Registers
from .mesh_model import ranks
from .rendering import Json, identity, of_kind, pod_templates, rendered

NAMESPACE = FLEET.workloads.namespace.name
API = f"wedding-api.{NAMESPACE}.svc.cluster.local"
COORDINATOR = f"regional-optimization-coordinator.{NAMESPACE}.svc.cluster.local"
STACK = "prod-us-east-1"


@pytest.fixture(scope="module")
def with_canary(tmp_path_factory: pytest.TempPathFactory) -> list[Json]:
    """What a region renders in an environment with a canary."""
    project = tmp_path_factory.mktemp("project")
    (project / PACKAGE_DIRECTORY.name).symlink_to(PACKAGE_DIRECTORY)
    document = yaml.safe_load((PACKAGE_DIRECTORY.parent / "Pulumi.prod.yaml").read_text())
    settings = document["config"]["wedsync:environment"]
    settings |= {"canary_percent": 5, "canary_image": settings["images"]["wedding_api"]}
    (project / "Pulumi.prod.yaml").write_text(yaml.safe_dump(document))
    shared = run_under_mocks(lambda: register("prod", project), "prod")
    region = run_under_mocks(lambda: register(STACK, project), STACK, {"prod": shared.exports})
    return rendered(region.registered)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_subset_that_gets_requests_has_pods(stack: str, graph: Registers) -> None:
    assert _selected(_objects(graph(stack))) == {"stable": ({"wedding-api"}, 100)}


def test_a_canary_gets_its_share_and_is_counted_apart(with_canary: list[Json]) -> None:
    assert _selected(with_canary) == {"stable": ({"wedding-api"}, 95), "canary": ({"wedding-api-canary"}, 5)}
    deployments = {each["metadata"]["name"]: each["spec"] for each in of_kind(with_canary, "Deployment")}
    stable, canary = deployments["wedding-api"], deployments["wedding-api-canary"]
    assert _selects(stable["selector"]["matchLabels"], stable)
    assert _selects(canary["selector"]["matchLabels"], canary)
    # Neither Deployment, and so neither's autoscaler, takes the other's pods for its own; the Service takes both.
    assert not _selects(stable["selector"]["matchLabels"], canary)
    assert not _selects(canary["selector"]["matchLabels"], stable)
    (service,) = [each for each in of_kind(with_canary, "Service") if each["metadata"]["name"] == "wedding-api"]
    assert _selects(service["spec"]["selector"], stable)
    assert _selects(service["spec"]["selector"], canary)
    # Its pods are the same in all but their image.
    ours, theirs = stable["template"], canary["template"]
    assert ours["spec"] == theirs["spec"]
    assert ours["metadata"]["annotations"] == theirs["metadata"]["annotations"]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_regions_take_over_in_their_order_and_no_others(stack: str, graph: Registers) -> None:
    region = FLEET.region(stack.partition("-")[2])
    objects = _objects(graph(stack))
    secrets = [
        each["metadata"]["name"].removeprefix("istio-remote-secret-")
        for each in of_kind(objects, "ExternalSecret")
        if each["spec"]["target"]["template"]["metadata"]["labels"].get("istio/multiCluster") == "true"
    ]
    order = region.replication.failover_order
    assert sorted(secrets) == sorted(order)
    discovered = [FLEET.region(name).aws_region for name in secrets]
    failover = _rule(objects, API)["trafficPolicy"]["loadBalancer"]["localityLbSetting"]["failover"]
    first, *rest = (FLEET.region(name).aws_region for name in order)
    assert ranks(region.aws_region, failover, discovered) == [{region.aws_region}, {first}, {*rest}]


def test_the_order_of_all_but_the_first_is_lost() -> None:
    """What the model is for: a chain of entries would look exact, and is not."""
    chain = [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "c", "to": "d"}]
    assert ranks("a", chain, ["b", "c", "d"]) == [{"a"}, {"b"}, {"c", "d"}]
    assert ranks("x", chain, ["b", "c"]) == [{"x"}, {"b", "c"}]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_only_wedding_api_is_one_service_of_all_regions(stack: str, graph: Registers) -> None:
    istiods = [each for each in graph(stack).all("kubernetes:helm.sh/v3:Release") if each.inputs["name"] == "istiod"]
    assert bool(istiods) == (load_environment(stack.partition("-")[0]).kubernetes_context is None)
    services = of_kind(_objects(graph(stack)), "Service")
    hosts = {f"{each['metadata']['name']}.{NAMESPACE}.svc.cluster.local" for each in services if _is_ours(each)}
    for istiod in istiods:
        (setting,) = istiod.inputs["values"]["meshConfig"]["serviceSettings"]
        assert setting["settings"] == {"clusterLocal": True}
        assert set(setting["hosts"]) == hosts - {API}
        assert API in hosts


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_what_enters_from_other_networks_stays_in_this_one(stack: str, graph: Registers) -> None:
    objects, region = _objects(graph(stack)), stack.partition("-")[2]
    containers = {
        owner.rpartition("/")[2]: template["spec"]["containers"][0]
        for owner, template in pod_templates(objects).items()
        if "istio-ingress/" in owner
    }
    view = {"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": region}
    assert containers["istio-eastwestgateway"]["env"] == [view]
    assert containers["istio-ingressgateway"]["env"] == []
    # istiods of other regions take each Service with this label for a way into the network.
    ways = {
        each["metadata"]["name"]
        for each in of_kind(objects, "Service")
        if each["metadata"]["labels"].get("topology.istio.io/network") == region
    }
    assert ways == {"istio-eastwestgateway"}
    (gateway,) = [each for each in of_kind(objects, "Gateway") if each["metadata"]["name"] == "istio-eastwestgateway"]
    assert [server["hosts"] for server in gateway["spec"]["servers"]] == [[API, COORDINATOR]]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_coordinating_region_is_called_as_its_gateway_knows_it(stack: str, graph: Registers) -> None:
    objects, environment = _objects(graph(stack)), load_environment(stack.partition("-")[0])
    host = coordinator_name(environment.domain)
    entries = {each["spec"]["hosts"][0]: each["spec"] for each in of_kind(objects, "ServiceEntry")}
    # One for each other region too, in whatever order it is of this region's.
    assert len(entries) == len(environment.regions)
    port = FLEET.workloads.mesh.east_west.port
    assert entries[host]["endpoints"] == [{"address": host, "ports": {"http": port}}]
    for rule in (_rule(objects, host), _rule(objects, "*.mesh.internal")):
        assert rule["trafficPolicy"]["tls"] == {"mode": "ISTIO_MUTUAL", "sni": f"outbound_.3100_._.{COORDINATOR}"}
    assert {known for known in entries if not known.endswith(".mesh.internal")} == {host}
    (balancer,) = [
        each["spec"] for each in of_kind(objects, "Service") if each["metadata"]["name"] == "istio-eastwestgateway"
    ]
    ranges = {FLEET.region(name).network.vpc_cidr for name in environment.regions}
    assert set(balancer["loadBalancerSourceRanges"]) == ranges  # its own too


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_each_coordinator_is_reached_under_its_own_name_and_no_other(stack: str, graph: Registers) -> None:
    objects = _objects(graph(stack))
    entries = {each["spec"]["hosts"][0] for each in of_kind(objects, "ServiceEntry")}
    (routes,) = [each["spec"] for each in of_kind(objects, "VirtualService") if set(each["spec"]["hosts"]) & entries]
    assert set(routes["hosts"]) == entries
    for host in entries:
        # As a client asks for it: with the port.
        asked = f"{host}:3100"
        first = next(
            each
            for each in routes["http"]
            if any(asked.startswith(match["authority"]["prefix"]) for match in each["match"])
        )
        assert first["route"] == [{"destination": {"host": host, "port": {"number": 3100}}}]
        assert (first["timeout"], first["retries"]["attempts"]) == ("30s", 2)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_metrics_are_read_where_no_mutual_tls_is_asked(stack: str, graph: Registers) -> None:
    objects = _objects(graph(stack))
    assert of_kind(objects, "ServiceMonitor") == []
    found = {each["metadata"]["name"]: each for each in of_kind(objects, "PodMonitor")}
    of_scaler = found["season-scaler"]["spec"]["podMetricsEndpoints"]  # it has no proxy
    assert of_scaler == [{"port": "metrics", "path": "/metrics", "interval": "30s"}]
    proxies = [each for each in of_kind(objects, "PodMonitor") if each["metadata"]["name"] == "proxies"]
    monitors = {each["metadata"]["namespace"]: each["spec"] for each in proxies}
    assert set(monitors) == {NAMESPACE, "istio-ingress"}
    for spec in monitors.values():
        (endpoint,) = spec["podMetricsEndpoints"]
        assert (endpoint["path"], endpoint["interval"]) == ("/stats/prometheus", "30s")
        (address,) = endpoint["relabelings"]
        assert (address["targetLabel"], address["replacement"]) == ("__address__", "$1:15020")
    # Applications have theirs read by the agent beside them, each from the port that serves them.
    asked = {
        owner.rpartition("/")[2]: _asked(template["metadata"].get("annotations", {}))
        for owner, template in pod_templates(objects).items()
    }
    assert {name: found for name, found in asked.items() if found} == {
        "database-performance-monitor": ("true", "3000", "/metrics"),
        "wedding-api": ("true", "9090", "/metrics"),
        "regional-optimization-coordinator": ("true", "3100", "/metrics"),
    }


def _asked(annotations: dict[str, str]) -> tuple[str, ...]:
    keys = ("scrape", "port", "path")
    return tuple(annotations[f"prometheus.io/{key}"] for key in keys if f"prometheus.io/{key}" in annotations)


def _objects(graph: Graph) -> list[Json]:
    return rendered(graph.resources)


def _rule(objects: list[Json], host: str) -> Json:
    (rule,) = [each["spec"] for each in of_kind(objects, "DestinationRule") if each["spec"]["host"] == host]
    return rule


def _selected(objects: list[Json]) -> dict[str, tuple[set[str], int]]:
    """Whose pods each subset of wedding-api selects, and its weight, by the subset's name."""
    (routes,) = [each["spec"] for each in of_kind(objects, "VirtualService") if API in each["spec"]["hosts"]]
    weights = {each["destination"]["subset"]: each["weight"] for each in routes["http"][0]["route"]}
    service = next(each for each in of_kind(objects, "Service") if each["metadata"]["name"] == "wedding-api")
    subsets = {each["name"]: service["spec"]["selector"] | each["labels"] for each in _rule(objects, API)["subsets"]}
    assert subsets.keys() == weights.keys()
    deployments = of_kind(objects, "Deployment")
    return {
        name: ({each["metadata"]["name"] for each in deployments if _selects(labels, each["spec"])}, weights[name])
        for name, labels in subsets.items()
    }


def _selects(labels: dict[str, str], deployment: Any) -> bool:
    return labels.items() <= deployment["template"]["metadata"]["labels"].items()


def _is_ours(service: Json) -> bool:
    return identity(service).startswith(f"Service {NAMESPACE}/")
