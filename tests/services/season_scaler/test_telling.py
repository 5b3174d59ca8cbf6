"""What the season scaler tells: lines of JSON, sentences, and answers over HTTP."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Generator
from datetime import datetime

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from services.season_scaler import log, server
from services.season_scaler.changes import sentence
from services.season_scaler.decide import decide
from services.season_scaler.metrics import Metrics
from tests.services.season_scaler.states import API, NOW, WORKLOADS, ZONES, api, database, nodes, plan, snapshot


@pytest.fixture
def written() -> Generator[io.StringIO]:
    """What is logged; the root logger is as before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    root.handlers = []
    log.set_up(stream)
    yield stream
    root.handlers, root.level = before, level


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_thing_that_happens_is_a_line_of_json(written: io.StringIO) -> None:
    log.tell("floor 10 → 50", name="wedding-api-hpa", before={"minReplicas": "10"}, at=NOW)
    log.warn("look")
    log.alarm("look now")

    first, second, third = lines(written)
    assert datetime.fromisoformat(str(first.pop("time"))).utcoffset() is not None
    assert first == {
        "level": "info",
        "logger": "season_scaler",
        "message": "floor 10 → 50",
        "name": "wedding-api-hpa",
        "before": {"minReplicas": "10"},
        "at": "2026-06-13 09:00:00+00:00",
    }
    assert [second["level"], third["level"]] == ["warning", "error"]


def test_libraries_are_heard_when_they_warn(written: io.StringIO) -> None:
    logging.getLogger("botocore").info("asking")
    try:
        raise LookupError("lost")
    except LookupError:
        logging.getLogger("botocore").exception("odd: %s", "thing")

    (line,) = lines(written)
    assert (line["logger"], line["message"]) == ("botocore", "odd: thing")
    assert "LookupError: lost" in str(line["traceback"])


def test_sentences_say_what_changes() -> None:
    seen = snapshot(
        autoscalers={API: api(metrics=())}, databases=(database(0.5),), node_groups=(nodes(1, 9, 1),), season=None
    )
    assert [sentence(each) for each in decide(seen, WORKLOADS, ZONES).changes] == [
        "wedding-api-hpa: cpuPercent none → 80. It is peak season in New York. A quiet day.",
        "wedsync-general: minSize 1 → 3, desiredSize 1 → 3. It is peak season in New York. A quiet day.",
        "worldwide: minCapacity 0.5 → 2. It is peak season in New York. A quiet day.",
    ]


def test_a_list_of_metrics_that_differs_elsewhere_is_told_too() -> None:
    seen = snapshot(autoscalers={API: api(metrics=(*api().metrics, {"type": "Resource"}))})
    (change,) = decide(seen, WORKLOADS, ZONES).changes
    assert sentence(change) == "wedding-api-hpa: metrics. It is peak season in New York. A quiet day."


@pytest.fixture
def address() -> Generator[tuple[str, server.Pulse]]:
    registry, pulse = CollectorRegistry(), server.Pulse()
    Gauge("answer", "All.", registry=registry).set(42)
    served = server.serve("127.0.0.1", 0, registry, pulse)
    yield f"http://127.0.0.1:{served.server_address[1]}", pulse
    served.shutdown()
    served.server_close()


def test_metrics_are_served(address: tuple[str, server.Pulse]) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{address[0]}/metrics")
        assert client.get(f"{address[0]}/other").status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert "\nanswer 42.0\n" in answer.text


def test_a_loop_that_stands_still_is_not_healthy(
    address: tuple[str, server.Pulse], monkeypatch: pytest.MonkeyPatch
) -> None:
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{address[0]}/healthz").status_code == 200
        monkeypatch.setattr(server, "ALIVE_SECONDS", 0.0)
        assert client.get(f"{address[0]}/healthz").status_code == 503
        monkeypatch.setattr(server, "ALIVE_SECONDS", 60.0)
        address[1].beat()
        assert client.get(f"{address[0]}/healthz").status_code == 200


def test_the_kubelets_questions_are_answered(address: tuple[str, server.Pulse]) -> None:
    (container,) = WORKLOADS.season_scaler.containers.values()
    assert container.liveness is not None
    assert container.readiness is not None
    with httpx.Client(trust_env=False) as client:
        alive, ready = (f"{address[0]}{probe.path}" for probe in (container.liveness, container.readiness))
        assert [client.get(alive).status_code, client.get(ready).status_code] == [200, 503]
        address[1].start()
        assert [client.get(alive).status_code, client.get(ready).status_code] == [200, 200]


def test_who_does_not_lead_shows_nothing_of_the_plan() -> None:
    metrics = Metrics()
    metrics.show(decide(snapshot(), WORKLOADS, ZONES), "us-east-1")
    assert metrics.registry.get_sample_value("season_scaler_floor_replicas", {"workload": API}) == 10
    metrics.clear()
    assert metrics.registry.get_sample_value("season_scaler_floor_replicas", {"workload": API}) is None
    assert metrics.registry.get_sample_value("season_scaler_protection_level", {"region": "us-east-1"}) is None


def test_a_standby_has_no_last_success_that_an_alarm_could_be_about() -> None:
    """Neither before it led nor afterwards: a 0 or an old time would look like a scaler that does not work."""
    name, region = "season_scaler_last_success_timestamp_seconds", {"region": "us-east-1"}
    metrics = Metrics()
    assert f"{name}{{" not in generate_latest(metrics.registry).decode()
    metrics.succeeded("us-east-1", NOW)
    metrics.show(decide(snapshot(), WORKLOADS, ZONES), "us-east-1")
    assert metrics.registry.get_sample_value(name, region) == NOW.timestamp()
    metrics.clear()
    assert f"{name}{{" not in generate_latest(metrics.registry).decode()


def test_how_much_waits_is_shown_while_it_leads() -> None:
    metrics, region = Metrics(), {"region": "us-east-1"}
    waits = snapshot(databases=(database(0.5, status="storage-full"),), node_groups=(nodes(2, status="UPDATING"),))
    metrics.show(decide(waits, WORKLOADS, ZONES), "us-east-1")
    assert metrics.registry.get_sample_value("season_scaler_waiting", region) == 2
    metrics.show(decide(snapshot(), WORKLOADS, ZONES), "us-east-1")
    assert metrics.registry.get_sample_value("season_scaler_waiting", region) == 0
    metrics.clear()
    assert metrics.registry.get_sample_value("season_scaler_waiting", region) is None


def test_without_a_plan_its_numbers_are_absent_and_not_old() -> None:
    metrics = Metrics()
    assert metrics.registry.get_sample_value("season_scaler_inputs_ok", {"region": "us-east-1"}) is None
    metrics.show(decide(snapshot(plan=plan(min_acu=7.0)), WORKLOADS, ZONES), "us-east-1")
    assert metrics.registry.get_sample_value("season_scaler_database_floor_acu", {"region": "us-east-1"}) == 7
    assert metrics.registry.get_sample_value("season_scaler_inputs_ok", {"region": "us-east-1"}) == 1

    closed = decide(snapshot(plan=None, problems=("gone",)), WORKLOADS, ZONES)
    metrics.show(closed, "us-east-1")
    metrics.failed(2)

    assert metrics.registry.get_sample_value("season_scaler_inputs_ok", {"region": "us-east-1"}) == 0
    assert metrics.registry.get_sample_value("season_scaler_database_floor_acu", {"region": "us-east-1"}) is None
    assert metrics.registry.get_sample_value("season_scaler_floor_replicas", {"workload": API}) == 20
    assert metrics.registry.get_sample_value("season_scaler_failures_total") == 2
