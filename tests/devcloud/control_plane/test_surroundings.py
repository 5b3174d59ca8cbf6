"""What a region's cluster brings beside Kubernetes: node pools, add-ons' APIs, secrets from AWS, load balancers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from devcloud.control_plane import ControlPlane, definitions
from devcloud.control_plane.connection import connect
from devcloud.control_plane.surroundings import NodePool, Surroundings, Taint
from devcloud.processes import Ports
from devcloud.toolchain import ConsoleProgress, Tool, definition_files

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
Eventually = Callable[[Callable[[], object]], None]
Render = Callable[..., Json]

_ZONES = ("us-west-1a", "us-west-1b")
_MARK = {"wedsync.io/workload": "wedding-optimised"}
_POOLS = (
    NodePool("general"),
    NodePool("wedding-optimised", _MARK, [Taint(key, value) for key, value in _MARK.items()], "c7i.24xlarge"),
)
_CANARY = "nightingale/7?&"


@pytest.fixture(scope="module")
def aws() -> Generator[str]:
    """Where a real moto answers."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def around(aws: str) -> Surroundings:
    files = definition_files(ConsoleProgress(sys.stderr))
    return Surroundings("us-west-1", _ZONES, _POOLS, files, aws)


@pytest.fixture(scope="module")
def plane(
    binaries: Mapping[Tool, Path], around: Surroundings, tmp_path_factory: pytest.TempPathFactory
) -> Generator[ControlPlane]:
    state = tmp_path_factory.mktemp("state")
    made = ControlPlane("us-west-1", state / "us-west-1", binaries, Ports(state / "ports.json"), around)
    made.start()
    yield made
    made.stop()


def test_each_pool_has_a_node_in_each_zone_marked_as_the_pool_says(api: httpx.Client, eventually: Eventually) -> None:
    def nodes_by_name() -> dict[str, Json]:
        return {node["metadata"]["name"]: node for node in api.get("/api/v1/nodes").json()["items"]}

    def not_ready() -> list[str]:
        """Kubernetes taints a node until its first heartbeat: those taints are not the pool's."""
        taints = [(name, taint) for name, node in nodes_by_name().items() for taint in node["spec"].get("taints", [])]
        return [name for name, taint in taints if taint["key"] == "node.kubernetes.io/not-ready"]

    eventually(lambda: not not_ready())
    nodes = nodes_by_name()
    assert sorted(nodes) == [f"{pool}-{zone}" for pool in ("general", "wedding-optimised") for zone in _ZONES]
    wedding, general = nodes["wedding-optimised-us-west-1b"], nodes["general-us-west-1a"]
    assert (
        wedding["metadata"]["labels"].items()
        >= {
            **_MARK,
            "topology.kubernetes.io/region": "us-west-1",
            "topology.kubernetes.io/zone": "us-west-1b",
            "node.kubernetes.io/instance-type": "c7i.24xlarge",
            "eks.amazonaws.com/nodegroup": "wedding-optimised",
        }.items()
    )
    taint = {"key": "wedsync.io/workload", "value": "wedding-optimised", "effect": "NoSchedule"}
    assert wedding["spec"]["taints"] == [taint]
    assert "taints" not in general["spec"]


def test_a_seasons_ceiling_has_room_and_every_pod_is_where_it_belongs(
    api: httpx.Client, namespace: str, deployment: Render, eventually: Eventually
) -> None:
    terms = [{"matchExpressions": [{"key": key, "operator": "In", "values": [value]} for key, value in _MARK.items()]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    tolerations = [{"key": key, "value": value, "effect": "NoSchedule"} for key, value in _MARK.items()]
    wedding_api = deployment("wedding-api", affinity={"nodeAffinity": required}, tolerations=tolerations)
    monitor = deployment("monitor")
    for each, replicas in ((wedding_api, 50), (monitor, 36)):
        each["spec"]["replicas"] = replicas
        api.post(f"/apis/apps/v1/namespaces/{namespace}/deployments", json=each).raise_for_status()

    def pods() -> list[Json]:
        found = api.get(f"/api/v1/namespaces/{namespace}/pods").json()["items"]
        return [pod for pod in found if pod["status"]["phase"] == "Running"]

    eventually(lambda: len(pods()) == 86)
    nodes = {(pod["metadata"]["labels"]["app"], pod["spec"]["nodeName"]) for pod in pods()}
    assert nodes == {
        *(("wedding-api", f"wedding-optimised-{zone}") for zone in _ZONES),
        *(("monitor", f"general-{zone}") for zone in _ZONES),
    }


def _store(namespace: str) -> Json:
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "aws"},
        "spec": {
            "provider": {"aws": {"service": "SecretsManager", "region": "us-west-1"}},
            "conditions": [{"namespaces": [namespace]}],
        },
    }


_EXTERNAL: Json = {
    "apiVersion": "external-secrets.io/v1",
    "kind": "ExternalSecret",
    "metadata": {"name": "redis"},
    "spec": {
        "refreshInterval": "1s",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "aws"},
        "target": {"name": "redis-secrets", "template": {"data": {"url": "rediss://u:{{ .password | urlquery }}@c"}}},
        "data": [{"secretKey": "password", "remoteRef": {"key": "wedsync/test/cache", "property": "password"}}],
    },
}


def test_a_secret_follows_the_one_in_aws_and_goes_with_its_external_secret(
    plane: ControlPlane, api: httpx.Client, namespace: str, aws: str, eventually: Eventually
) -> None:
    group = "/apis/external-secrets.io/v1"
    externals = f"{group}/namespaces/{namespace}/externalsecrets"
    api.post(f"{group}/clustersecretstores", json=_store(namespace)).raise_for_status()
    api.post(externals, json=_EXTERNAL).raise_for_status()

    def condition() -> Json:
        conditions = api.get(f"{externals}/redis").json().get("status", {}).get("conditions", [{}])
        return {key: conditions[0].get(key) for key in ("status", "reason")}

    def value() -> str | None:
        return api.get(f"/api/v1/namespaces/{namespace}/secrets/redis-secrets").json().get("data", {}).get("url")

    eventually(lambda: condition() == {"status": "False", "reason": "SecretSyncedError"})
    session: Any = boto3.Session("local", "local", region_name="us-west-1")
    secrets = session.client("secretsmanager", endpoint_url=aws)
    secrets.create_secret(Name="wedsync/test/cache", SecretString=json.dumps({"password": _CANARY}))
    eventually(lambda: condition() == {"status": "True", "reason": "SecretSynced"})
    first = value()
    assert first == "cmVkaXNzOi8vdTpuaWdodGluZ2FsZSUyRjclM0YlMjZAYw=="  # rediss://u:nightingale%2F7%3F%26@c

    secrets.put_secret_value(SecretId="wedsync/test/cache", SecretString='{"password": "rotated"}')
    eventually(lambda: value() != first)

    api.delete(f"{externals}/redis").raise_for_status()
    eventually(lambda: value() is None)
    logs = "".join(log.read_text(errors="replace") for log in (plane.directory / "logs").iterdir())
    assert "nightingale" not in logs


def test_a_load_balancer_gets_a_name_of_its_region_and_other_services_none(
    api: httpx.Client, namespace: str, eventually: Eventually
) -> None:
    services = f"/api/v1/namespaces/{namespace}/services"
    for name, kind in (("inside", "ClusterIP"), ("edge", "LoadBalancer")):
        spec = {"type": kind, "ports": [{"port": 443}]}
        api.post(services, json={"metadata": {"name": name}, "spec": spec}).raise_for_status()

    def status(name: str) -> Json:
        return api.get(f"{services}/{name}").json()["status"]["loadBalancer"]

    eventually(lambda: status("edge"))
    assert status("edge") == {"ingress": [{"hostname": f"edge.{namespace}.us-west-1.localhost"}]}
    assert status("inside") == {}


def test_what_is_there_is_not_applied_again_and_what_changed_is(
    binaries: Mapping[Tool, Path], around: Surroundings, tmp_path: Path
) -> None:
    files = [file for file in around.definitions if file.name.startswith("peerauthentications.")]
    ports = Ports(tmp_path / "ports.json")
    before = Surroundings(definitions=files)
    plane = ControlPlane("us-east-1", tmp_path / "us-east-1", binaries, ports, before)
    plane.start()
    try:
        with connect(plane.access) as api:
            assert definitions.are_served(api, files)
            assert not definitions.are_served(api, around.definitions)
            assert definitions.changed(api, files) == []
    finally:
        plane.stop()

    newer = tmp_path / files[0].name
    document = json.loads(files[0].read_text())
    document["spec"]["names"]["shortNames"] = ["peers"]
    newer.write_text(json.dumps(document))
    after = Surroundings("eu-central-1", ["eu-central-1a"], [NodePool("other")], [newer])
    again = ControlPlane("us-east-1", tmp_path / "us-east-1", binaries, ports, after)
    again.start()
    try:
        with connect(again.access) as api:
            path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{newer.stem}"
            assert api.get(path).json()["spec"]["names"]["shortNames"] == ["peers"]
            assert [node["metadata"]["name"] for node in api.get("/api/v1/nodes").json()["items"]] == [
                "other-eu-central-1a"
            ]
    finally:
        again.stop()
