"""What a review looks like for people and for pipelines: what is lost first."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from syrupy.assertion import SnapshotAssertion

from costs.lines import Unpriced
from costs.months import Month
from delivery.deploy.checks import losses, refusals
from delivery.deploy.cost_change import CostChange
from delivery.deploy.document import document
from delivery.deploy.ending import ending
from delivery.deploy.preview import preview_of
from delivery.deploy.review import EXIT_CODES, Result, Review
from delivery.deploy.subject import Surroundings, subject_of
from delivery.deploy.summary import lines
from tests.delivery.deploy.bills import bill
from tests.delivery.deploy.projects import OPEN
from tests.delivery.deploy.stream import (
    ALARM,
    CLUSTER,
    INSTANCE,
    KEY,
    STACK,
    TABLE,
    diagnostic,
    outputs,
    replaced,
    step,
    urn,
    violation,
)

INSTANCES = [
    step("delete", INSTANCE, "database-1", {"clusterIdentifier": "residents"}),
    step("same", INSTANCE, "database-0", {"clusterIdentifier": "residents"}, {"clusterIdentifier": "residents"}),
]


@pytest.fixture(scope="module")
def review() -> Review:
    """One of everything."""
    subject = subject_of(STACK, Surroundings(now=lambda: datetime.fromisoformat(OPEN)))
    paths = [f"data.key{number}" for number in range(6)]
    preview = preview_of(
        STACK,
        [
            *(step("create", ALARM, f"alarm-{number:02}", None, {}) for number in range(20)),
            step("update", ALARM, "cpu", {}, {}, paths=paths),
            step("same", KEY, "key", {}, {}),
            *INSTANCES,
            *replaced(CLUSTER, "database", {"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, "clusterIdentifier"),
            step("delete", TABLE, "locks", {}),
            step("refresh", KEY, "lost", {}),
            step("create", KEY, "lost", None, {}),
            outputs({}, {"endpoint": "a"}),
            violation("enforce-cost-ceiling", "80 % of its ceiling.", "advisory"),
            violation("keep-backups", "35 days.", of=urn(CLUSTER, "database")),
            diagnostic("warning", "deprecated"),
        ],
    )
    found = losses(preview, [urn(TABLE, "locks")])
    now, busy = Month(2026, 11), Month(2027, 7)
    thing = Unpriced(f"{KEY}::lost", "its price is not known")
    cost = CostChange((bill(now, 100), bill(busy, 2000)), (bill(now, 110, unpriced=(thing,)), bill(busy, 2100)))
    return Review(STACK, subject.verdict(), preview, found, cost, refusals(preview, found))


def test_for_people(review: Review, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(f"{colour or '-':<6} {text}" for colour, text in lines(review)) == snapshot
    assert ending(review, Result.REFUSED)[1] == snapshot


def test_for_pipelines(review: Review, snapshot: SnapshotAssertion) -> None:
    told = document(review, Result.REFUSED)
    told["preview"]["steps"] = [each for each in told["preview"]["steps"] if "alarm-" not in each["name"]]
    assert json.dumps(told, indent=2) == snapshot


def test_what_is_lost_comes_before_all_else_that_changes(review: Review) -> None:
    told = [text for _, text in lines(review)]
    first = next(number for number, text in enumerate(told) if "Lost:" in text)
    assert first < next(number for number, text in enumerate(told) if text.startswith("  update"))


def test_nothing_to_change_is_said() -> None:
    subject = subject_of(STACK, Surroundings(now=lambda: datetime.fromisoformat(OPEN)))
    review = Review(STACK, subject.verdict(), preview_of(STACK, [step("same", KEY, "key", {}, {})]))
    assert next(lines(review)) == ("bold", f"{STACK}: nothing to change, 1 unchanged")
    assert review.result is Result.UNCHANGED


def test_a_stack_without_costs_has_none() -> None:
    assert CostChange((), ()).increase_percent is None


def test_every_result_has_an_exit_code(review: Review) -> None:
    assert set(EXIT_CODES) == set(Result)
    assert all(ending(review, result) for result in Result)
