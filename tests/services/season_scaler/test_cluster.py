"""What the API server's documents and refusals become."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from lightkube import Client, KubeConfig
from lightkube.config.models import Cluster as Server
from lightkube.config.models import User

from services.season_scaler.changes import IntervalChange, SeasonChange
from services.season_scaler.cluster import FIELD_MANAGER, Cluster, ClusterError, ConflictError
from services.season_scaler.lease import LeaseStore, Record
from services.season_scaler.snapshot import SeasonState, Version
from tests.services.season_scaler.states import NOW, api

Json = dict[str, Any]
Answer = Callable[[httpx2.Request], httpx2.Response]
Makes = Callable[[Answer], Cluster]

HPA: Json = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "hpa", "uid": "u-1", "resourceVersion": "12", "annotations": {"other": "x"}},
    "spec": {
        "scaleTargetRef": {"kind": "Deployment", "name": "web"},
        "minReplicas": 6,
        "maxReplicas": 24,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
    },
    "status": {
        "currentReplicas": 8,
        "desiredReplicas": 9,
        "conditions": [
            {"type": "AbleToScale", "status": "False"},
            {"type": "ScalingActive", "status": "True"},
        ],
        "currentMetrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "current": {"averageUtilization": 63, "averageValue": "1"}},
            },
            {"type": "Pods", "pods": {"metric": {"name": "queue"}, "current": {"averageValue": "12500m"}}},
        ],
    },
}


def client(answer: Answer) -> Client:
    config = KubeConfig.from_one(cluster=Server(server="https://example.test"), user=User(token="t"))
    transport = httpx2.MockTransport(answer)
    return Client(config, namespace="apps", transport=transport, field_manager=FIELD_MANAGER, trust_env=False)


@pytest.fixture
def cluster() -> Makes:
    return lambda answer: Cluster(client(answer), "apps", "scaler-0")


def answering(body: Json, status: int = 200) -> Answer:
    return lambda _request: httpx2.Response(status, json=body)


def refusal(code: int, message: str) -> Answer:
    return answering(
        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}, code
    )


def changed(**status: Any) -> Json:
    document = copy.deepcopy(HPA)
    document["status"] |= status
    return document


def test_an_autoscaler_is_read(cluster: Makes) -> None:
    state = cluster(answering(HPA)).autoscaler("hpa")

    assert (state.floor, state.ceiling, state.running) == (6, 24, 9)
    assert state.version == Version("u-1", "12")
    assert state.usage == {"cpu": 63.0, "queue": 12.5}
    assert list(state.metrics) == HPA["spec"]["metrics"]
    assert state.replaced is None


def test_what_was_replaced_is_read(cluster: Makes) -> None:
    document = copy.deepcopy(HPA)
    document["metadata"]["annotations"]["wedsync.io/season-scaler-replaced"] = "first"
    assert cluster(answering(document)).autoscaler("hpa").replaced == "first"


@pytest.mark.parametrize(
    "status",
    [
        {"conditions": [{"type": "ScalingActive", "status": "False"}]},
        {"conditions": [{"type": "ScalingActive", "status": "Unknown"}]},
        {"conditions": []},
        {"conditions": None},
    ],
)
def test_an_autoscaler_that_cannot_measure_has_no_usage_though_it_remembers_one(cluster: Makes, status: Json) -> None:
    assert cluster(answering(changed(**status))).autoscaler("hpa").usage is None


def test_only_what_is_measured_is_usage(cluster: Makes) -> None:
    measured = [{"type": ""}, *HPA["status"]["currentMetrics"][:1]]
    assert cluster(answering(changed(currentMetrics=measured))).autoscaler("hpa").usage == {"cpu": 63.0}
    assert cluster(answering(changed(currentMetrics=None))).autoscaler("hpa").usage == {}


def test_before_its_first_look_nothing_runs_that_it_knows_of(cluster: Makes) -> None:
    assert cluster(answering(changed(currentReplicas=0, desiredReplicas=0))).autoscaler("hpa").running is None


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"spec": {"maxReplicas": "many"}}, "makes no sense"),
        (
            {"metadata": {"name": "hpa"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "D", "name": "w"}}},
            "no uid",
        ),
        (
            changed(
                currentMetrics=[
                    {"type": "Pods", "pods": {"metric": {"name": "queue"}, "current": {"averageValue": "12 apples"}}}
                ]
            ),
            "makes no sense",
        ),
    ],
)
def test_a_document_that_makes_no_sense_is_a_sentence(cluster: Makes, document: Json, told: str) -> None:
    with pytest.raises(ClusterError, match=f"^autoscaler hpa cannot be read: .*{told}"):
        cluster(answering(document)).autoscaler("hpa")


def test_a_refusal_is_a_sentence(cluster: Makes) -> None:
    with pytest.raises(ClusterError, match=r"^autoscaler hpa cannot be read: the API server refuses: no rights$"):
        cluster(refusal(403, "no rights")).autoscaler("hpa")


def test_a_server_that_is_away_is_a_sentence(cluster: Makes) -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("too long", request=request)

    with pytest.raises(ClusterError, match=r"^ConfigMap season cannot be read: .*ConnectTimeout: too long"):
        cluster(away).season("season")


def test_a_page_instead_of_an_answer_is_a_sentence(cluster: Makes) -> None:
    def page(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(502, text="<html>", headers={"Content-Type": "text/html"})

    with pytest.raises(ClusterError, match=r"^ConfigMap flag cannot be read: the API server cannot be asked.*502"):
        cluster(page).emergency("flag")


def test_no_flag_is_no_emergency_and_no_rights_are_not(cluster: Makes) -> None:
    assert cluster(refusal(404, "not found")).emergency("flag") is None
    with pytest.raises(ClusterError, match="no rights"):
        cluster(refusal(403, "no rights")).emergency("flag")
    flag: Json = {"metadata": {"name": "flag"}, "data": {"active_until": "x"}}
    assert cluster(answering(flag)).emergency("flag") == {"active_until": "x"}
    assert cluster(answering({"metadata": {"name": "flag"}})).emergency("flag") == {}


def test_a_change_names_the_state_that_it_was_decided_for(cluster: Makes) -> None:
    asked: list[httpx2.Request] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"metadata": {"name": "season"}})

    change = SeasonChange(SeasonState("season", Version("u-1", "12"), "false"), "true", "why")
    cluster(note).set_season(change)

    (request,) = asked
    assert request.headers["Content-Type"] == "application/apply-patch+yaml"
    assert dict(request.url.params) == {"force": "true", "fieldManager": "season-scaler"}
    assert json.loads(request.content) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "season", "uid": "u-1", "resourceVersion": "12"},
        "data": {"season_active": "true"},
    }
    with pytest.raises(ConflictError, match="has been modified"):
        cluster(refusal(409, "the object has been modified")).set_season(change)


def test_of_a_pod_monitor_the_interval_changes_and_all_else_of_its_endpoints_is_sent_as_it_is(cluster: Makes) -> None:
    """The list is one field of one owner: what is left out of it is gone."""
    asked: list[Json] = []
    endpoint = {"port": "http", "interval": "30s", "relabelings": [{"sourceLabels": ["a"], "targetLabel": "b"}]}
    document: Json = {
        "metadata": {"name": "proxies", "uid": "u-1", "resourceVersion": "12"},
        "spec": {"selector": {}, "podMetricsEndpoints": [endpoint]},
    }

    def note(request: httpx2.Request) -> httpx2.Response:
        if request.method == "PATCH":
            asked.append(json.loads(request.content))
        return httpx2.Response(200, json=document)

    made = cluster(note)
    made.set_interval(IntervalChange(made.pod_monitor("proxies"), 10, "why"))

    assert asked == [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": {"name": "proxies", "uid": "u-1", "resourceVersion": "12"},
            "spec": {"podMetricsEndpoints": [{**endpoint, "interval": "10s"}]},
        }
    ]


@pytest.mark.parametrize("spec", [None, {}, {"podMetricsEndpoints": None}])
def test_a_pod_monitor_without_endpoints_is_a_sentence(cluster: Makes, spec: Json | None) -> None:
    document: Json = {"metadata": {"name": "proxies", "uid": "u-1", "resourceVersion": "12"}, "spec": spec}
    with pytest.raises(ClusterError, match=r"^PodMonitor proxies cannot be read: .* makes no sense"):
        cluster(answering(document)).pod_monitor("proxies")


def test_a_note_that_is_too_long_is_cut_off_between_characters(cluster: Makes) -> None:
    notes: list[str] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        notes.append(json.loads(request.content)["note"])
        return httpx2.Response(201, json={"eventTime": "2026-06-13T09:00:00.000001Z"})

    cluster(note).tell(api(), "SeasonPlan", "x" + "→" * 500, NOW)

    assert notes == ["x" + "→" * 341]  # three bytes each, of 1024


def test_a_lease_is_made_once_and_then_replaced() -> None:
    asked: list[tuple[str, Json]] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.method, json.loads(request.content)))
        return httpx2.Response(200, json={"metadata": {}})

    store = LeaseStore(client(note), "apps")
    store.write(Record("first", 15, 1, NOW, None), NOW)
    store.write(Record("first", 15, 1, NOW, "7"), NOW)

    assert [method for method, _ in asked] == ["POST", "PUT"]
    assert asked[1][1]["metadata"] == {"name": "season-scaler", "namespace": "apps", "resourceVersion": "7"}
    assert asked[1][1]["spec"]["renewTime"] == "2026-06-13T09:00:00.000001Z"


def test_where_there_is_no_lease_nobody_holds_it() -> None:
    assert LeaseStore(client(refusal(404, "not found")), "apps").read() == Record("", 15, 0, None, None)
    with pytest.raises(ClusterError, match=r"^lease season-scaler cannot be read: .*no rights"):
        LeaseStore(client(refusal(403, "no rights")), "apps").read()
