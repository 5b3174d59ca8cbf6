"""The rule's answer is the guard's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.answer import answer
from guard.target import target_of
from policies.context import Context
from policies.pack import Pack, Violation
from policies.rules.block_saturday_deploys import RULE
from policies.subject import Subject
from tests.guard.checkout import Checkout, made_at
from tests.guard.signing import AT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.policies.conftest import Contexts

ROOT = Subject("pulumi:pulumi:Stack", "wedsync-prod", "urn:root", {})
_WEDNESDAY = datetime.fromisoformat("2026-11-25T12:00:00+00:00")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return made_at(tmp_path / "project")


def found(context: Context, subject: Subject = ROOT) -> list[Violation]:
    return list(Pack([RULE]).resource(subject, context))


def test_an_open_stack_is_left_alone(contexts: Contexts) -> None:
    assert found(contexts("prod-us-east-1", _WEDNESDAY)) == []


@pytest.mark.parametrize("stack", ["prod", "prod-eu-central-1", "staging-us-east-1"])
def test_a_window_stops_an_update(stack: str, contexts: Contexts) -> None:
    [said] = found(contexts(stack, AT))
    assert said.level == "mandatory"
    assert said.sentence.startswith(f"{stack} is blocked until Sun 2026-11-29")


def test_a_preview_is_told_what_an_update_would_be(contexts: Contexts) -> None:
    [update], [preview] = found(contexts("prod", AT)), found(contexts("prod", AT, dry_run=True))
    assert preview.level == "advisory"
    assert preview.sentence == f"An update would be refused now. {update.sentence}"


def test_it_is_about_the_root_alone(contexts: Contexts) -> None:
    assert found(contexts("prod", AT), replace(ROOT, type="aws:rds/cluster:Cluster")) == []


def test_an_environment_without_windows_is_left_alone(contexts: Contexts) -> None:
    assert found(contexts("local", AT)) == []


def test_an_override_opens_its_stack_alone(checkout: Checkout, contexts: Contexts) -> None:
    checkout.override()
    opened, other = (
        replace(contexts(stack, AT), project=checkout.path) for stack in ("prod-eu-central-1", "prod-us-east-1")
    )
    assert found(opened) == []
    [said] = found(other)
    assert "opens prod-eu-central-1, not prod-us-east-1" in said.sentence


@settings(deadline=None)  # a loaded machine is no failure
@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - it gets its zone below
    stack=st.sampled_from(["prod", "prod-us-east-1", "prod-asia-pacific-1"]),
)
def test_its_answer_is_the_guard_s(at: datetime, stack: str, contexts: Contexts) -> None:
    context = contexts(stack, at.replace(tzinfo=_WEDNESDAY.tzinfo))
    verdict = answer(context.fleet, target_of(stack), context.at, freezes=True)
    assert bool(found(context)) is not verdict.allowed
