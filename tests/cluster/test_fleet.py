"""All five stacks on the real engine: `make up REGIONS=all`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from regions.load import load_fleet

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

REGIONS = tuple(load_fleet().regions)
STACKS = ("local", *(f"local-{region}" for region in REGIONS))
NAMESPACE = "database-optimization"
_SETTLED_SECONDS = 120
_UP_SECONDS = 900


@pytest.fixture(scope="module")
def fleet(make_embedded: Callable[[], Embedded]) -> Generator[Embedded]:
    """All five stacks, up; gone before the next scenario, which needs the machine for itself."""
    cloud = make_embedded()
    up = cloud.run("up", "--regions", "all", timeout=_UP_SECONDS)
    assert up.code == 0, up.output
    yield cloud
    cloud.run("destroy")


def _items(cloud: Embedded, region: str, path: str) -> list[dict[str, Any]]:
    with cloud.kubernetes(region) as cluster:
        found = cluster.get(path)
    assert found is not None, f"{path} does not exist in {region}"
    return found["items"]


def test_status_tells_all_of_them(fleet: Embedded) -> None:
    rows = json.loads(fleet.run("status", "--json").output)
    assert [row["stack"] for row in rows] == sorted(STACKS)
    assert {row["replicas"] for row in rows[1:]} == {"6/6"}


@pytest.mark.parametrize("stack", STACKS)
def test_there_is_no_drift(stack: str, fleet: Embedded) -> None:
    preview = fleet.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", stack)
    assert preview.code == 0, preview.output


@pytest.mark.parametrize("region", REGIONS)
def test_every_workload_reaches_its_floor(region: str, fleet: Embedded) -> None:
    """Admitted under `restricted`, scheduled, and as many as their autoscalers or their files say."""
    deadline = time.monotonic() + _SETTLED_SECONDS
    while True:
        deployments = _items(fleet, region, "/apis/apps/v1/deployments")
        floors = {
            (each["metadata"]["namespace"], each["spec"]["scaleTargetRef"]["name"]): each["spec"]["minReplicas"]
            for each in _items(fleet, region, "/apis/autoscaling/v2/horizontalpodautoscalers")
        }
        short = {
            each["metadata"]["name"]: each["status"].get("readyReplicas", 0)
            for each in deployments
            if each["status"].get("readyReplicas", 0)
            < floors.get((each["metadata"]["namespace"], each["metadata"]["name"]), each["spec"]["replicas"])
        }
        if not short:
            break
        assert time.monotonic() < deadline, f"not ready: {short}"
        time.sleep(0.5)
    assert len(deployments) == 7


@pytest.mark.parametrize("region", REGIONS)
def test_wedding_api_runs_on_its_own_nodes_in_every_zone(region: str, fleet: Embedded) -> None:
    nodes = {each["metadata"]["name"]: each["metadata"]["labels"] for each in _items(fleet, region, "/api/v1/nodes")}
    pods = _items(
        fleet, region, f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app.kubernetes.io/name=wedding-api"
    )
    where = [nodes[pod["spec"]["nodeName"]] for pod in pods if "nodeName" in pod["spec"]]
    assert {labels.get("wedsync.io/workload") for labels in where} == {"wedding-optimised"}
    zones = {labels["topology.kubernetes.io/zone"] for labels in where}
    assert zones == set(load_fleet().region(region).network.zones)


@pytest.mark.parametrize("region", REGIONS)
def test_every_secret_is_synced(region: str, fleet: Embedded) -> None:
    secrets = _items(fleet, region, "/apis/external-secrets.io/v1/externalsecrets")
    ready = {
        each["metadata"]["name"]: {c["type"]: c["status"] for c in each["status"]["conditions"]}["Ready"]
        for each in secrets
    }
    assert {"database-secrets", "redis-secrets", "wedding-api-secrets", "cacerts"} <= set(ready)
    assert set(ready.values()) == {"True"}


def test_a_booking_reaches_every_region(fleet: Embedded) -> None:
    with fleet.connect("database_endpoint") as writer:
        writer.execute("CREATE TABLE IF NOT EXISTS worldwide_bookings (couple text)")
        writer.execute("INSERT INTO worldwide_bookings VALUES ('Ada and Grace')")
    for region in REGIONS[1:]:
        with fleet.connect("database_reader_endpoint", region) as reader:
            deadline = time.monotonic() + _SETTLED_SECONDS
            while reader.execute("SELECT to_regclass('worldwide_bookings')").fetchone() == (None,):
                assert time.monotonic() < deadline, f"{region} never got the table"
                time.sleep(0.05)
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                reader.execute("INSERT INTO worldwide_bookings VALUES ('nobody')")


def test_clients_find_every_region_by_latency(fleet: Embedded) -> None:
    zone, domain = fleet.engine.outputs("local")["zone_id"], "wedsync.test"
    records = fleet.aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    entries = {each["SetIdentifier"]: each for each in records if each["Name"].rstrip(".") == f"api.{domain}"}
    assert set(entries) == set(REGIONS)
    assert {each["Region"] for each in entries.values()} == {load_fleet().region(name).aws_region for name in REGIONS}
    assert all(each["HealthCheckId"] for each in entries.values())
