"""Every resource of every stack is priced or free with a reason: nothing of the platform is left out of a bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from costs import tokens
from costs.basis import region_basis, shared_basis
from costs.ceiling import CeilingVerdict, judge
from costs.estimate import estimate
from costs.free import free_reason, load_free
from costs.lines import Estimate
from costs.months import Month
from costs.pricers import PRICERS
from costs.prices import load_price_books
from costs.resources import Resource
from costs.tariff import Tariff
from costs.usage import load_usage
from costs.year import bills
from delivery.cost.inputs import resources
from regions.load import load_fleet
from stacks.environment import GLOBAL, load_environment
from tests.stacks.conftest import REGION_STACKS, STACKS, Registers

FLEET = load_fleet()
BOOKS, USAGE, FREE = load_price_books(), load_usage(), load_free()
TARIFF = Tariff(BOOKS, USAGE, FREE)
JULY, FEBRUARY = Month(2026, 7), Month(2027, 2)


def bill(graph: Registers, stack: str, month: Month) -> Estimate:
    """The estimate of a stack in a month."""
    _, _, region = stack.partition("-")
    on = (
        region_basis(FLEET, FLEET.region(region), month, BOOKS, USAGE)
        if region
        else shared_basis(FLEET, month, BOOKS, USAGE)
    )
    return estimate(resources(graph(stack).resources), on, FREE)


@pytest.mark.parametrize("stack", STACKS)
def test_every_type_is_priced_or_free_with_a_reason(graph: Registers, stack: str) -> None:
    types = {each.type for each in graph(stack).resources}
    assert {token for token in types if token not in PRICERS and free_reason(FREE, token) is None} == set()


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_is_priced_as_a_whole(graph: Registers, stack: str) -> None:
    result = bill(graph, stack, JULY)
    assert result.unpriced == []
    assert result.total_usd > 100


@pytest.mark.parametrize("stack", [stack for stack in REGION_STACKS if stack.startswith("prod-")])
def test_a_regions_bill_follows_its_season(graph: Registers, stack: str) -> None:
    region = FLEET.region(stack.removeprefix("prod-"))
    by_month = {month: bill(graph, stack, Month(2027, month)).total_usd for month in range(1, 13)}
    busy = [total for month, total in by_month.items() if month in region.season_months]
    quiet = [total for month, total in by_month.items() if month not in region.season_months]
    assert busy
    if quiet:  # Sydney's summer leaves asia-pacific-1 few quiet months
        assert sum(busy) / len(busy) > sum(quiet) / len(quiet)


def test_no_entry_of_the_free_types_is_without_use(graph: Registers) -> None:
    types = {each.type for stack in STACKS for each in graph(stack).resources}
    unused = [
        key
        for key in FREE
        if not any(token == key or (key.endswith("*") and token.startswith(key[:-1])) for token in types)
    ]
    assert unused == []
    assert [token for token in PRICERS if token not in types] == []


def test_a_doubled_pool_costs_more(graph: Registers) -> None:
    """What a ceiling has to see in a preview: more nodes than the plan asks for."""
    stack = "prod-us-east-1"
    declared = resources(graph(stack).resources)
    on = region_basis(FLEET, FLEET.region("us-east-1"), FEBRUARY, BOOKS, USAGE)
    more = [
        Resource(each.type, each.name, {**each.inputs, "scalingConfig": {"minSize": 40, "maxSize": 60}})
        if each.type == tokens.NODE_GROUP
        else each
        for each in declared
    ]
    assert estimate(more, on, FREE).total_usd > 2 * estimate(declared, on, FREE).total_usd


def test_pools_are_those_of_the_plan(graph: Registers) -> None:
    """The label that says a node group's pool is the one that the program sets."""
    groups = resources(graph("prod-us-east-1").all(tokens.NODE_GROUP))
    use = region_basis(FLEET, FLEET.region("us-east-1"), FEBRUARY, BOOKS, USAGE).season
    assert {group.named("labels", tokens.POOL_LABEL) for group in groups} == use.nodes.keys()


def test_resources_elsewhere_have_the_prices_of_there(graph: Registers) -> None:
    lines = [line for line in bill(graph, "prod", JULY).lines if line.item == "attachment"]
    assert {str(line.unit_price_usd) for line in lines} >= {"0.05", "0.06"}


@pytest.mark.parametrize("stack", STACKS)
def test_no_month_of_three_years_comes_near_its_ceiling(graph: Registers, stack: str) -> None:
    verdict = _verdict(stack, resources(graph(stack).resources), Month(2026, 12), 36)
    assert verdict.level == "within", verdict.sentences


@pytest.mark.parametrize("stack", [stack for stack in REGION_STACKS if stack.startswith("prod-")])
def test_a_doubled_region_is_over_its_ceiling(graph: Registers, stack: str) -> None:
    """Twice the instances of each database, and twice the nodes that the plan asks for at its busiest."""
    _, _, region = stack.partition("-")
    on = region_basis(FLEET, FLEET.region(region), JULY, BOOKS, USAGE)
    declared = resources(graph(stack).resources)
    more = [_doubled(each, on.season.nodes) for each in declared]
    more += [replace(each, name=f"{each.name}-again") for each in declared if each.type == tokens.DATABASE_INSTANCE]
    verdict = _verdict(stack, more, Month(2026, 12), 12)
    assert verdict.level == "over"
    assert any("raise monthly_ceilings_usd in Pulumi.prod.yaml" in each for each in verdict.sentences)


def _doubled(resource: Resource, planned: Mapping[str, Mapping[int, Decimal]]) -> Resource:
    if resource.type != tokens.NODE_GROUP:
        return resource
    busiest = max(planned[resource.named("labels", tokens.POOL_LABEL) or ""])
    return replace(resource, inputs={**resource.inputs, "scalingConfig": {"minSize": 2 * busiest, "maxSize": 99}})


def _verdict(stack: str, of: list[Resource], first: Month, months: int) -> CeilingVerdict:
    name, _, region = stack.partition("-")
    environment = load_environment(name)
    fleet = FLEET.restricted(environment.regions)
    found = bills(of, fleet, fleet.region(region) if region else None, first, TARIFF, months)
    return judge(found, environment.monthly_ceilings_usd[region or GLOBAL], stack)
