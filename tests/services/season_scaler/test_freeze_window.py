"""The region's freeze window: what it says, when it is written, and that whatever fails leaves it closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kubernetes.freeze_window_schema import SCHEMA
from guard.document import instant_text, written
from guard.in_cluster import CLOCK
from guard.target import Target
from guard.verdict import may_change
from seasons.freeze import windows
from seasons.intervals import Interval
from services.season_scaler.cloud import CHANGE_SECONDS, Cloud, CloudError
from services.season_scaler.cluster import ClusterError
from services.season_scaler.freeze_lock import FreezeLock, Kept
from services.season_scaler.freeze_objects import FreezeObjects
from services.season_scaler.freeze_window import Clock, Owner, Spec, Window, next_edge, opened_by, spec_of
from services.season_scaler.lease import DeposedError
from tests.guard.signing import ADA, BOTH, GRACE, Key, changed, own, signature, signers_text
from tests.services.season_scaler.memory import Lease, scaler_of
from tests.services.season_scaler.memory import World as Region
from tests.services.season_scaler.place import Place
from tests.services.season_scaler.states import FLEET, NOW, SETTINGS

FROZEN = replace(SETTINGS, freezes=True)
SATURDAY, WEDNESDAY = datetime(2026, 6, 13, 16, tzinfo=UTC), datetime(2026, 6, 10, 16, tzinfo=UTC)
ENDS = datetime(2030, 1, 1, tzinfo=UTC)
MAKER = Owner("CronJob", CLOCK, "c")
CLOSED: Spec = {"closed": True, "reasons": ["a wedding"], "validUntil": instant_text(ENDS)}


@dataclass
class Cluster:
    """The lock's objects and the audit trail, in memory."""

    job: Clock | None = field(default_factory=lambda: Clock(Owner("Job", f"{CLOCK}-1", "j1"), MAKER, ENDS))
    there: Window | None = None
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    calls: list[str] = field(default_factory=list[str])
    events: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    broken: dict[str, Exception] = field(default_factory=dict[str, Exception])

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.broken:
            raise self.broken[name]

    def clock(self) -> Clock | None:
        self._called("clock")
        return self.job

    def window(self) -> Window | None:
        self._called("window")
        return self.there

    def set_window(self, spec: Spec, clock: Clock) -> None:
        self._called("set_window")
        jsonschema.validate({"spec": spec}, {"properties": {"spec": _closed_schema()}})
        self.there = Window(spec, (clock.job.uid,))

    def override(self) -> Mapping[str, bytes]:
        self._called("override")
        return self.files

    def warn(self, note: str, at: datetime) -> None:
        assert at.tzinfo is not None
        self._called(f"warn {note}")

    def append(self, event: Mapping[str, str]) -> None:
        self._called("append")
        self.events.append(event)


def _closed_schema() -> dict[str, Any]:
    """The API server drops what it does not know; here that is a mistake."""
    spec = cast(dict[str, Any], SCHEMA)["properties"]["spec"]
    return {**spec, "additionalProperties": False}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    file = tmp_path / "allowed_signers"
    file.write_bytes(signers_text(*BOTH))
    return file


@pytest.fixture
def lock(cluster: Cluster, signers: Path) -> FreezeLock:
    return lock_of(cluster, signers)


def lock_of(cluster: Cluster, signers: Path, freezes: bool = True) -> FreezeLock:
    settings = replace(FROZEN, freezes=freezes)
    return FreezeLock(settings, FLEET, cast(FreezeObjects, cluster), cast(Cloud, cluster), signers)


def keep(lock: FreezeLock, at: datetime) -> Kept:
    return lock.keep(lambda _: None, lambda: at)


def signed(at: datetime, *keys: Key, **fields: object) -> dict[str, bytes]:
    """The files of an override for this region's stack, signed by these keys; by both approvers if none are given."""
    times = {"not_before": at - timedelta(hours=1), "expires": at + timedelta(hours=2)}
    override = changed(**{"environment": "test", "stacks": ("test-us-east-1",), **times, **fields})
    raw = written(override)
    named = {f"a.yaml.{number}.sig": signature(key, raw) for number, key in enumerate(keys or [key for _, key in BOTH])}
    return {"a.yaml": raw, **named}


def test_on_a_wednesday_it_is_open_until_the_next_window_begins(lock: FreezeLock, cluster: Cluster) -> None:
    kept = keep(lock, WEDNESDAY)
    edge = may_change(FLEET, Target("test", "us-east-1"), WEDNESDAY, freezes=True).closes_at
    assert edge is not None
    assert kept == Kept(closed=False, edge=edge, failures=())
    assert cluster.there is not None
    assert cluster.there.spec == {
        "closed": False,
        "validUntil": "2030-01-01T00:00:00Z",
        "reasons": [],
        "closesAt": instant_text(edge),
    }


def test_on_a_saturday_it_is_closed_and_says_why_and_until_when(lock: FreezeLock, cluster: Cluster) -> None:
    kept = keep(lock, SATURDAY)
    assert kept.closed
    assert cluster.there is not None
    spec = cluster.there.spec
    assert spec["closed"] is True
    assert spec["opensAt"] == instant_text(cast(datetime, kept.edge))
    assert any("Saturday" in each for each in cast(list[str], spec["reasons"]))


def test_where_nothing_freezes_it_is_open_for_ever_and_that_is_no_news(cluster: Cluster, signers: Path) -> None:
    kept = keep(lock_of(cluster, signers, freezes=False), SATURDAY)
    assert kept == Kept(closed=False, edge=None, failures=())
    assert cluster.events == []


@given(at=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_it_says_what_every_other_lock_says(at: datetime) -> None:
    verdict = may_change(FLEET, Target("test", "eu-central-1"), at, freezes=True)
    spec = spec_of(verdict, ENDS)
    jsonschema.validate(spec, _closed_schema())
    assert (opened_by(spec) != "") == verdict.allowed
    edge = next_edge(verdict)
    assert edge is not None
    later = may_change(FLEET, Target("test", "eu-central-1"), edge, freezes=True)
    # Two windows that touch are one, so that an edge is a change.
    assert later.allowed != verdict.allowed
    window, *_ = windows(FLEET, ("eu-central-1",), Interval(at, at + timedelta(days=30)))
    assert verdict.allowed == (at not in window.during)


def test_it_is_written_when_it_changes_and_when_there_is_a_newer_job(lock: FreezeLock, cluster: Cluster) -> None:
    for _ in range(3):
        keep(lock, WEDNESDAY)
    assert cluster.calls.count("set_window") == 1
    cluster.job = Clock(Owner("Job", f"{CLOCK}-2", "j2"), MAKER, ENDS + timedelta(minutes=5))
    keep(lock, WEDNESDAY)
    assert cluster.there is not None
    assert (cluster.there.jobs, cluster.there.spec["validUntil"]) == (("j2",), "2030-01-01T00:05:00Z")
    cluster.there = replace(cluster.there, jobs=())  # its Job was ended
    keep(lock, WEDNESDAY)
    assert cluster.calls.count("set_window") == 3
    cluster.there = replace(cluster.there, spec=CLOSED)  # somebody's edit
    keep(lock, WEDNESDAY)
    assert opened_by(cluster.there.spec) == "the calendar"


def test_nothing_opens_without_a_record_and_closing_waits_for_none(lock: FreezeLock, cluster: Cluster) -> None:
    cluster.there = Window(CLOSED, ("j1",))
    cluster.broken["append"] = CloudError("table away")
    assert keep(lock, WEDNESDAY) == Kept(None, keep(lock, WEDNESDAY).edge, ("table away",))
    assert opened_by(cluster.there.spec) == ""
    del cluster.broken["append"]
    keep(lock, WEDNESDAY)
    assert cluster.calls[-2:] == ["append", "set_window"]
    (event,) = cluster.events[-1:]
    assert (event["action"], event["reason"]) == ("season-scaler:open", "opened by the calendar.")
    assert (event["day"], event["event"][:9]) == ("test#2026-06-10", "16:00:00.")
    cluster.broken["append"] = CloudError("table away")
    assert keep(lock, SATURDAY).failures == ("table away",)
    assert cluster.there.spec["closed"] is True


@pytest.mark.parametrize("broken", ["clock", "window", "set_window"])
def test_what_fails_is_told_and_nobody_can_say_whether_it_is_closed(
    broken: str, lock: FreezeLock, cluster: Cluster
) -> None:
    cluster.broken[broken] = ClusterError("no rights")
    kept = keep(lock, SATURDAY)
    assert (kept.closed, kept.failures) == (None, ("no rights",))


def test_where_nothing_freezes_no_clock_is_missed(cluster: Cluster, signers: Path) -> None:
    cluster.job = None
    assert keep(lock_of(cluster, signers, freezes=False), SATURDAY) == Kept(None, None, ())


def test_without_a_clock_it_is_not_renewed(lock: FreezeLock, cluster: Cluster) -> None:
    cluster.job = None
    (failure,) = keep(lock, WEDNESDAY).failures
    assert "CronJob freeze-clock has no job" in failure
    assert "set_window" not in cluster.calls


def test_a_calendar_that_cannot_be_read_is_closed(cluster: Cluster, signers: Path) -> None:
    fleet: Any = FLEET.restricted(("us-west-1",))  # without its own region
    kept = FreezeLock(FROZEN, fleet, cast(FreezeObjects, cluster), cast(Cloud, cluster), signers)
    (failure,) = keep(kept, WEDNESDAY).failures
    assert failure.startswith("Nobody can say whether test-us-east-1 is blocked: KeyError")
    assert cluster.there is not None
    assert (cluster.there.spec["closed"], cluster.there.spec["reasons"]) == (True, [failure[:300]])


def test_who_was_deposed_writes_nothing(lock: FreezeLock, cluster: Cluster) -> None:
    asked: list[float] = []

    def confirm(seconds: float) -> None:
        asked.append(seconds)
        raise DeposedError("another leads")

    with pytest.raises(DeposedError):
        lock.keep(confirm, lambda: WEDNESDAY)
    assert asked == [CHANGE_SECONDS]
    assert {"append", "set_window"}.isdisjoint(cluster.calls)


def test_an_override_opens_it_until_it_expires(lock: FreezeLock, cluster: Cluster) -> None:
    cluster.files = signed(SATURDAY)
    kept = keep(lock, SATURDAY)
    assert kept == Kept(closed=False, edge=SATURDAY + timedelta(hours=2), failures=())
    assert cluster.there is not None
    assert cluster.there.spec["closed"] is True
    assert cluster.there.spec["override"] == {
        "name": "overrides/a.yaml",
        "approvers": [ADA, GRACE],
        "ticket": "OPS-1234",
        "expires": "2026-06-13T18:00:00Z",
    }
    assert cluster.events[-1]["reason"] == "opened by overrides/a.yaml."
    assert keep(lock, SATURDAY + timedelta(hours=2)).closed
    assert "override" not in cluster.there.spec
    assert cluster.events[-1]["action"] == "season-scaler:close"
    assert not [each for each in cluster.calls if each.startswith("warn")]  # that its time is over is no news


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (signed(SATURDAY, own("ed25519", ADA)), "is approved by 1 of the 2 people"),
        (signed(SATURDAY, own("ed25519", "eve"), own("p256", GRACE)), "which is not in overrides/allowed_signers"),
        (signed(SATURDAY, environment="prod", stacks=("prod-us-east-1",)), "is for the environment prod, not for test"),
        (signed(SATURDAY, stacks=("test-us-west-1",)), "opens test-us-west-1, not test-us-east-1"),
        (signed(SATURDAY + timedelta(hours=3)), "is not valid yet"),
        ({**signed(SATURDAY), "b.yaml": b""}, "has 2 documents: give one"),
        ({"a.yaml.0.sig": b""}, "has 0 documents"),
        ({**signed(SATURDAY), "a.yaml": b"edited"}, "was edited after"),
    ],
)
def test_an_override_that_does_not_count_is_told_once(
    files: Mapping[str, bytes], told: str, lock: FreezeLock, cluster: Cluster
) -> None:
    cluster.files = files
    for _ in range(2):
        kept = keep(lock, SATURDAY)
        assert (kept.closed, kept.failures) == (True, ())
    warnings = [each for each in cluster.calls if each.startswith("warn")]
    assert any(told in each for each in warnings), warnings
    assert len(warnings) == len(set(warnings))


def test_where_nobody_can_approve_nothing_opens(cluster: Cluster, tmp_path: Path) -> None:
    cluster.files = signed(SATURDAY)
    assert keep(lock_of(cluster, tmp_path / "missing"), SATURDAY).closed
    assert any("cannot be read, so nobody can approve" in each for each in cluster.calls)


def test_the_cycle_keeps_it_first_and_is_not_sound_where_that_fails(cluster: Cluster, signers: Path) -> None:
    region = Region()
    scaler = scaler_of(region, Lease())
    scaler.lock = lock_of(cluster, signers)
    region.on_call = lambda _: cluster.calls.append("the rest")
    assert scaler.once() == 0
    assert cluster.calls.index("set_window") < cluster.calls.index("the rest")
    cluster.broken["clock"] = ClusterError("no rights")
    region.calls.clear()
    assert scaler.once() == 1
    assert "report_cycle" not in region.calls


def test_it_is_kept_though_the_rest_of_the_cycle_fails(cluster: Cluster, signers: Path) -> None:
    region = Region(broken={"autoscaler": [ClusterError("away")] * 9, "database": [CloudError("away")]})
    scaler = scaler_of(region, Lease())
    scaler.lock = lock_of(cluster, signers)
    assert scaler.once() == 1
    assert cluster.there is not None
    value = scaler.metrics.registry.get_sample_value("season_scaler_freeze_closed", {"region": "us-east-1"})
    assert value == float(may_change(FLEET, Target("test", "us-east-1"), NOW, freezes=True).window is not None)


@pytest.mark.cluster
def test_with_its_own_rights_it_keeps_the_window_of_a_real_cluster(place: Place) -> None:
    assert place.once(SATURDAY, FREEZES="true").code == 0
    path = f"/apis/wedsync.io/v1/namespaces/{place.namespace}/freezewindows/region"
    window = place.api.get(path).raise_for_status().json()
    assert window["spec"]["closed"] is True
    assert sorted(each["kind"] for each in window["metadata"]["ownerReferences"]) == ["CronJob", "Job"]
    place.api.delete(path).raise_for_status()
    place.once(WEDNESDAY, FREEZES="true")  # it makes one again
    assert place.api.get(path).raise_for_status().json()["spec"]["closed"] is False
    assert {each["action"] for each in place.aws.audited()} >= {"season-scaler:open"}
    body = {"metadata": {"name": "freeze-override"}, "binaryData": {"a.yaml": "ZWRpdGVk"}}
    maps = f"/api/v1/namespaces/{place.namespace}/configmaps"
    place.api.post(maps, json=body).raise_for_status()
    place.once(SATURDAY, FREEZES="true")
    assert [each["reason"] for each in place.events() if each["type"] == "Warning"] == ["OverrideRefused"]
    assert place.api.get(path).json()["spec"]["closed"] is True
