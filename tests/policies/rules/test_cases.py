"""Every rule: nothing against what is good, something against each way of breaking it, and no haste in a preview."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from policies.rules import RULES
from policies.subject import UNKNOWN, Subject
from tests.policies.rules import (
    access_cases,
    cluster_cases,
    data_cases,
    encryption_cases,
    image_cases,
    mesh_cases,
    residency_cases,
)
from tests.policies.rules.case import ABSENT, Bad, Case, broken, prefixes, told

if TYPE_CHECKING:
    from tests.policies.conftest import Contexts

CASES: tuple[Case, ...] = (
    *encryption_cases.CASES,
    *data_cases.CASES,
    *residency_cases.CASES,
    *access_cases.CASES,
    *image_cases.CASES,
    *cluster_cases.CASES,
    *mesh_cases.CASES,
)
# They have files of their own: they depend on the time, and on prices.
ELSEWHERE = {"block-saturday-deploys", "enforce-cost-ceiling"}

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule.id}-{case.good[0].type}")
every_break = pytest.mark.parametrize(
    ("case", "bad"),
    [
        pytest.param(case, bad, id=f"{case.rule.id}-{case.good[bad.of].type}-{bad.path}-{bad.value!r:.40}")
        for case in CASES
        for bad in case.bad
    ],
)


def test_every_rule_has_one_good_and_several_bad_cases() -> None:
    bad = Counter[str]()
    for case in CASES:
        bad[case.rule.id] += len(case.bad)
    assert {rule.id for rule in RULES} == set(bad) | ELSEWHERE
    assert [rule for rule, number in bad.items() if number < 2] == []


def test_a_rule_has_the_name_of_its_module() -> None:
    for rule in RULES:
        assert rule.check.__module__ == f"policies.rules.{rule.id.replace('-', '_')}"
        for text in (rule.why, rule.fix):
            assert text.endswith("."), rule.id


@every_case
def test_what_is_good_is_let_be(case: Case, contexts: Contexts) -> None:
    assert told(case.rule, case.good, contexts(case.stack)) == []


@every_break
def test_what_is_broken_is_found(case: Case, bad: Bad, contexts: Contexts) -> None:
    assert told(case.rule, broken(case, bad.path, bad.value, bad.of), contexts(case.stack)) == [bad.sentence]


@every_break
def test_what_a_preview_does_not_know_is_left_to_the_update(case: Case, bad: Bad, contexts: Contexts) -> None:
    context = contexts(case.stack, dry_run=True)
    for path in prefixes(bad.path):
        found = told(case.rule, broken(case, path, UNKNOWN, bad.of), context)
        assert bool(found) is not bad.known_later, (path, found)


@every_break
def test_what_is_absent_fails_no_rule(case: Case, bad: Bad, contexts: Contexts) -> None:
    for path in prefixes(bad.path):
        if path != bad.path or bad.value is not ABSENT:
            told(case.rule, broken_by_absence(case, path, bad.of), contexts(case.stack))


def broken_by_absence(case: Case, path: str, of: int) -> tuple[Subject, ...]:
    """Without the field, if it is there."""
    try:
        return broken(case, path, ABSENT, of)
    except AssertionError:
        return case.good
