"""Months of a bill, and how much of one a season plan asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.basis import region_basis, shared_basis
from costs.months import Month, parse_month
from costs.seasonal_use import seasonal_use, unplanned
from regions.load import load_fleet
from regions.node_pools import pool_plans
from seasons.intervals import Interval
from seasons.plan import plans
from tests.costs.bill import BOOKS, USAGE, season

FLEET = load_fleet()
HOME = FLEET.region("us-east-1")
_TINY = Decimal("1e-9")
JULY, FEBRUARY = Month(2026, 7), Month(2027, 2)


def test_a_month() -> None:
    assert parse_month("2026-11") == Month(2026, 11)
    assert str(Month(2026, 2)) == "2026-02"
    assert Month(2026, 12).during == Interval(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert [month.hours for month in (Month(2026, 2), Month(2028, 2), Month(2026, 11), Month(2026, 12))] == [
        672,
        696,
        720,
        744,
    ]
    assert Month(2026, 12).next() == Month(2027, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-01", "2026-11-01", "", "9999-12", "0000-01"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="is no month; write it as 2026-11"):
        parse_month(text)


@pytest.mark.parametrize("month", [JULY, FEBRUARY])
def test_the_plans_hours_are_the_months(month: Month) -> None:
    use = seasonal_use(FLEET, HOME, month)
    assert use.hours == month.hours
    assert abs(sum(use.acu.values()) - month.hours) < _TINY
    assert use.nodes.keys() == pool_plans(FLEET.workloads, 3).keys()
    assert all(abs(sum(by_count.values()) - month.hours) < _TINY for by_count in use.nodes.values())


def test_a_plans_hours_are_those_of_its_pieces() -> None:
    """Counted the long way: the plan of every hour, one after the other."""
    total, nodes = Decimal(0), Decimal(0)
    for plan in plans(FLEET, HOME, JULY.during):
        hours = Decimal((plan.during.end - plan.during.start).total_seconds()) / 3600
        total += hours * Decimal(str(plan.min_acu))
        nodes += hours * plan.nodes["general"]
    use = seasonal_use(FLEET, HOME, JULY)
    most = Decimal(1000)
    assert abs(use.acu_hours(Decimal(0), most) - total) < _TINY
    assert abs(use.node_hours("general", Decimal(0)) - nodes) < _TINY


def test_the_season_needs_more_than_the_off_season() -> None:
    busy, quiet = (seasonal_use(FLEET, HOME, month) for month in (JULY, Month(2027, 4)))
    assert busy.acu_hours(Decimal(0), Decimal(64)) > quiet.acu_hours(Decimal(0), Decimal(64))
    for pool in busy.nodes:
        assert busy.node_hours(pool, Decimal(0)) >= quiet.node_hours(pool, Decimal(0))


def test_without_a_plan_what_is_declared_runs() -> None:
    use = unplanned(Decimal(720))
    assert use.acu_hours(Decimal(4), Decimal(64)) == 2880
    assert use.node_hours("general", Decimal(6)) == 4320


@given(least=st.integers(min_value=0, max_value=64), more=st.integers(min_value=0, max_value=64))
def test_capacity_lies_between_what_is_declared(least: int, more: int) -> None:
    use = season({"4": "600", "32": "120"})
    low, high = Decimal(least), Decimal(least + more)
    assert low * 720 <= use.acu_hours(low, high) <= high * 720


def test_what_an_estimate_rests_on() -> None:
    own = region_basis(FLEET, HOME, JULY, BOOKS, USAGE)
    assert (own.aws_region, own.home, own.season.hours) == ("us-east-1", "us-east-1", 744)
    assert own.share == Decimal(str(FLEET.traffic_share(HOME)))
    rate = Decimal(str(FLEET.workloads.demand.mean_operations_per_second))
    assert own.monthly_operations == rate * 744 * 3600
    shared = shared_basis(FLEET, JULY, BOOKS, USAGE)
    assert (shared.share, shared.season.acu, shared.aws_region) == (1, {}, FLEET.home)
