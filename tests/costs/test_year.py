"""Bills month after month."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from costs import tokens
from costs.basis import region_basis, shared_basis
from costs.estimate import estimate
from costs.months import Month
from costs.resources import Resource
from costs.tariff import Tariff, load_tariff
from costs.year import bills
from regions.load import load_fleet
from tests.costs.bill import cluster, instance

FLEET = load_fleet()
TARIFF: Tariff = load_tariff()
EAST = FLEET.region("us-east-1")
RESOURCES = [cluster(), instance(), Resource(tokens.KUBERNETES_CLUSTER, "cluster", {})]


def test_months_follow_each_other_over_the_turn_of_the_year() -> None:
    found = bills(RESOURCES, FLEET, EAST, Month(2026, 11), TARIFF)
    assert [str(each.month) for each in found][:3] == ["2026-11", "2026-12", "2027-01"]
    assert len(found) == 12
    assert str(found[-1].month) == "2027-10"


def test_each_is_the_estimate_of_its_month() -> None:
    july, august = bills(RESOURCES, FLEET, EAST, Month(2027, 7), TARIFF, months=2)
    for found, month in ((july, Month(2027, 7)), (august, Month(2027, 8))):
        on = region_basis(FLEET, EAST, month, TARIFF.books, TARIFF.usage)
        assert found.estimate == estimate(RESOURCES, on, TARIFF.free)
    assert july.estimate.total_usd != august.estimate.total_usd


def test_without_a_region_it_is_the_global_stacks() -> None:
    (found,) = bills(RESOURCES, FLEET, None, Month(2027, 7), TARIFF, months=1)
    on = shared_basis(FLEET, Month(2027, 7), TARIFF.books, TARIFF.usage)
    assert found.estimate == estimate(RESOURCES, on, TARIFF.free)


def test_a_regions_part_is_of_the_fleet_that_is_given() -> None:
    """An environment of two regions has the traffic of two: the same region costs more in it."""
    whole = [Resource(tokens.NETWORK, "network", {})]
    alone = FLEET.restricted(["us-east-1", "us-west-1"])
    of_four, of_two = (
        bills(whole, fleet, fleet.region("us-east-1"), Month(2027, 7), TARIFF, months=1)[0].estimate.total_usd
        for fleet in (FLEET, alone)
    )
    assert of_two > of_four


@given(first=st.builds(Month, st.integers(2000, 2100), st.integers(1, 12)), count=st.integers(1, 30))
def test_clusters_cost_their_hours(first: Month, count: int) -> None:
    found = bills(RESOURCES[2:], FLEET, None, first, TARIFF, months=count)
    hours = sum((each.month.hours for each in found), start=Decimal(0))
    price = TARIFF.books.price("us-east-1", "eks.cluster").usd
    assert sum((each.estimate.total_usd for each in found), start=Decimal(0)) == hours * price
    assert [each.month for each in found] == sorted({each.month for each in found})
