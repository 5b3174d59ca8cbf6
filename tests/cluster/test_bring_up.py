"""`make up` on the real engine, the real API server and real PostgreSQL."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

NAMESPACE = "database-optimization"
MONITOR = "database-performance-monitor"
STACKS = ("local", "local-us-east-1")
_REPLICATION_SECONDS = 20


def _read(embedded: Embedded, api: str, plural: str, name: str) -> dict[str, Any]:
    with embedded.kubernetes() as cluster:
        found = cluster.get(f"/{api}/namespaces/{NAMESPACE}/{plural}/{name}")
    assert found is not None, f"{plural} {name} does not exist"
    return found


def test_status_tells_what_runs(embedded: Embedded) -> None:
    status = embedded.run("status", "--json")
    rows = {row["stack"]: row for row in json.loads(status.output)}
    assert status.code == 0
    assert set(rows) == set(STACKS)
    region = rows["local-us-east-1"]
    assert region["replicas"] == "6/6"
    assert region["autoscaler"] == "6..24"
    assert region["context"] == "wedsync-us-east-1"
    assert "-scaling " in region["next_job"]


def test_sql_through_the_exported_endpoints(embedded: Embedded) -> None:
    with embedded.connect("database_endpoint") as writer:
        writer.execute("CREATE TABLE IF NOT EXISTS bookings (couple text)")
        writer.execute("INSERT INTO bookings VALUES ('Ada and Grace')")
        assert writer.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    with embedded.connect("database_reader_endpoint") as reader:
        assert reader.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        deadline = time.monotonic() + _REPLICATION_SECONDS
        while reader.execute("SELECT to_regclass('bookings')").fetchone() == (None,):
            assert time.monotonic() < deadline, "the reader never got the table"
            time.sleep(0.05)
        assert reader.execute("SELECT couple FROM bookings").fetchone() == ("Ada and Grace",)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("INSERT INTO bookings VALUES ('nobody')")


def test_postgres_runs_with_the_regions_tuning(embedded: Embedded) -> None:
    with embedded.connect("database_endpoint") as writer:
        assert writer.execute("SHOW statement_timeout").fetchone() == ("30s",)
        assert writer.execute("SHOW random_page_cost").fetchone() == ("1.1",)
        assert writer.execute("SHOW ssl").fetchone() == ("on",)


def test_deployment_is_ready_and_as_specified(embedded: Embedded) -> None:
    deployment = _read(embedded, "apis/apps/v1", "deployments", MONITOR)
    assert deployment["status"]["readyReplicas"] == 6
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 3, "maxUnavailable": 1}
    service = _read(embedded, "api/v1", "services", MONITOR)
    assert service["spec"]["ports"][0]["port"] == 3000


def test_autoscaler_and_jobs_are_as_specified(embedded: Embedded) -> None:
    autoscaler = _read(embedded, "apis/autoscaling/v2", "horizontalpodautoscalers", "database-performance-hpa")
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (6, 24)
    season = _read(embedded, "apis/batch/v1", "cronjobs", "wedding-season-scaling")
    assert season["spec"]["schedule"] == "0 8 * 5,6,7,8,9,10 *"
    assert season["spec"]["timeZone"] == "America/New_York"


@pytest.mark.parametrize(
    ("verb", "resource", "name", "allowed"),
    [
        ("patch", "horizontalpodautoscalers", "database-performance-hpa", True),
        ("get", "horizontalpodautoscalers", "database-performance-hpa", True),
        ("delete", "horizontalpodautoscalers", "database-performance-hpa", False),
        ("patch", "horizontalpodautoscalers", "another", False),
        ("patch", "deployments", MONITOR, False),
        ("get", "secrets", "database-secrets", False),
    ],
)
def test_the_scaler_may_change_its_autoscaler_and_nothing_else(
    verb: str, resource: str, name: str, allowed: bool, embedded: Embedded
) -> None:
    group = {"horizontalpodautoscalers": "autoscaling", "deployments": "apps", "secrets": ""}[resource]
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{NAMESPACE}:season-scaler",
            "resourceAttributes": {
                "namespace": NAMESPACE,
                "verb": verb,
                "group": group,
                "resource": resource,
                "name": name,
            },
        },
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    with embedded.kubernetes() as cluster:
        answer = cluster.request("POST", path, body=review)
    assert answer["status"]["allowed"] is allowed


@pytest.mark.parametrize("stack", STACKS)
def test_there_is_no_drift(stack: str, embedded: Embedded) -> None:
    preview = embedded.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", stack)
    assert preview.code == 0, preview.output


def test_a_second_up_reports_no_changes(embedded: Embedded) -> None:
    up = embedded.run("up")
    assert up.code == 0, up.output
    for stack in STACKS:
        assert f"{stack}: no changes" in up.output


def test_state_survives_down_and_up(embedded: Embedded) -> None:
    with embedded.connect("database_endpoint") as writer:
        writer.execute("CREATE TABLE IF NOT EXISTS survivors (name text)")
        writer.execute("INSERT INTO survivors VALUES ('a row')")
    assert embedded.run("down").code == 0
    assert embedded.processes() == []
    assert embedded.run("status").code == 3
    up = embedded.run("up")
    assert up.code == 0, up.output
    assert "local-us-east-1: no changes" in up.output
    with embedded.connect("database_endpoint") as writer:
        assert writer.execute("SELECT count(*) > 0 FROM survivors").fetchone() == (True,)
