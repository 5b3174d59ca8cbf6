"""The numbers that the metrics API reports, and how they are set."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Generator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from devcloud.control_plane import metrics_control, set_metrics
from devcloud.control_plane import metrics_documents as documents
from devcloud.control_plane.metric_values import MetricValues, Setting
from devcloud.processes import LOOPBACK, StartError

Json = dict[str, Any]
NOW = dt.datetime(2026, 5, 2, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


@pytest.fixture
def values(tmp_path: Path) -> MetricValues:
    return MetricValues(tmp_path / "metrics.json")


def _pod(name: str = "web-1", *, phase: str = "Running", node: str = "node-a", **labels: str) -> Json:
    requests = {"cpu": "500m", "memory": "1Gi"}
    return {
        "metadata": {"name": name, "namespace": "shop", "labels": labels},
        "spec": {
            "nodeName": node,
            "containers": [{"name": "app", "resources": {"requests": requests}}, {"name": "bare"}],
        },
        "status": {"phase": phase},
    }


@pytest.mark.parametrize(
    ("text", "number"),
    [("500m", "0.5"), ("2", "2"), ("1.5", "1.5"), ("512Mi", str(512 * 2**20)), ("1k", "1000"), ("2G", "2e9")],
)
def test_quantities_are_read_as_kubernetes_writes_them(text: str, number: str) -> None:
    assert documents.quantity(text) == Decimal(number)


def test_a_pod_uses_the_set_share_of_what_it_requests(values: MetricValues) -> None:
    values.put(Setting(namespace="shop", cpu_percent=140, memory_percent=50))

    metrics = documents.pod_metrics(_pod(), values, NOW)

    assert metrics["timestamp"] == "2026-05-02T07:30:00Z"
    assert metrics["containers"] == [
        {"name": "app", "usage": {"cpu": "700m", "memory": str(2**29)}},
        {"name": "bare", "usage": {"cpu": "0m", "memory": "0"}},
    ]


def test_what_nobody_has_set_is_idle(values: MetricValues) -> None:
    values.put(Setting(namespace="elsewhere", cpu_percent=500))

    usage = documents.pod_metrics(_pod(), values, NOW)["containers"][0]["usage"]
    custom = documents.custom_list([_pod()], "queue", values, NOW)["items"][0]["value"]

    assert (usage["cpu"], custom) == ("50m", "0m")


def test_only_running_pods_have_metrics(values: MetricValues) -> None:
    pods = [_pod("a"), _pod("b", phase="Pending"), _pod("c", phase="Succeeded")]

    items = documents.pod_list(pods, values, NOW)["items"]

    assert [item["metadata"]["name"] for item in items] == ["a"]


def test_a_node_uses_what_its_pods_use(values: MetricValues) -> None:
    values.put(Setting(namespace="shop", cpu_percent=100, memory_percent=100))
    nodes = [{"metadata": {"name": "node-a"}}, {"metadata": {"name": "node-b"}}]
    pods = [_pod("a"), _pod("b"), _pod("c", node="node-c")]

    items = documents.node_list(nodes, pods, values, NOW)["items"]

    assert [item["usage"] for item in items] == [
        {"cpu": "1000m", "memory": str(2 * 2**30)},
        {"cpu": "0m", "memory": "0"},
    ]


def test_the_setting_that_names_most_labels_holds(values: MetricValues) -> None:
    values.put(Setting(namespace="shop", selector={"app": "web", "tier": "gold"}, cpu_percent=3))
    values.put(Setting(namespace="shop", selector={"app": "web"}, cpu_percent=2))
    values.put(Setting(namespace="shop", cpu_percent=1))

    labels = [{"app": "web", "tier": "gold"}, {"app": "web"}, {"app": "api"}]

    assert [values.of_pod("shop", wanted).cpu_percent for wanted in labels] == [3, 2, 1]


def test_the_last_setting_of_a_selector_replaces_it_and_outlives_a_restart(
    values: MetricValues, tmp_path: Path
) -> None:
    values.put(Setting(namespace="shop", selector={"app": "web"}, custom={"queue": 30}))
    values.put(Setting(namespace="shop", selector={"app": "web"}, cpu_percent=90))

    again = MetricValues(tmp_path / "metrics.json").of_pod("shop", {"app": "web"})

    assert (again.cpu_percent, again.custom) == (90, {})


@pytest.fixture
def directory(values: MetricValues, tmp_path: Path) -> Generator[Path]:
    """A control plane's directory whose settings endpoint is served."""
    server = metrics_control.server(values, 0)
    metrics_control.record_url(tmp_path, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


def test_metrics_are_set_over_http(directory: Path, values: MetricValues) -> None:
    set_metrics(directory, namespace="shop", selector={"app": "web"}, custom={"queue": 12.5})

    assert values.of_pod("shop", {"app": "web"}).custom == {"queue": 12.5}


def test_a_value_out_of_range_changes_nothing(directory: Path, values: MetricValues) -> None:
    with pytest.raises(ValueError, match="cpu_percent"):
        set_metrics(directory, namespace="shop", cpu_percent=-1)

    assert values.of_pod("shop", {}).cpu_percent == 10


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/settings", '{"namespace": "shop", "cpu": 90}', 400),
        ("/settings", "not json", 400),
        ("/elsewhere", '{"namespace": "shop"}', 404),
    ],
)
def test_a_request_that_is_not_understood_is_refused(directory: Path, path: str, body: str, status: int) -> None:
    url = httpx.URL((directory / "metrics-url").read_text()).copy_with(path=path)

    with httpx.Client(trust_env=False) as client:
        assert client.put(url, content=body).status_code == status


def test_without_a_control_plane_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="does not run: start it with `make up`"):
        set_metrics(tmp_path, namespace="shop")


def test_the_endpoint_is_on_loopback(directory: Path) -> None:
    assert httpx.URL((directory / "metrics-url").read_text()).host == LOOPBACK
