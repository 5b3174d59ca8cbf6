"""Controllers as real processes: one acts, another takes over, and all of them tell how they are."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime

import pytest

from devcloud.processes import Ports
from tests.services.season_scaler.place import Controller, Eventually, Place
from tests.services.season_scaler.states import API, MONITOR, as_planned, planned

pytestmark = pytest.mark.cluster

# In wedding-day mode a cycle comes every 10 s.
WEDNESDAY = datetime(2026, 6, 10, 12, tzinfo=UTC)
SATURDAY = datetime(2026, 6, 13, 16, tzinfo=UTC)
JUST_BEFORE = datetime(2026, 6, 13, 1, 59, 50, tzinfo=UTC)
_LEADER = "season_scaler_leader"
_SUCCESS = 'season_scaler_last_success_timestamp_seconds{region="us-east-1"}'


@pytest.fixture
def ports(place: Place) -> Ports:
    return Ports(place.directory / "ports.json")


def test_of_two_one_acts_and_when_it_is_killed_the_other_takes_over(
    place: Place, ports: Ports, eventually: Eventually
) -> None:
    with (
        place.running(SATURDAY, "first", ports.get("first")) as first,
        place.running(SATURDAY, "second", ports.get("second")) as second,
    ):
        eventually(lambda: place.bounds(API) == as_planned(planned(SATURDAY), API))
        eventually(lambda: sorted(str(each.metric(_LEADER)) for each in (first, second)) == ["0.0", "1.0"])
        leader, other = (first, second) if place.holder() == "first" else (second, first)
        names = {first: "first", second: "second"}
        assert {each["actor"] for each in place.aws.audited()} == {f"season-scaler/{names[leader]}"}
        assert leader.metric('season_scaler_floor_replicas{workload="wedding_api"}') == "50.0"
        assert other.metric('season_scaler_floor_replicas{workload="wedding_api"}') is None
        eventually(lambda: leader.metric(_SUCCESS) is not None)
        assert other.metric(_SUCCESS) is None
        # A hand edit is put right by the one that leads.
        place.edit(API, minReplicas=4)
        eventually(lambda: place.bounds(API) == as_planned(planned(SATURDAY), API))
        assert {each["actor"] for each in place.aws.audited()} == {f"season-scaler/{names[leader]}"}

        leader.process.send_signal(signal.SIGKILL)
        leader.process.wait(10)
        place.edit(MONITOR, minReplicas=4)

        eventually(lambda: place.bounds(MONITOR) == as_planned(planned(SATURDAY), MONITOR))
        assert place.holder() == names[other]
        assert place.aws.audited()[-1]["actor"] == f"season-scaler/{names[other]}"
        assert other.metric(_LEADER) == "1.0"


def test_asked_to_end_it_gives_the_lease_up_at_once(place: Place, ports: Ports, eventually: Eventually) -> None:
    with place.running(SATURDAY, "first", ports.get("first")) as first:
        eventually(lambda: place.bounds(API) == as_planned(planned(SATURDAY), API))
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(5) == 143
    assert place.holder() == ""


def test_it_acts_at_the_plans_edge_and_not_up_to_a_minute_later(
    place: Place, ports: Ports, eventually: Eventually
) -> None:
    before, later = planned(JUST_BEFORE), planned(SATURDAY)
    assert before.workloads[API].floor < later.workloads[API].floor
    with place.running(JUST_BEFORE, "first", ports.get("first")) as first:
        eventually(lambda: place.bounds(API) == as_planned(later, API))
    records = [each for each in place.aws.audited() if each["name"] == "wedding-api-hpa"]
    times = {each["event"][:8] for each in records if json.loads(each["after"])["minReplicas"] == "50"}
    assert "02:00:00" <= min(times) < "02:00:40", first.log.read_text()


def test_a_declared_emergency_does_not_wait_for_the_next_minute(
    place: Place, ports: Ports, eventually: Eventually
) -> None:
    calm, declared = planned(WEDNESDAY), planned(WEDNESDAY, emergency=True)
    with place.running(WEDNESDAY, "first", ports.get("first")) as first:
        eventually(lambda: first.metric(_SUCCESS) is not None)
        assert place.bounds(MONITOR) == as_planned(calm, MONITOR)
        place.declare(active_until="2026-06-11T00:00:00Z", reason="viral video")
        eventually(lambda: place.bounds(MONITOR) == as_planned(declared, MONITOR))
    assert place.aws.audited()[-1]["event"] < "12:00:30", first.log.read_text()


def test_a_single_run_leaves_it_to_who_leads(place: Place, ports: Ports, eventually: Eventually) -> None:
    with place.running(SATURDAY, "first", ports.get("first")):
        eventually(lambda: place.season_active() == "true" and place.bounds(API)[0] == 50)
        job = place.once(SATURDAY, POD_NAME="job-1")

    assert job.messages == ["Another scaler holds the lease and keeps to the plan."]
    assert job.code == 0
    assert {each["actor"] for each in place.aws.audited()} == {"season-scaler/first"}


def test_it_says_that_it_is_alive_and_logs_in_json(place: Place, ports: Ports, eventually: Eventually) -> None:
    with place.running(SATURDAY, "first", ports.get("first")) as first:
        eventually(lambda: first.metric('season_scaler_inputs_ok{region="us-east-1"}') == "1.0")
        assert first.ask("/healthz").status_code == 200
        assert first.ask("/").status_code == 404
        lines = _lines(first)
    assert any(each["message"] == "This process leads." for each in lines)
    (change,) = [each for each in lines if each.get("name") == "wedding-api-hpa"]
    assert change["before"] == {"minReplicas": "10", "maxReplicas": "50", "cpuPercent": "80"}
    assert change["after"] == {"minReplicas": "50", "maxReplicas": "50", "cpuPercent": "60"}


def _lines(controller: Controller) -> list[dict[str, object]]:
    return [json.loads(line) for line in controller.log.read_text().splitlines()]
