"""Databases, node groups and the audit trail, against an AWS endpoint."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from regions.model.alarms import SCALER_CYCLES, SCALER_NAMESPACE
from services.season_scaler.changes import DatabaseChange, NodeGroupChange
from services.season_scaler.cloud import CHANGE_SECONDS, Cloud, CloudError
from services.season_scaler.lease import LEASE_SECONDS, RENEW_EVERY_SECONDS
from services.season_scaler.snapshot import DatabaseState, NodeGroupState
from tests.services.season_scaler.place import DATABASE, EKS_CLUSTER, MAX_ACU, MAX_NODES, NODE_GROUP, TABLE, Aws

GROUP = NodeGroupState("general", NODE_GROUP, 2, MAX_NODES, 2, "ACTIVE")


@pytest.fixture
def cloud(aws: Aws) -> Cloud:
    assert aws.endpoint
    return Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1")


def test_what_is_there_is_read(cloud: Cloud) -> None:
    assert cloud.database(DATABASE) == DatabaseState(DATABASE, 0.5, MAX_ACU, "available")
    assert cloud.node_group("general", NODE_GROUP) == GROUP


def test_a_database_gets_its_floor_and_keeps_its_ceiling(cloud: Cloud, aws: Aws) -> None:
    cloud.set_database(DatabaseChange(cloud.database(DATABASE), 8.5, "why"))
    assert aws.acu() == (8.5, MAX_ACU)
    assert cloud.database(DATABASE).min_acu == 8.5


@pytest.mark.parametrize(("desired", "nodes"), [(5, (5, 5, MAX_NODES)), (None, (2, 2, MAX_NODES))])
def test_a_node_group_gets_its_floor_and_nodes_only_where_they_are_too_few(
    cloud: Cloud, aws: Aws, desired: int | None, nodes: tuple[int, int, int]
) -> None:
    cloud.set_node_group(NodeGroupChange(GROUP, nodes[0], desired, "why"))
    assert aws.nodes() == nodes


def test_events_are_appended(cloud: Cloud, aws: Aws) -> None:
    for second in ("1", "2"):
        cloud.append({"day": "test#2026-06-13", "event": f"08:00:0{second}Z#1", "region": "us-east-1"})
    assert [each["event"] for each in aws.audited()] == ["08:00:01Z#1", "08:00:02Z#1"]


def test_a_cycle_is_reported_as_the_alarm_reads_it(cloud: Cloud, aws: Aws) -> None:
    cloud.report_cycle()
    cloud.report_cycle()

    now = datetime.now(UTC)
    answer = aws.client("cloudwatch").get_metric_statistics(
        Namespace=SCALER_NAMESPACE,
        MetricName=SCALER_CYCLES,
        Dimensions=[{"Name": "Stack", "Value": "test-us-east-1"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=86_400,
        Statistics=["Sum"],
    )
    assert sum(point["Sum"] for point in answer["Datapoints"]) == 2.0


def test_what_is_not_there_is_a_sentence(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match=r"^database lost cannot be read: AWS refuses: .*DBClusterNotFound"):
        cloud.database("lost")
    with pytest.raises(CloudError, match=r"^node group lost cannot be read: AWS refuses: .*ResourceNotFound"):
        cloud.node_group("general", "lost")
    with pytest.raises(CloudError, match=r"^node group lost cannot be changed: AWS refuses"):
        cloud.set_node_group(NodeGroupChange(replace(GROUP, name="lost"), 2, None, "why"))
    with pytest.raises(CloudError, match=r"^table missing cannot be written: AWS refuses"):
        Cloud("us-east-1", EKS_CLUSTER, "missing", "test-us-east-1").append({"day": "a", "event": "b"})


def test_a_cluster_that_is_not_serverless_is_not_touched(cloud: Cloud, aws: Aws) -> None:
    aws.client("rds").create_db_cluster(
        DBClusterIdentifier="fixed",
        Engine="aurora-postgresql",
        MasterUsername="wed",
        MasterUserPassword="first-p4ssword",
    )
    with pytest.raises(CloudError, match="it is not on Serverless v2"):
        cloud.database("fixed")


def test_an_answer_that_makes_no_sense_is_a_sentence(cloud: Cloud) -> None:
    """The local endpoint's own failure is a page of HTML, as a proxy's on the way would be."""
    with pytest.raises(
        CloudError, match=r"^database lost cannot be changed: AWS cannot be asked: Unable to parse response"
    ):
        cloud.set_database(DatabaseChange(DatabaseState("lost", 1, 2, "available"), 2, "why"))


@pytest.mark.usefixtures("aws")
def test_an_endpoint_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(CloudError, match=r"^database worldwide cannot be read: AWS cannot be asked: "):
        Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1").database(DATABASE)


@pytest.mark.parametrize("answer", [{"DBClusters": []}, {}, {"DBClusters": None}], ids=["none", "empty", "null"])
def test_an_answer_without_what_was_asked_for_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]
) -> None:
    monkeypatch.setattr(f"{Cloud.__module__}.boto3.Session", lambda **_: _Answers(answer))
    odd = Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1")
    with pytest.raises(CloudError, match=r"^database worldwide cannot be read: the answer of AWS is not as expected"):
        odd.database(DATABASE)
    with pytest.raises(CloudError, match=r"^node group .* cannot be read: the answer of AWS is not as expected"):
        odd.node_group("general", NODE_GROUP)


@pytest.mark.usefixtures("aws")
def test_a_change_is_tried_once_and_everything_else_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second try comes after a pause, perhaps when another process leads already."""
    asked: list[str] = []
    with _endpoint(monkeypatch, lambda path: asked.append(path)):
        cloud = Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1")
        for change in (
            lambda: cloud.set_database(DatabaseChange(DatabaseState(DATABASE, 1, 2, "available"), 2, "why")),
            lambda: cloud.set_node_group(NodeGroupChange(GROUP, 3, 3, "why")),
        ):
            with pytest.raises(CloudError):
                change()
        assert len(asked) == 2
        for twice in (lambda: cloud.database(DATABASE), lambda: cloud.append({"day": "a"}), cloud.report_cycle):
            asked.clear()
            with pytest.raises(CloudError):
                twice()
            assert len(asked) == 2


@pytest.mark.usefixtures("aws")
def test_a_change_that_is_not_answered_is_over_before_the_lease_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    with _endpoint(monkeypatch, lambda _: let_go.wait(30)):
        cloud = Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1")
        began = time.monotonic()
        try:
            with pytest.raises(CloudError, match="AWS cannot be asked"):
                cloud.set_database(DatabaseChange(DatabaseState(DATABASE, 1, 2, "available"), 2, "why"))
            took = time.monotonic() - began
        finally:
            let_go.set()
    assert took < CHANGE_SECONDS < LEASE_SECONDS - RENEW_EVERY_SECONDS


@contextmanager
def _endpoint(monkeypatch: pytest.MonkeyPatch, on_request: Callable[[str], object]) -> Generator[None]:
    """An AWS that fails at everything, after `on_request`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            on_request(self.path)
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class' name
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers:
    """AWS, with the same answer to everything."""

    def __init__(self, answer: dict[str, object]) -> None:
        self._answer = answer

    def client(self, service: str, **_: object) -> _Answers:
        assert service
        return self

    def describe_db_clusters(self, **_: object) -> dict[str, object]:
        return self._answer

    def describe_nodegroup(self, **_: object) -> dict[str, object]:
        return self._answer
