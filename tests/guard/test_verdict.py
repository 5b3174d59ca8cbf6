"""The answer agrees with the freeze windows, and an override opens exactly its scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.override import Approved
from guard.target import Target
from guard.verdict import Verdict, may_change
from regions.load import load_fleet
from seasons import freeze
from seasons.local_days import NaiveInstantError
from tests.guard.signing import ADA, AT, GRACE, NAME, changed

FLEET = load_fleet()
TARGETS = tuple(Target("prod", region) for region in (None, *FLEET.regions))
BERLIN = Target("prod", "eu-central-1")
TICK = timedelta(microseconds=1)

instants = st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
targets = st.sampled_from(TARGETS)


def approved(*stacks: str, environment: str = "prod") -> Approved:
    return Approved(NAME, changed(environment=environment, stacks=stacks), (ADA, GRACE))


def ask(target: Target = BERLIN, at: datetime = AT, override: Approved | None = None) -> Verdict:
    return may_change(FLEET, target, at, freezes=True, override=override)


@settings(deadline=None)
@given(instants, st.sampled_from(tuple(FLEET.regions)))
def test_a_region_is_what_its_freeze_check_says(at: datetime, region: str) -> None:
    expected = freeze.check(FLEET, FLEET.region(region), at)
    found = ask(Target("prod", region), at)
    assert (found.allowed, found.opens_at, found.closes_at) == (
        expected.allowed,
        expected.opens_at,
        expected.closes_at,
    )
    assert (found.window.reasons if found.window else ()) == expected.reasons


@settings(deadline=None)
@given(instants)
def test_the_global_stack_is_blocked_while_any_region_is(at: datetime) -> None:
    regions = [freeze.check(FLEET, region, at) for region in FLEET.regions.values()]
    found = ask(Target("prod", None), at)
    assert found.allowed == all(each.allowed for each in regions)
    if found.allowed:
        assert found.closes_at == min(each.closes_at for each in regions if each.closes_at)


@settings(deadline=None)
@given(instants, targets)
def test_windows_begin_and_end_where_it_says(at: datetime, target: Target) -> None:
    found = ask(target, at)
    if found.opens_at:
        assert not ask(target, found.opens_at - TICK).allowed
        after = ask(target, found.opens_at)
        assert after.allowed
        assert after.closes_at
        assert after.closes_at > found.opens_at
    else:
        assert found.closes_at
        assert ask(target, found.closes_at - TICK).allowed
        assert not ask(target, found.closes_at).allowed


@settings(deadline=None)
@given(instants, targets, targets)
def test_an_override_opens_its_stack_for_its_time_and_nothing_else(at: datetime, target: Target, other: Target) -> None:
    override = Approved(
        NAME,
        changed(stacks=(other.stack,), not_before=at - timedelta(hours=1), expires=at + timedelta(hours=1)),
        (ADA, GRACE),
    )
    without, found = ask(target, at), ask(target, at, override)
    assert found.allowed == (without.allowed or target == other)
    for outside in (at - timedelta(hours=1) - TICK, at + timedelta(hours=1)):
        assert ask(target, outside, override).allowed == ask(target, outside).allowed


def test_the_sentences_of_a_blocked_region() -> None:
    found = ask()
    assert not found.allowed
    assert found.sentences == (
        "prod-eu-central-1 is blocked until Sun 2026-11-29 04:00 UTC.",
        "The freeze window began Fri 2026-11-27 20:00 UTC, because of Saturday 2026-11-28 in Athens (Europe/Athens);"
        " Saturday 2026-11-28 in Paris (Europe/Paris); Saturday 2026-11-28 in Berlin (Europe/Berlin); and 1 more.",
        "In an emergency two approvers can open it: wedops override request --environment prod --region eu-central-1"
        " (overrides/README.md).",
    )


def test_the_sentences_of_the_blocked_global_stack() -> None:
    found = ask(Target("prod", None))
    assert found.window
    assert set(found.window.regions) == set(FLEET.regions)
    assert found.sentences[0].startswith("prod is blocked until Sun 2026-11-29 ")
    assert "wedops override request --environment prod --stack prod (" in found.sentences[-1]


def test_the_sentence_of_an_open_region() -> None:
    found = ask(at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert found.allowed
    assert found.sentences == (
        "prod-eu-central-1 may be changed until Fri 2026-11-27 20:00 UTC, when its next freeze window begins.",
    )
    assert (found.window, found.opens_at, found.override) == (None, None, None)


def test_the_sentences_of_an_override() -> None:
    override = approved("prod-eu-central-1")
    found = ask(override=override)
    assert found.allowed
    assert (found.override, found.opens_at) == (override, datetime(2026, 11, 29, 4, tzinfo=UTC))
    said, because = found.sentences
    assert said == f"prod-eu-central-1 may be changed though it is blocked. {override.sentence}."
    assert because.startswith("The freeze window began Fri 2026-11-27 20:00 UTC, because of ")


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (approved("prod-us-east-1"), f"{NAME} opens prod-us-east-1, not prod-eu-central-1."),
        (approved("prod"), f"{NAME} opens prod, not prod-eu-central-1."),
        (approved("prod-eu-central-1", environment="staging"), f"{NAME} is for the environment staging, not for prod."),
    ],
)
def test_an_override_of_something_else_opens_nothing(override: Approved, said: str) -> None:
    found = ask(override=override)
    assert not found.allowed
    assert found.override is None
    assert found.sentences == (*ask().sentences, said)


def test_an_override_is_not_used_where_nothing_is_blocked() -> None:
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert ask(at=at, override=approved("prod-eu-central-1")) == ask(at=at)


@pytest.mark.parametrize("target", [Target("local", None), Target("local", "us-east-1")])
def test_an_environment_without_freeze_windows_is_always_open(target: Target) -> None:
    found = may_change(FLEET, target, AT, freezes=False)
    assert found.allowed
    assert (found.window, found.closes_at) == (None, None)
    assert found.sentences == (f"{target.stack} may be changed: the environment local has no freeze windows.",)


def test_the_global_stack_of_fewer_regions_is_blocked_by_them_alone() -> None:
    at = datetime(2026, 11, 27, 13, tzinfo=UTC)  # Saturday in Sydney, two hours more in the Americas
    assert not ask(Target("prod", None), at).allowed
    americas = FLEET.restricted(["us-east-1", "us-west-1"])
    assert may_change(americas, Target("prod", None), at, freezes=True).allowed


@pytest.mark.parametrize("freezes", [True, False])
def test_an_unknown_region_or_an_instant_without_offset_is_an_error(freezes: bool) -> None:
    with pytest.raises(KeyError, match="no region 'mars-1'"):
        may_change(FLEET, Target("prod", "mars-1"), AT, freezes=freezes)
    with pytest.raises(NaiveInstantError):
        may_change(FLEET, BERLIN, AT.replace(tzinfo=None), freezes=freezes)
