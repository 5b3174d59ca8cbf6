"""What waits for ever is told: nothing else would notice a database whose storage is full."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.season_scaler.waiting import OVERDUE, Waiting, Waits
from tests.services.season_scaler.states import NOW

FULL = Waiting("database", "worldwide", "storage-full")
UPDATING = Waiting("node_group", "wedsync-general", "UPDATING")
MINUTE = timedelta(minutes=1)


def test_what_has_waited_for_ten_minutes_is_told_with_state_and_beginning_and_what_to_look_at() -> None:
    waits = Waits()
    assert waits.overdue([FULL, UPDATING], NOW, all_seen=True) == ()
    assert waits.overdue([FULL, UPDATING], NOW + OVERDUE - timedelta(seconds=1), all_seen=True) == ()
    assert waits.overdue([FULL, UPDATING], NOW + OVERDUE, all_seen=True) == (
        "Database worldwide cannot get the floor that the season wants: it has waited since 2026-06-13T09:00:00+00:00"
        " and is storage-full; look at its status and events in RDS, and at its storage and quotas.",
        "Node group wedsync-general cannot get the floor that the season wants: it has waited since"
        " 2026-06-13T09:00:00+00:00 and is UPDATING; look at its status, health issues and updates in EKS.",
    )


def test_another_state_that_allows_no_change_either_does_not_start_it_again() -> None:
    waits = Waits()
    waits.overdue([FULL], NOW, all_seen=True)
    modifying = Waiting("database", "worldwide", "modifying")
    (told,) = waits.overdue([modifying], NOW + OVERDUE, all_seen=True)
    assert "and is modifying;" in told


def test_what_waits_no_longer_starts_again() -> None:
    waits = Waits()
    waits.overdue([FULL], NOW, all_seen=True)
    waits.overdue([], NOW + MINUTE, all_seen=True)
    assert waits.overdue([FULL], NOW + OVERDUE, all_seen=True) == ()


def test_what_could_not_be_looked_at_goes_on_waiting() -> None:
    waits = Waits()
    waits.overdue([FULL], NOW, all_seen=True)
    assert waits.overdue([], NOW + MINUTE, all_seen=False) == ()
    assert len(waits.overdue([FULL], NOW + OVERDUE, all_seen=True)) == 1


def test_things_of_one_name_wait_apart() -> None:
    waits = Waits()
    waits.overdue([FULL], NOW, all_seen=True)
    namesake = Waiting("node_group", "worldwide", "UPDATING")
    assert waits.overdue([namesake], NOW + OVERDUE, all_seen=False) == ()


def test_who_led_once_counts_from_when_it_leads_again() -> None:
    waits = Waits()
    waits.overdue([FULL], NOW, all_seen=True)
    waits.clear()
    assert waits.overdue([FULL], NOW + OVERDUE, all_seen=True) == ()


@given(st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_what_waits_without_a_break_is_told_from_ten_minutes_on_and_not_before(pauses: list[int]) -> None:
    waits, at = Waits(), NOW
    waits.overdue([FULL], at, all_seen=True)
    for pause in pauses:
        at += timedelta(seconds=pause)
        assert bool(waits.overdue([FULL], at, all_seen=True)) == (at - NOW >= OVERDUE)
