"""One acts: the election over a lease that is kept in memory, with clocks that the tests move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from services.season_scaler.cluster import ClusterError, ConflictError
from services.season_scaler.lease import LEASE_SECONDS, RENEW_EVERY_SECONDS, DeposedError, Leadership, Record
from tests.services.season_scaler.states import NOW

STEP = 5.0
"""What most steps take at most, s."""


@dataclass
class Kept:
    """An API server with one lease, as strict with versions; `away` is what it answers while it cannot be asked."""

    record: Record = field(default_factory=lambda: Record("", LEASE_SECONDS, 0, None, None))
    writes: int = 0
    away: ClusterError | None = None
    before_a_write: Callable[[], None] = lambda: None

    def read(self) -> Record:
        if self.away:
            raise self.away
        return self.record

    def write(self, record: Record, at: datetime) -> None:
        assert at >= NOW
        if self.away:
            raise self.away
        self.before_a_write()
        if record.version != self.record.version:
            raise ConflictError("it has changed")
        self.writes += 1
        self.record = replace(record, version=str(self.writes))


@dataclass
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store() -> Kept:
    return Kept()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scaler(store: Kept, clock: Clock) -> Callable[[str], Leadership]:
    return lambda name: Leadership(store, name, lambda: NOW, clock)


Makes = Callable[[str], Leadership]


def test_the_first_one_leads_and_the_second_waits(scaler: Makes, store: Kept) -> None:
    first, second = scaler("first"), scaler("second")
    assert first.campaign()
    assert not second.campaign()
    assert (first.leads, second.leads, second.other) == (True, False, "first")
    assert (store.record.holder, store.record.seconds, store.record.transitions) == ("first", 15, 1)
    assert store.record.acquired == NOW


def test_who_renews_leads_for_ever(scaler: Makes, clock: Clock, store: Kept) -> None:
    first, second = scaler("first"), scaler("second")
    for _ in range(100):
        assert first.campaign()
        assert not second.campaign()
        clock.seconds += 2
    assert store.record.transitions == 1


def test_a_lease_that_does_not_change_ends_after_15_s_by_the_waiting_ones_clock(scaler: Makes, clock: Clock) -> None:
    first, second = scaler("first"), scaler("second")
    first.campaign()
    clock.seconds += 500  # it has not looked: it cannot know how long it has not changed
    assert not second.campaign()
    clock.seconds += 14.9
    assert not second.campaign()
    clock.seconds += 0.1
    assert second.campaign()
    assert not first.campaign()
    assert first.other == "second"


def test_a_change_starts_the_wait_again(scaler: Makes, clock: Clock) -> None:
    first, second = scaler("first"), scaler("second")
    first.campaign()
    second.campaign()
    clock.seconds += 14
    first.campaign()
    second.campaign()
    clock.seconds += 14
    assert not second.campaign()


def test_a_leader_that_cannot_renew_stops_before_another_one_starts(scaler: Makes, clock: Clock, store: Kept) -> None:
    first = scaler("first")
    first.campaign()
    store.away = ClusterError("away")
    clock.seconds += 9.9
    with pytest.raises(ClusterError, match="away"):
        first.campaign()
    assert first.leads
    first.confirm(STEP)
    clock.seconds += 0.1
    assert not first.leads
    with pytest.raises(DeposedError, match=r"could not be renewed in time: it may end in 5\.0 s, .* up to 5 s\. away$"):
        first.confirm(STEP)


def test_a_deposed_leader_finds_out_before_it_acts(scaler: Makes, clock: Clock, store: Kept) -> None:
    first = scaler("first")
    first.campaign()
    first.confirm(STEP)
    store.record = Record("second", LEASE_SECONDS, 2, NOW, "77")
    clock.seconds += 2
    with pytest.raises(DeposedError, match="second holds the lease"):
        first.confirm(STEP)
    assert not first.leads


def test_confirming_renews(scaler: Makes, clock: Clock, store: Kept) -> None:
    first = scaler("first")
    first.campaign()
    for _ in range(20):
        clock.seconds += 3
        first.confirm(STEP)
    assert store.writes == 21


def test_nobody_acts_who_never_campaigned(scaler: Makes) -> None:
    other, first = scaler("other"), scaler("first")
    other.campaign()
    with pytest.raises(DeposedError, match="other holds the lease"):
        first.confirm(STEP)


def test_of_two_that_take_it_at_once_one_has_it(scaler: Makes, store: Kept) -> None:
    first, second = scaler("first"), scaler("second")

    def second_is_faster() -> None:
        store.before_a_write = lambda: None
        assert second.campaign()

    store.before_a_write = second_is_faster
    assert not first.campaign()
    assert (first.leads, second.leads) == (False, True)


def test_a_leader_whose_renewal_comes_too_late_stops_at_once(scaler: Makes, store: Kept) -> None:
    first = scaler("first")
    first.campaign()

    def somebody_writes() -> None:
        store.record = replace(store.record, holder="second", version="77")

    store.before_a_write = somebody_writes
    assert not first.campaign()
    assert not first.leads


def test_a_released_lease_is_taken_at_once(scaler: Makes, store: Kept) -> None:
    first, second = scaler("first"), scaler("second")
    first.campaign()
    second.campaign()
    first.release()
    assert not first.leads
    assert store.record.holder == ""
    assert second.campaign()


def test_only_its_own_lease_is_released(scaler: Makes, store: Kept) -> None:
    first, second = scaler("first"), scaler("second")
    first.campaign()
    second.release()
    assert store.record.holder == "first"


def test_a_process_that_comes_back_under_its_name_leads_at_once(scaler: Makes, store: Kept) -> None:
    scaler("first").campaign()
    assert scaler("first").campaign()
    assert store.record.transitions == 1


def test_since_when_it_is_held_is_kept_until_it_is_anothers(store: Kept, clock: Clock) -> None:
    later = NOW + timedelta(hours=1)
    for name, at, acquired in (("first", NOW, NOW), ("first", later, NOW)):
        assert Leadership(store, name, lambda at=at: at, clock).campaign()
        assert store.record.acquired == acquired
    store.record = replace(store.record, holder="")
    assert Leadership(store, "second", lambda: later, clock).campaign()
    assert store.record.acquired == later


@pytest.mark.parametrize("seconds", [5.0, 6.0, 12.9])
def test_a_step_starts_only_if_the_lease_lasts_for_all_of_it(
    scaler: Makes, clock: Clock, store: Kept, seconds: float
) -> None:
    first, second = scaler("first"), scaler("second")
    first.campaign()
    second.campaign()
    store.away = ClusterError("away")
    clock.seconds += LEASE_SECONDS - seconds - 0.01
    first.confirm(seconds)
    clock.seconds += 0.01
    with pytest.raises(DeposedError, match=f"the next step takes up to {seconds:g} s. away"):
        first.confirm(seconds)
    # What was started with the first answer is over by now, and the other one has not acted before.
    store.away = None
    clock.seconds += seconds - 0.01
    assert not second.campaign()


def test_a_renewal_that_takes_too_long_is_not_enough(scaler: Makes, clock: Clock, store: Kept) -> None:
    first = scaler("first")
    first.campaign()
    clock.seconds += RENEW_EVERY_SECONDS

    def slowly() -> None:
        clock.seconds += 9.5

    store.before_a_write = slowly
    with pytest.raises(DeposedError, match=r"it may end in 5\.5 s, and the next step takes up to 6 s\."):
        first.confirm(6.0)
