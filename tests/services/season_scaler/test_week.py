"""A week around a peak Saturday, one step of the plan after the other, on a real control plane."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lightkube import Client, KubeConfig

from seasons.intervals import Interval
from seasons.plan import Plan, plans
from services.season_scaler.cloud import Cloud
from services.season_scaler.cluster import FIELD_MANAGER, Cluster
from services.season_scaler.controller import Scaler
from services.season_scaler.lease import Leadership, LeaseStore
from tests.services.season_scaler.place import EKS_CLUSTER, MAX_ACU, TABLE, Eventually, Place
from tests.services.season_scaler.states import (
    API,
    FLEET,
    MONITOR,
    SETTINGS,
    WORKLOADS,
    ZONES,
    as_planned,
    planned,
)

pytestmark = pytest.mark.cluster

MONDAY = datetime(2026, 6, 8, 12, tzinfo=UTC)
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))


@dataclass
class Clock:
    """Stands where it is set."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at


def client(kubeconfig: Path, namespace: str) -> Client:
    """As `cluster.connect` makes it, but of a file that is given."""
    return Client(KubeConfig.from_file(kubeconfig), namespace=namespace, field_manager=FIELD_MANAGER, trust_env=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scaler(place: Place, clock: Clock) -> Generator[Scaler]:
    """A season scaler in this process that holds the lease, and whose clock the test sets."""
    with client(place.kubeconfig, place.namespace) as kube:
        leadership = Leadership(LeaseStore(kube, place.namespace), "scaler-0", clock, time.monotonic)
        assert leadership.campaign()
        yield Scaler(
            SETTINGS,
            WORKLOADS,
            ZONES,
            lambda at, emergency: planned(at, emergency=emergency),
            Cluster(kube, place.namespace, "scaler-0"),
            Cloud("us-east-1", EKS_CLUSTER, TABLE, "test-us-east-1"),
            leadership,
            clock,
        )


def week() -> list[Plan]:
    fleet = FLEET.restricted(SETTINGS.regions)
    return list(plans(fleet, fleet.region(SETTINGS.region), WEEK))


def test_the_week_has_what_it_is_about() -> None:
    """Up to the day's maximum and down again, with both CPU targets: else the test below would prove little."""
    floors = [step.workloads[API].floor for step in week()]
    assert floors[0] == floors[-1] == min(floors)
    assert max(floors) == 50
    assert {step.workloads[API].cpu_percent for step in week()} == {60, 80}
    assert {step.metrics_interval_seconds for step in week()} == {10, 30}


def test_autoscalers_and_deployments_go_through_the_week(
    place: Place, scaler: Scaler, clock: Clock, eventually: Eventually
) -> None:
    for step in week():
        clock.at = step.during.start
        decision, outcome = scaler.cycle()

        assert (decision.sound, outcome.failures) == (True, [])
        for workload in (MONITOR, API):
            assert place.bounds(workload) == as_planned(step, workload), step
            eventually(lambda workload=workload: place.idles(workload))
        assert place.intervals() == [f"{step.metrics_interval_seconds}s"]
        assert place.aws.acu() == (min(step.min_acu, MAX_ACU), MAX_ACU)
        assert place.aws.nodes()[0] == step.nodes["general"]
        # Until the plan's last moment nothing more is done.
        clock.at = step.during.end - timedelta(microseconds=1)
        assert scaler.cycle()[0].changes == ()


def test_a_hand_edit_is_put_right(place: Place, scaler: Scaler, eventually: Eventually) -> None:
    scaler.cycle()
    eventually(lambda: place.idles(API))
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 95}}
    place.edit(API, minReplicas=3, maxReplicas=90, metrics=[{"type": "Resource", "resource": cpu}])
    assert place.bounds(API) == (3, 90, 95)

    scaler.cycle()

    assert place.bounds(API) == as_planned(planned(MONDAY), API)


def test_what_changes_between_looking_and_acting_is_looked_at_again(
    place: Place, scaler: Scaler, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    """A write of somebody else's is never undone by a decision that did not know of it."""
    eventually(lambda: place.idles(MONITOR))
    asked = scaler.planner
    edits = iter([4])

    def edited_meanwhile(at: datetime, emergency: bool) -> Plan:
        for floor in edits:
            place.edit(MONITOR, minReplicas=floor, maxReplicas=90)
        return asked(at, emergency)

    monkeypatch.setattr(scaler, "planner", edited_meanwhile)
    decision, outcome = scaler.cycle()

    assert outcome.failures == []
    (change,) = [each for each in decision.changes if each.name == "database-performance-hpa"]
    assert change.before["maxReplicas"] == "90"
    assert place.bounds(MONITOR) == as_planned(planned(MONDAY), MONITOR)


def test_without_a_plan_floors_are_the_fallback_and_it_is_loud(
    place: Place, scaler: Scaler, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_plan(at: datetime, emergency: bool) -> Plan:
        raise LookupError(f"no zone data at {at} ({emergency})")

    monkeypatch.setattr(scaler, "planner", no_plan)
    decision, _ = scaler.cycle()
    scaler.cycle()

    assert not decision.sound
    assert place.bounds(MONITOR) == (12, 24, 70)
    assert place.bounds(API) == (20, 50, 80)
    assert place.aws.acu()[0] == 0.5
    assert any(each.levelname == "ERROR" and "no zone data" in each.message for each in caplog.records)
    assert scaler.metrics.registry.get_sample_value("season_scaler_inputs_ok", {"region": "us-east-1"}) == 0
    warnings = [each for each in place.events() if each["type"] == "Warning"]
    assert len(warnings) == 2  # one for each HPA, and not one for each cycle
    assert all("no zone data" in each["note"] for each in warnings)


def test_an_autoscaler_that_is_not_there_is_not_made(place: Place, scaler: Scaler) -> None:
    path = f"/apis/autoscaling/v2/namespaces/{place.namespace}/horizontalpodautoscalers/wedding-api-hpa"
    place.api.delete(path).raise_for_status()

    decision, _ = scaler.cycle()

    assert not decision.sound
    assert place.api.get(path).status_code == 404
    assert place.bounds(MONITOR) == as_planned(planned(MONDAY), MONITOR)


def test_what_it_decided_can_be_read_by_prometheus(scaler: Scaler) -> None:
    scaler.cycle()

    def sample(name: str, **labels: str) -> float | None:
        return scaler.metrics.registry.get_sample_value(f"season_scaler_{name}", labels)

    plan = planned(MONDAY)
    for workload, bounds in plan.workloads.items():
        assert sample("floor_replicas", workload=workload) == bounds.floor
        assert sample("ceiling_replicas", workload=workload) == bounds.ceiling
        assert sample("shortfall_replicas", workload=workload) == bounds.shortfall
    assert sample("node_floor", pool="general") == plan.nodes["general"]
    assert sample("protection_level", region="us-east-1") == plan.level
    assert sample("wedding_day", region="us-east-1") == plan.wedding_day
    assert sample("emergency", region="us-east-1") == 0
    assert sample("database_floor_acu", region="us-east-1") == plan.min_acu
    assert sample("database_shortfall_acu", region="us-east-1") == plan.acu_shortfall
    assert sample("inputs_ok", region="us-east-1") == 1
    assert sample("last_success_timestamp_seconds", region="us-east-1") == MONDAY.timestamp()
    assert sample("changes_total", kind="database") == 1
    assert sample("failures_total") == 0
