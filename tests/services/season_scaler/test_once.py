"""`--once` on a real control plane, with the rights that the program gives and no others."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime

import pytest

from seasons.plan import Plan, plan_at
from services.season_scaler.cluster import REPLACED
from tests.services.season_scaler.place import MAX_ACU, MAX_NODES, Eventually, Json, Place
from tests.services.season_scaler.states import API, FLEET, MONITOR, STANDARDS, WORKLOADS

pytestmark = pytest.mark.cluster

WEDNESDAY = datetime(2026, 6, 10, 12, tzinfo=UTC)
SATURDAY = datetime(2026, 6, 13, 16, tzinfo=UTC)
WINTER = datetime(2026, 11, 25, 12, tzinfo=UTC)


def planned(at: datetime, *, emergency: bool = False) -> Plan:
    fleet = FLEET.restricted(["us-east-1", "us-west-1"])
    return plan_at(fleet, fleet.region("us-east-1"), at, emergency=emergency)


def as_planned(plan: Plan, workload: str) -> tuple[int, int, int]:
    bounds = plan.workloads[workload]
    return bounds.floor, bounds.ceiling, bounds.cpu_percent


def test_it_brings_everything_to_the_plan_and_then_has_nothing_to_do(place: Place, eventually: Eventually) -> None:
    plan = planned(SATURDAY)

    monitor = place.pod_monitor()

    run = place.once(SATURDAY)

    assert run.code == 0
    assert place.intervals() == ["10s"]
    (endpoint,) = monitor.pop("podMetricsEndpoints")
    assert place.pod_monitor() == {**monitor, "podMetricsEndpoints": [{**endpoint, "interval": "10s"}]}
    for workload in (MONITOR, API):
        assert place.bounds(workload) == as_planned(plan, workload)
    assert place.aws.acu() == (plan.min_acu, MAX_ACU)
    assert place.aws.nodes() == (plan.nodes["general"], plan.nodes["general"], MAX_NODES)
    assert place.season_active() == "true"
    assert [each["name"] for each in place.aws.audited()] == [
        *(STANDARDS[workload].autoscaler.name for workload in (MONITOR, API)),
        WORKLOADS.season_config.name,
        "proxies",
        place.aws.node_group,
        place.aws.database,
    ]
    for workload in (MONITOR, API):
        eventually(lambda workload=workload: place.replicas(workload) == plan.workloads[workload].floor)

    again = place.once(SATURDAY)

    assert (again.code, again.lines) == (0, [again.lines[0]])
    assert len(place.aws.audited()) == 6


def test_it_owns_both_bounds_and_the_metrics_and_remembers_what_was_there(place: Place, eventually: Eventually) -> None:
    before = place.hpa(MONITOR)["spec"]
    place.once(SATURDAY)
    eventually(lambda: place.idles(MONITOR))
    place.once(WEDNESDAY)

    metadata = place.hpa(MONITOR)["metadata"]
    (owned,) = [each["fieldsV1"] for each in metadata["managedFields"] if each["manager"] == "season-scaler"]
    assert set(owned["f:spec"]) == {"f:minReplicas", "f:maxReplicas", "f:metrics"}
    first = json.loads(metadata["annotations"][REPLACED])
    assert first == {key: before[key] for key in ("minReplicas", "maxReplicas", "metrics")}


def test_every_change_of_an_autoscaler_is_an_event_with_its_reason(place: Place) -> None:
    place.once(SATURDAY)

    (event,) = [each for each in place.events() if each["regarding"]["name"] == STANDARDS[API].autoscaler.name]
    assert event["note"].startswith("wedding-api-hpa: minReplicas 10 → 50, cpuPercent 80 → 60. Level MAXIMUM: ")
    assert (event["type"], event["reason"], event["reportingInstance"]) == ("Normal", "SeasonPlan", "scaler-0")
    assert event["regarding"]["uid"] == place.hpa(API)["metadata"]["uid"]


def test_a_dry_run_says_what_it_would_change_and_changes_nothing(place: Place) -> None:
    before = [_owned(place, workload) for workload in (MONITOR, API)]

    run = place.once(SATURDAY, "--dry-run", AUDIT_TABLE="")

    assert run.code == 0
    assert [each["name"] for each in run.lines if each["message"].startswith("Would change")] == [
        "database-performance-hpa",
        "wedding-api-hpa",
        "wedding-season-config",
        "proxies",
        "wedsync-general",
        "worldwide",
    ]
    assert [place.hpa(workload)["spec"]["minReplicas"] for workload in (MONITOR, API)] == [6, 10]
    assert [_owned(place, workload) for workload in (MONITOR, API)] == before
    assert place.aws.acu()[0] == 0.5
    assert place.season_active() == "false"
    assert (place.aws.audited(), place.events(), place.holder()) == ([], [], "")


def _owned(place: Place, workload: str) -> tuple[Json, set[str]]:
    """Everything of an HPA but its status, which its controller changes all the time, and who has ever written it."""
    found = place.hpa(workload)
    managers = {each["manager"] for each in found["metadata"]["managedFields"] if each.get("subresource") != "status"}
    return found["spec"], managers


@pytest.mark.parametrize("write", range(1, 16))
def test_killed_before_any_write_the_next_run_does_what_is_left(place: Place, write: int) -> None:
    """Fourteen: six changes, each with a record, and an event for each of the HPAs; the fifteenth never comes."""
    killed = place.once(SATURDAY, dies_before=write)
    assert killed.code == (-9 if write < 15 else 0)
    plan = planned(SATURDAY)

    assert place.once(SATURDAY).code == 0

    for workload in (MONITOR, API):
        assert place.bounds(workload) == as_planned(plan, workload)
    assert place.aws.acu()[0] == plan.min_acu
    assert place.aws.nodes()[0] == plan.nodes["general"]
    assert place.season_active() == "true"
    assert {each["name"] for each in place.aws.audited()} == {
        "wedsync-general",
        "worldwide",
        "wedding-season-config",
        "proxies",
        "database-performance-hpa",
        "wedding-api-hpa",
    }


def test_what_runs_hot_stays_and_goes_when_it_is_not(place: Place, eventually: Eventually) -> None:
    place.once(SATURDAY)
    eventually(lambda: place.replicas(API) == 50)
    place.busy(API, 78.0)
    eventually(lambda: place.usage(API) == 78)

    hot = place.once(WEDNESDAY)

    assert hot.code == 0
    assert place.bounds(API) == (50, 50, 80)
    (change,) = [each for each in hot.lines if each.get("name") == "wedding-api-hpa"]
    assert "Its cpu is at 98% of the target, so it keeps its room" in change["message"]

    place.busy(API, 20.0)
    eventually(lambda: place.usage(API) == 20)
    place.once(WEDNESDAY)
    assert place.bounds(API) == (10, 50, 80)


def test_an_emergency_is_on_until_its_end(place: Place, eventually: Eventually) -> None:
    place.declare(active_until="2026-11-25T13:00:00Z", reason="viral video")

    place.once(WINTER)
    assert place.bounds(MONITOR) == as_planned(planned(WINTER, emergency=True), MONITOR)
    assert "An emergency is declared until 2026-11-25T13:00:00Z: viral video." in place.aws.audited()[-1]["reason"]

    eventually(lambda: place.idles(MONITOR))
    place.once(WINTER.replace(hour=13))
    assert place.bounds(MONITOR) == as_planned(planned(WINTER.replace(hour=13)), MONITOR)


def test_a_flag_that_makes_no_sense_counts_and_is_a_warning(place: Place) -> None:
    place.declare(active_until="tomorrow")

    run = place.once(WINTER)

    assert place.bounds(MONITOR) == as_planned(planned(WINTER, emergency=True), MONITOR)
    assert any(each["level"] == "error" and "'tomorrow'" in each["message"] for each in run.lines)
    assert {each["regarding"]["name"] for each in place.events() if each["type"] == "Warning"} == {
        "database-performance-hpa",
        "wedding-api-hpa",
    }


def test_while_aws_does_not_answer_pods_get_their_room(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        run = place.once(SATURDAY, AWS_ENDPOINT_URL=f"http://127.0.0.1:{silent.getsockname()[1]}")

    assert run.code == 1
    assert place.bounds(API) == as_planned(planned(SATURDAY), API)
    assert place.season_active() == "true"
    assert any("Made without a record. table wedsync-test-audit cannot be written" in each for each in run.messages)
    assert any("database worldwide cannot be read: AWS cannot be asked" in each for each in run.messages)


def test_what_cannot_be_read_is_told_and_the_rest_is_done(place: Place) -> None:
    run = place.once(SATURDAY, DATABASE_CLUSTERS="worldwide,lost")

    assert run.code == 1
    assert any("database lost cannot be read" in each for each in run.messages)
    assert place.aws.acu()[0] == planned(SATURDAY).min_acu
    assert place.bounds(API) == as_planned(planned(SATURDAY), API)
