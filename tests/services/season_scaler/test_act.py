"""Changes are made one after the other, each announced first; what fails keeps nothing else from being made."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import pytest

from services.season_scaler.act import Actor, Outcome
from services.season_scaler.changes import Change, NodeGroupChange
from services.season_scaler.cloud import CHANGE_SECONDS, Cloud, CloudError
from services.season_scaler.cluster import Cluster, ClusterError, ConflictError
from services.season_scaler.decide import Decision, decide
from services.season_scaler.lease import DeposedError
from services.season_scaler.snapshot import AutoscalerState, NodeGroupState
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    NOW,
    SETTINGS,
    WORKLOADS,
    ZONES,
    api,
    database,
    monitor,
    nodes,
    plan,
    snapshot,
)

RAISE = decide(
    snapshot(
        autoscalers={MONITOR: monitor(4), API: api(5)},
        databases=(database(0.5),),
        node_groups=(nodes(2),),
        plan=plan(),
    ),
    WORKLOADS,
    ZONES,
)
LOWER = decide(snapshot(autoscalers={API: api(40)}, databases=(database(8.0),)), WORKLOADS, ZONES)


@dataclass
class Recorder:
    """Stands for the cluster and for AWS: notes what it is asked, and fails where it is told to."""

    calls: list[str] = field(default_factory=list[str])
    events: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    notes: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    fails: dict[str, Exception] = field(default_factory=dict[str, Exception])
    live: NodeGroupState = field(default_factory=lambda: nodes(2))
    sent: list[Change] = field(default_factory=list[Change])
    asked_for: list[float] = field(default_factory=list[float])

    def _call(self, what: str) -> None:
        self.calls.append(what)
        for part, error in self.fails.items():
            if part in what:
                raise error

    def confirm(self, seconds: float) -> None:
        self.asked_for.append(seconds)
        self._call("confirm")

    def append(self, event: dict[str, str]) -> None:
        self._call(f"append {event['name']}")
        self.events.append(event)

    def node_group(self, pool: str, name: str) -> NodeGroupState:
        assert pool == "general"
        self._call(f"look {name}")
        return self.live

    def set_autoscaler(self, change: Change) -> None:
        self._call(f"set {change.name}")
        self.sent.append(change)

    set_season = set_interval = set_database = set_node_group = set_autoscaler

    def tell(self, state: AutoscalerState, reason: str, note: str, at: datetime, *, warning: bool = False) -> None:
        assert at == NOW
        self._call(f"tell {state.name}")
        self.notes.append((reason, note, warning))


@pytest.fixture
def world() -> Recorder:
    return Recorder()


@pytest.fixture
def act(world: Recorder) -> Callable[[Decision], Outcome]:
    both: Any = world
    actor = Actor(SETTINGS, cast(Cluster, both), cast(Cloud, both), world.confirm, lambda: NOW)
    return actor.act


Acts = Callable[[Decision], Outcome]


def test_each_step_is_confirmed_announced_confirmed_and_made(world: Recorder, act: Acts) -> None:
    outcome = act(LOWER)

    assert world.calls == [
        *("confirm", "append wedding-api-hpa", "confirm", "set wedding-api-hpa", "tell wedding-api-hpa"),
        *("confirm", "append worldwide", "confirm", "set worldwide"),
    ]
    assert outcome.made == list(LOWER.changes)
    assert outcome.failures == []


def test_an_event_of_the_audit_trail_says_what_was_and_what_comes_and_why(world: Recorder, act: Acts) -> None:
    act(LOWER)

    event = dict(world.events[0])
    time, _, number = event.pop("event").partition("#")
    assert time == "09:00:00.000000Z"
    assert uuid.UUID(number).version == 4
    assert json.loads(event.pop("before")) == {"minReplicas": "40", "maxReplicas": "50", "cpuPercent": "80"}
    assert json.loads(event.pop("after")) == {"minReplicas": "10", "maxReplicas": "50", "cpuPercent": "80"}
    assert event == {
        "day": "test#2026-06-13",
        "action": "season-scaler:set",
        "region": "us-east-1",
        "actor": "season-scaler/scaler-0",
        "kind": "autoscaler",
        "name": "wedding-api-hpa",
        "reason": "It is peak season in New York. A quiet day.",
    }


def test_the_event_on_the_autoscaler_has_the_sentence(world: Recorder, act: Acts) -> None:
    act(LOWER)
    assert world.notes == [
        ("SeasonPlan", "wedding-api-hpa: minReplicas 40 → 10. It is peak season in New York. A quiet day.", False)
    ]


@pytest.mark.parametrize("error", [ClusterError("refused"), CloudError("refused")])
def test_what_fails_keeps_nothing_else_from_being_made(world: Recorder, act: Acts, error: Exception) -> None:
    world.fails = {"set wedsync-general": error}
    outcome = act(RAISE)
    assert outcome.failures == ["refused"]
    assert [each.name for each in outcome.made] == ["database-performance-hpa", "wedding-api-hpa", "worldwide"]
    assert outcome.conflicts == []


def test_what_changed_meanwhile_is_worth_another_look(world: Recorder, act: Acts) -> None:
    world.fails = {"set wedding-api-hpa": ConflictError("changed")}
    outcome = act(RAISE)
    assert (outcome.conflicts, outcome.failures) == (["changed"], [])


def test_room_does_not_wait_for_the_audit_trail(world: Recorder, act: Acts) -> None:
    world.fails = {"append": CloudError("no table")}
    outcome = act(RAISE)
    assert outcome.made == list(RAISE.changes)
    assert len(outcome.failures) == len(RAISE.changes)
    assert all("Made without a record. no table" in each for each in outcome.failures)
    # One that does not answer is waited for once, and not before each step.
    assert len([each for each in world.calls if each.startswith("append")]) == 1


def test_nothing_is_taken_away_without_a_record(world: Recorder, act: Acts) -> None:
    world.fails = {"append": CloudError("no table")}
    outcome = act(LOWER)
    assert outcome.made == []
    assert outcome.failures == ["no table", "no table"]
    assert not any(each.startswith("set") for each in world.calls)


def test_a_trail_that_is_back_is_written_again_for_what_is_taken_away(world: Recorder, act: Acts) -> None:
    world.fails = {"append": CloudError("no table")}
    act(RAISE)
    world.fails = {}
    outcome = act(LOWER)
    assert (len(outcome.made), outcome.failures) == (2, [])


def test_a_change_whose_event_cannot_be_left_is_made_and_told(world: Recorder, act: Acts) -> None:
    world.fails = {"tell": ClusterError("no events")}
    outcome = act(LOWER)
    assert len(outcome.made) == 2
    assert outcome.failures == ["no events"]


@pytest.mark.parametrize("confirmations", range(8))
def test_who_is_deposed_does_nothing_more(world: Recorder, confirmations: int) -> None:
    left = [confirmations]
    confirm = world.confirm

    def until_deposed(seconds: float) -> None:
        confirm(seconds)
        if not left[0]:
            raise DeposedError("another one leads")
        left[0] -= 1

    both: Any = world
    actor = Actor(SETTINGS, cast(Cluster, both), cast(Cloud, both), until_deposed, lambda: NOW)
    with pytest.raises(DeposedError):
        actor.act(RAISE)
    assert world.calls[-1] == "confirm"
    assert len([each for each in world.calls if each.startswith("set")]) == confirmations // 2


def test_a_write_to_aws_starts_only_with_as_much_of_the_lease_as_it_may_take(world: Recorder, act: Acts) -> None:
    act(RAISE)
    for write in ("set wedsync-general", "set worldwide"):
        before = world.calls[: world.calls.index(write)]
        assert before[-1] == "confirm"  # nothing that takes time comes between
        assert world.asked_for[before.count("confirm") - 1] == CHANGE_SECONDS


@pytest.mark.parametrize(
    ("live", "sent"),
    [
        (nodes(2, 9, 2), (3, 3)),
        (nodes(2, 9, 3), (3, None)),  # the node autoscaler came first: its number is not taken back
        (nodes(2, 9, 8), (3, None)),
        (nodes(1, 9, 1), (3, 3)),
        (nodes(3, 9, 3), None),  # somebody else has given the room
        (nodes(5, 9, 5), None),
    ],
)
def test_more_nodes_are_asked_for_by_what_is_there_at_the_last_moment(
    world: Recorder, act: Acts, live: NodeGroupState, sent: tuple[int, int | None] | None
) -> None:
    world.live = live
    outcome = act(decide(snapshot(node_groups=(nodes(2, 9, 2),)), WORKLOADS, ZONES))
    assert _sizes(world) == ([] if sent is None else [sent])
    assert outcome.made == world.sent
    assert outcome.failures == []


@pytest.mark.parametrize(
    ("live", "sent"),
    [
        (nodes(6, 9, 7), (3, None)),
        (nodes(6, 9, 2), (3, 3)),
        (nodes(8, 9, 8), None),  # raised since: nobody has decided to take that away
        (nodes(2, 9, 2), None),
    ],
)
def test_nodes_are_taken_away_only_from_where_the_decision_saw_them(
    world: Recorder, act: Acts, live: NodeGroupState, sent: tuple[int, int | None] | None
) -> None:
    world.live = live
    act(decide(snapshot(node_groups=(nodes(6, 9, 7),)), WORKLOADS, ZONES))
    assert _sizes(world) == ([] if sent is None else [sent])


def test_a_node_group_that_cannot_be_looked_at_again_is_not_changed(world: Recorder, act: Acts) -> None:
    world.fails = {"look": CloudError("away")}
    outcome = act(decide(snapshot(node_groups=(nodes(2, 9, 2),)), WORKLOADS, ZONES))
    assert (world.sent, outcome.failures) == ([], ["away"])


def _sizes(world: Recorder) -> list[tuple[int, int | None]]:
    return [(each.min_size, each.desired_size) for each in world.sent if isinstance(each, NodeGroupChange)]
