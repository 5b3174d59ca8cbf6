"""What a change does to the bill, and when that is too much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.lines import Unpriced
from costs.months import Month
from costs.tariff import Tariff, load_tariff
from delivery.deploy.cost_change import CostChange, busiest, cost_change, usd
from delivery.deploy.events import Event
from delivery.deploy.preview import preview_of
from regions.load import load_fleet
from tests.delivery.deploy.bills import bill
from tests.delivery.deploy.stream import KEY, STACK, step

JULY, AUGUST = Month(2026, 7), Month(2026, 8)
MONEY = st.decimals(0, 100_000, places=2)


def change(before: Decimal | int, after: Decimal | int) -> CostChange:
    return CostChange((bill(JULY, before),), (bill(JULY, after),))


@pytest.fixture(scope="module")
def tariff() -> Tariff:
    return load_tariff()


def of(tariff: Tariff, *events: Event) -> CostChange:
    fleet = load_fleet()
    return cost_change(preview_of(STACK, events), fleet, fleet.region("us-east-1"), JULY, tariff)


@given(MONEY.filter(bool), st.integers(0, 1000))
def test_exactly_what_is_allowed_is_allowed_and_a_cent_more_is_not(before: Decimal, percent: int) -> None:
    most = before * (100 + percent) / 100
    assert change(before, most).refusal(percent, "prod") is None
    assert change(before, most + Decimal("0.01")).refusal(percent, "prod") is not None


@given(MONEY, MONEY)
def test_the_increase_is_of_the_busiest_months(before: Decimal, after: Decimal) -> None:
    quiet = bill(JULY, 0)
    found = CostChange((quiet, bill(AUGUST, before)), (bill(JULY, after), bill(AUGUST, 0)))
    if before == 0:
        assert found.increase_percent is None
    else:
        assert found.increase_percent == (after - before) / before * 100


def test_a_new_stack_and_one_that_cost_nothing_have_no_increase() -> None:
    assert CostChange((), (bill(JULY, 900),)).refusal(0, "prod") is None
    assert change(0, 900).refusal(0, "prod") is None


def test_a_refusal_says_when_how_much_and_what_grew() -> None:
    found = CostChange((bill(JULY, 100, 50, 7), bill(AUGUST, 20)), (bill(JULY, 100, 90, 8, 2), bill(AUGUST, 20)))
    assert found.refusal(20, "prod") == (
        "Cost: the busiest month would be 2026-07 with 200.00 $, 27 % more than 2026-07 with 157.00 $ now; one change"
        " may raise it by 20 %. What grows most: aws:x/y:Z::1 by 40.00 $; aws:x/y:Z::3 by 2.00 $; aws:x/y:Z::2 by"
        " 1.00 $. Make it smaller, or raise max_cost_increase_percent in Pulumi.prod.yaml with the same review."
    )


def test_of_months_that_cost_the_same_the_first_is_the_busiest() -> None:
    found = busiest((bill(JULY, 5), bill(AUGUST, 5)))
    assert found is not None
    assert found.month == JULY
    assert usd(busiest(())) == 0


def test_what_has_no_price_is_named_once() -> None:
    thing = Unpriced("aws:x/y:Z::0", "nobody knows")
    bills = tuple(bill(month, unpriced=(thing,)) for month in (JULY, AUGUST))
    assert CostChange((), bills).unpriced == (thing,)


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        (("create", None, {}), 0, 1),
        (("same", {}, {}), 1, 1),
        (("update", {}, {}), 1, 1),
        (("replace", {}, {}), 1, 1),
        (("delete", {}, {}), 1, 0),
    ],
)
def test_old_inputs_are_before_and_new_ones_after(tariff: Tariff, event: Any, before: int, after: int) -> None:
    """A key costs a dollar, and its requests."""
    op, old, new = event
    found = of(tariff, step(op, KEY, "key", old, new))
    assert [len(found.before) // 12, len(found.after) // 12] == [before, after]
    assert all(usd(each) >= 1 for each in (*found.before, *found.after))


def test_to_make_again_what_somebody_deleted_is_no_jump(tariff: Tariff) -> None:
    found = of(tariff, step("refresh", KEY, "key", {}), step("create", KEY, "key", None, {}))
    assert found.increase_percent == 0


def test_prices_are_those_of_the_providers_region(tariff: Tariff) -> None:
    """An attachment to a transit gateway costs more in Singapore."""
    attachment = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"

    def cost(aws_region: str) -> Decimal:
        provider = step("create", "pulumi:providers:aws", "aws", None, {"region": aws_region})
        return usd(of(tariff, provider, step("create", attachment, "backbone", None, {})).after[0])

    assert cost("ap-southeast-1") > cost("us-east-1") > 0
