"""The off-season's saving in money, worked out by hand, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.lines import Estimate, Line
from costs.months import Month
from costs.off_season import Means, off_season, together
from costs.year import MonthlyBill
from regions.load import load_fleet

FLEET = load_fleet()
EAST = FLEET.region("us-east-1")  # season May to October, engagement December to February
USD = st.decimals(min_value=0, max_value=10_000, places=2)


def bill(number: int, costs: Mapping[str, Decimal | str]) -> MonthlyBill:
    lines = [
        Line(f"aws:a/b:{kind}::x", "hours", Decimal(usd), "hour", Decimal(1), "", "https://example.org")
        for kind, usd in costs.items()
    ]
    return MonthlyBill(Month(2027, number), Estimate(lines, []))


def year(by_month: Mapping[int, Mapping[str, Decimal | str]]) -> list[MonthlyBill]:
    return [bill(number, costs) for number, costs in by_month.items()]


def test_means_of_season_and_off_season_without_engagement() -> None:
    bills = year(
        {
            1: {"Nodes": "5000"},  # engagement season
            3: {"Nodes": "60", "Nat": "40"},
            4: {"Nodes": "80", "Nat": "40"},
            6: {"Nodes": "160", "Nat": "40"},
            7: {"Nodes": "200", "Nat": "40"},
        }
    )
    found = off_season(bills, EAST)
    assert found is not None
    # (200 + 240) / 2 in season, (100 + 120) / 2 off season
    assert (found.total.season_usd, found.total.off_season_usd) == (220, 110)
    assert found.total.share == Decimal("0.5")
    assert found.total.met
    assert dict(found.by_kind) == {
        "Nodes: hours": Means(Decimal(180), Decimal(70)),
        "Nat: hours": Means(Decimal(40), Decimal(40)),
    }
    # 40 is 16 above the 24 that the goal leaves; nodes are below theirs
    assert [(kind, means.above_goal_usd) for kind, means in found.held_back] == [("Nat: hours", 16)]


def test_what_holds_back_is_sorted_and_is_the_gap() -> None:
    found = off_season(year({3: {"A": "90", "B": "99", "C": "1"}, 6: {"A": "100", "B": "100"}}), EAST)
    assert found is not None
    assert not found.total.met
    assert [kind for kind, _ in found.held_back] == ["B: hours", "A: hours", "C: hours"]
    assert sum(means.above_goal_usd for _, means in found.held_back) == found.total.above_goal_usd == 70


@pytest.mark.parametrize("months", [(1,), (6, 7), (3, 11), (1, 6)])
def test_months_of_one_kind_say_nothing(months: tuple[int, ...]) -> None:
    assert off_season(year({number: {"A": "1"} for number in months}), EAST) is None


def test_the_goal_itself_is_met() -> None:
    assert Means(Decimal(100), Decimal(60)).met
    assert not Means(Decimal(100), Decimal("60.01")).met
    assert Means(Decimal(0), Decimal(0)).share == 0


def test_the_fleet_is_the_sum_each_by_its_own_season() -> None:
    asia = FLEET.region("asia-pacific-1")  # off season from June to August
    bills = year({number: {"A": str(number)} for number in range(1, 13)})
    east_part, asia_part = off_season(bills, EAST), off_season(bills, asia)
    assert east_part is not None
    assert asia_part is not None
    whole = together([(bills, None), (bills, EAST), (bills, asia)])
    year_mean = Decimal("6.5")  # what has no season costs the same on both sides
    assert whole.total.season_usd == year_mean + east_part.total.season_usd + asia_part.total.season_usd
    assert whole.total.off_season_usd == year_mean + east_part.total.off_season_usd + asia_part.total.off_season_usd
    assert asia_part.total.off_season_usd == 7


@given(st.dictionaries(st.sampled_from([3, 4, 5, 6, 11]), st.fixed_dictionaries({"A": USD, "B": USD}), min_size=5))
def test_kinds_sum_to_the_total_and_above_goal_to_the_gap(by_month: dict[int, dict[str, Decimal]]) -> None:
    found = off_season(year(by_month), EAST)
    assert found is not None
    kinds = found.by_kind.values()
    assert sum(each.season_usd for each in kinds) == found.total.season_usd
    assert sum(each.off_season_usd for each in kinds) == found.total.off_season_usd
    gap = sum(each.above_goal_usd for each in kinds)
    assert abs(gap - found.total.above_goal_usd) < Decimal("1e-20")
    assert found.total.met == (
        found.total.season_usd > 0 and found.total.off_season_usd * 10 <= found.total.season_usd * 6
    )
