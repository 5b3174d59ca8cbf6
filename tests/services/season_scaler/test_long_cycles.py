"""What waits for long is told, and a cycle that takes long is not taken for one that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.season_scaler.cloud import CloudError
from services.season_scaler.cluster import ClusterError, ConflictError
from services.season_scaler.controller import DONE, Scaler
from services.season_scaler.server import ALIVE_SECONDS, Pulse
from services.season_scaler.waiting import OVERDUE
from tests.services.season_scaler.memory import Lease, World, scaler_of
from tests.services.season_scaler.states import API, MONITOR, NOW, api, database, monitor

_REGION = {"region": "us-east-1"}
_SUCCESS = "season_scaler_last_success_timestamp_seconds"
_CLOUD = ("database", "node_group", "set_database", "set_node_group", "append", "report_cycle")
# Two tries that end at their timeouts, and the longest pause between them that AWS can ask for.
_AWS_SECONDS, _CLUSTER_SECONDS = 16.0, 10.0


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scaler(world: World, clock: Clock) -> Scaler:
    return scaler_of(world, Lease(), now=clock)


def reports(world: World) -> int:
    return world.calls.count("report_cycle")


def test_what_has_waited_for_ten_minutes_ends_the_reports_and_is_told(
    world: World, scaler: Scaler, clock: Clock
) -> None:
    world.databases["worldwide"] = database(0.5, status="storage-full")
    for _ in range(10):
        scaler.cycle()
        clock.at += timedelta(minutes=1)
    assert (reports(world), world.warnings) == (10, [])
    assert clock.at - NOW == OVERDUE

    decision, _ = scaler.cycle()

    assert reports(world) == 10
    (told,) = decision.warnings
    assert told.startswith("Database worldwide cannot get the floor that the season wants: it has waited since")
    assert sorted(world.warnings) == [f"database-performance-hpa: {told}", f"wedding-api-hpa: {told}"]
    value = scaler.metrics.registry.get_sample_value
    assert value("season_scaler_waiting", _REGION) == 1
    assert value(_SUCCESS, _REGION) == (clock.at - timedelta(minutes=1)).timestamp()


def test_reports_come_again_once_nothing_waits(world: World, scaler: Scaler, clock: Clock) -> None:
    world.databases["worldwide"] = database(0.5, status="storage-full")
    scaler.cycle()
    clock.at += OVERDUE
    scaler.cycle()
    assert reports(world) == 1
    world.databases["worldwide"] = database(0.5)
    decision, _ = scaler.cycle()
    assert (reports(world), decision.warnings) == (2, ())
    assert world.databases["worldwide"].min_acu == 2.0
    assert scaler.metrics.registry.get_sample_value("season_scaler_waiting", _REGION) == 0


def test_a_database_that_cannot_be_read_meanwhile_goes_on_waiting(world: World, scaler: Scaler, clock: Clock) -> None:
    world.databases["worldwide"] = database(0.5, status="storage-full")
    scaler.cycle()
    clock.at += OVERDUE / 2
    world.broken = {"database": [CloudError("away")]}
    scaler.cycle()
    clock.at += OVERDUE / 2
    decision, _ = scaler.cycle()
    assert len(decision.warnings) == 1


def test_who_did_not_lead_in_between_counts_anew(world: World, scaler: Scaler, clock: Clock) -> None:
    """What it saw before is not what the one that led has seen."""
    world.databases["worldwide"] = database(0.5, status="storage-full")
    assert scaler.leadership is not None
    scaler.once()
    other = Lease()
    other.record = other.record.__class__("other", 15, 1, NOW, "9")
    lease, scaler.leadership = scaler.leadership, scaler_of(world, other, now=clock).leadership
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.season_scaler.controller.LEASE_SECONDS", 0)
        patched.setattr("services.season_scaler.controller.RENEW_EVERY_SECONDS", 0)
        scaler.once()
    scaler.leadership = lease
    clock.at += OVERDUE
    decision, _ = scaler.cycle()
    assert decision.warnings == ()


@pytest.mark.parametrize("quiet", [True, False])
def test_a_slow_cycle_is_seen_alive_at_every_step(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, quiet: bool
) -> None:
    """Each call takes as long as it can; nothing has to be changed, or much has to be, and some of it has meanwhile."""
    # Half of what the kubelet allows: that nothing comes near the limit.
    monkeypatch.setattr("services.season_scaler.server.ALIVE_SECONDS", ALIVE_SECONDS / 2)
    seconds, alive = [0.0], list[bool]()

    def slow(name: str) -> None:
        seconds[0] += _AWS_SECONDS if name in _CLOUD else _CLUSTER_SECONDS
        alive.append(scaler.pulse.alive)

    scaler = scaler_of(world, Lease(), now=clock)
    scaler.pulse = Pulse(lambda: seconds[0])
    if not quiet:
        world.autoscalers = {MONITOR: monitor(4), API: api(3)}
        world.databases["worldwide"] = database(0.5)
        world.flag = {"active_until": "?"}
        world.broken = {
            "set_autoscaler": [ConflictError("changed") for _ in range(4)],
            "season": [ClusterError("no season") for _ in range(3)],
            "node_group": [CloudError("no nodes")],
            "set_database": [CloudError("refused")],
        }
    world.on_call = slow

    scaler.cycle()

    assert seconds[0] > (ALIVE_SECONDS / 2 if quiet else 3 * ALIVE_SECONDS)
    assert all(alive)
    assert scaler.pulse.alive


def test_one_that_stands_still_is_not_alive(world: World, clock: Clock) -> None:
    seconds, alive = [0.0], list[bool]()

    def stuck(name: str) -> None:
        if name == "set_autoscaler":
            seconds[0] += ALIVE_SECONDS
            alive.append(scaler.pulse.alive)

    scaler = scaler_of(world, Lease(), now=clock)
    scaler.pulse = Pulse(lambda: seconds[0])
    world.autoscalers[API] = api(3)
    world.on_call = stuck
    assert scaler.once() == DONE
    assert alive == [False]
