"""What a preview must not lose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.deploy.checks import failovers, losses, refusals
from delivery.deploy.events import Event
from delivery.deploy.preview import LOSING, OPERATIONS, preview_of
from delivery.deploy.stateful import HOLDS
from stacks.offline import run_stacks
from tests.delivery.deploy.stream import ALARM, CLUSTER, INSTANCE, STACK, TABLE, replaced, step, urn, violation


def lost(*events: Event, accepted: tuple[str, ...] = ()) -> list[str]:
    """Names of what would be lost and is not accepted."""
    return [loss.step.name for loss in losses(preview_of(STACK, events), accepted) if not loss.accepted]


def instance(op: str, name: str, cluster: str = "worldwide") -> Event:
    inputs = {"clusterIdentifier": cluster}
    return step(op, INSTANCE, name, None if op == "create" else inputs, None if op == "delete" else inputs)


@pytest.mark.parametrize("type_", sorted(HOLDS))
@pytest.mark.parametrize("op", ["delete", "replace", "discard", "delete-replaced"])
def test_what_holds_data_must_not_go(type_: str, op: str) -> None:
    assert lost(step(op, type_, "it", {})) == ["it"]


@given(st.sampled_from([operation for operation in OPERATIONS if operation not in LOSING]))
def test_what_stays_is_not_lost(operation: str) -> None:
    assert lost(step(operation, TABLE, "locks", {}, {})) == []


def test_what_describes_may_go() -> None:
    assert lost(step("delete", ALARM, "cpu", {})) == []


def test_a_loss_is_told_with_what_is_lost_why_and_how_to_accept_it() -> None:
    preview = preview_of(STACK, replaced(CLUSTER, "database", {}, {}, "clusterIdentifier"))
    [told] = refusals(preview, losses(preview))
    assert told == (
        "replace aws:rds/cluster:Cluster database because of clusterIdentifier. Lost: every row of the database, and"
        f" its continuous backups with it. To accept that: --accept-loss '{urn(CLUSTER, 'database')}'"
    )


def test_a_loss_is_accepted_by_the_very_urn() -> None:
    events = [step("delete", TABLE, "locks", {}), step("delete", TABLE, "audit", {})]
    assert lost(*events, accepted=(urn(TABLE, "locks"),)) == ["audit"]
    assert lost(*events, accepted=(urn(TABLE, "lock"), urn(CLUSTER, "locks"), TABLE)) == ["locks", "audit"]


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["same", "update", "delete", "replace"])),
    st.dictionaries(st.sampled_from(["e", "f"]), st.just("create")),
)
def test_a_cluster_keeps_an_instance_that_can_take_over(now: dict[str, str], added: dict[str, str]) -> None:
    events = [instance(op, name) for name, op in {**now, **added}.items()]
    going = [name for name, op in now.items() if op in LOSING]
    all_go = len(going) == len(now)
    assert lost(*events) == (going if all_go else [])
    assert [found.name for found in failovers(preview_of(STACK, events))] == ([] if all_go else going)


def test_instances_of_another_cluster_do_not_take_over() -> None:
    assert lost(instance("delete", "a"), instance("same", "b", "residents")) == ["a"]


def test_instances_that_go_with_their_cluster_are_not_told_besides() -> None:
    cluster = step("delete", CLUSTER, "database", {"clusterIdentifier": "worldwide"})
    preview = preview_of(STACK, [cluster, instance("delete", "a"), instance("delete", "b")])
    assert [loss.step.name for loss in losses(preview)] == ["database"]
    assert failovers(preview) == ()


def test_policies_that_stop_are_told_with_the_losses() -> None:
    events = [
        step("delete", TABLE, "locks", {}),
        violation("keep-backups", "35 days."),
        violation("tag-everything", "No tags.", "advisory"),
    ]
    preview = preview_of(STACK, events)
    told = refusals(preview, losses(preview))
    assert len(told) == 2
    assert told[1] == "Policy keep-backups: 35 days."


def test_what_the_program_protects_is_known_to_hold_something() -> None:
    protected = {
        each.type for run in run_stacks("prod", ["us-east-1"]).values() for each in run.registered if each.protect
    }
    assert CLUSTER in protected
    assert protected - set(HOLDS) == {INSTANCE}
