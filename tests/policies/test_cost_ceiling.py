"""Ceilings: within, near, over, and what cannot be priced. Prices themselves are tested with costs/."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from costs.months import Month
from costs.resources import Resource
from costs.tariff import load_tariff
from costs.year import bills
from policies.context import Context
from policies.pack import Pack, Violation
from policies.rules.enforce_cost_ceiling import RULE
from policies.subject import UNKNOWN, Subject

if TYPE_CHECKING:
    from tests.policies.conftest import Contexts

NAT = Subject("aws:ec2/natGateway:NatGateway", "nat", "urn:nat", {}, aws_region="us-east-1", provider="aws")
CLUSTER = Subject("wedsync:network:RegionalNetwork", "network", "urn:network", {})


def found(context: Context, *subjects: Subject) -> list[Violation]:
    return list(Pack([RULE]).stack(subjects, context))


def with_ceiling(context: Context, usd: int) -> Context:
    ceilings = {**context.environment.monthly_ceilings_usd, "us-east-1": usd, "global": usd}
    return replace(context, environment=context.environment.model_copy(update={"monthly_ceilings_usd": ceilings}))


def dearest(context: Context, *subjects: Subject) -> float:
    """Of the twelve months from the context's on, $."""
    priced = [Resource(each.type, each.name, each.props, each.aws_region) for each in subjects]
    year = bills(priced, context.fleet, context.region, Month(context.at.year, context.at.month), load_tariff())
    assert len(year) == 12
    return float(max(bill.estimate.total_usd for bill in year))


@pytest.mark.parametrize("stack", ["prod-us-east-1", "prod"])
def test_what_a_ceiling_says_depends_on_the_dearest_month(stack: str, contexts: Contexts) -> None:
    subjects = (NAT, CLUSTER, replace(NAT, name="other"))
    context = contexts(stack)
    most = dearest(context, *subjects)
    assert most > 50
    cases: list[tuple[float, list[str]]] = [(2, []), (1.1, ["advisory"]), (0.9, ["mandatory"])]
    for share, levels in cases:
        said = found(with_ceiling(context, round(most * share)), *subjects)
        assert [each.level for each in said] == levels, share
        assert all(f"{stack}: " in each.sentence and each.urn == "" for each in said)


def test_the_year_begins_with_the_month_of_the_change(contexts: Contexts) -> None:
    peak = contexts(at=datetime.fromisoformat("2026-06-13T12:00:00+00:00"))
    [said] = found(with_ceiling(peak, 1), NAT)
    assert "2026-" in said.sentence or "2027-" in said.sentence
    assert "2026-05" not in said.sentence


@pytest.mark.parametrize("inputs", [{"instanceType": UNKNOWN, "spec": [UNKNOWN]}, {}])
def test_what_cannot_be_priced_is_a_violation_in_a_preview_too(inputs: dict[str, Any], contexts: Contexts) -> None:
    unknown = replace(NAT, type="aws:ec2/instance:Instance", name="box", props=inputs)
    for dry_run in (True, False):
        [said] = found(with_ceiling(contexts(dry_run=dry_run), 10_000), NAT, unknown)
        assert said.level == "mandatory"
        assert "box" in said.sentence
        assert "cannot be priced" in said.sentence


def test_a_value_that_is_not_known_yet_is_told_from_one_that_is_missing(contexts: Contexts) -> None:
    said: dict[Any, str] = {}
    for size in (UNKNOWN, None):
        instance = replace(NAT, type="aws:rds/clusterInstance:ClusterInstance", props={"instanceClass": size})
        [found_] = found(with_ceiling(contexts(), 10_000), instance)
        said[size] = found_.sentence
    assert "instanceClass is not known yet" in said[UNKNOWN]
    assert "instanceClass is missing" in said[None]


def test_a_price_is_that_of_the_provider_s_region(contexts: Contexts) -> None:
    """The global stack has resources in several."""
    near, far = (
        found(with_ceiling(contexts("prod"), 1), replace(NAT, aws_region=region))[0].sentence
        for region in ("us-east-1", "ap-southeast-1")
    )
    assert re.search(r"costs ([\d.,]+)", near)
    assert near != far
