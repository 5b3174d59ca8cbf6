"""When a ceiling is kept, nearly reached or broken, and how that is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.ceiling import judge
from costs.lines import Estimate, Line, Unpriced
from costs.months import Month
from costs.year import MonthlyBill

JULY, AUGUST = Month(2027, 7), Month(2027, 8)
STACK = "prod-eu-central-1"
CENTS = st.decimals(min_value=0, max_value=100_000, places=2)


def line(usd: Decimal | str, resource: str = "aws:a/b:B::b", item: str = "capacity") -> Line:
    return Line(resource, item, Decimal(usd), "hour", Decimal(1), "said", "https://example.org")


def bill(month: Month, *usd: Decimal | str, unpriced: tuple[Unpriced, ...] = ()) -> MonthlyBill:
    lines = [line(each, f"aws:a/b:B::{place}") for place, each in enumerate(usd)]
    return MonthlyBill(month, Estimate(lines, unpriced))


@pytest.mark.parametrize(
    ("usd", "level"),
    [("0", "within"), ("800", "within"), ("800.01", "near"), ("1000", "near"), ("1000.0001", "over")],
)
def test_the_edges(usd: str, level: str) -> None:
    assert judge([bill(JULY, usd)], 1000, STACK).level == level


@given(ceiling=st.integers(min_value=1, max_value=10**6), usd=CENTS)
def test_levels_are_those_of_exact_parts(ceiling: int, usd: Decimal) -> None:
    verdict = judge([bill(JULY, usd)], ceiling, STACK)
    share = usd / ceiling
    if verdict.level == "over":
        assert usd > ceiling
    else:
        assert usd <= ceiling
        assert (verdict.level == "near") == (usd * 5 > ceiling * 4), share


@given(ceiling=st.integers(min_value=1, max_value=10**6))
def test_exactly_at_the_edges(ceiling: int) -> None:
    assert judge([bill(JULY, Decimal(ceiling))], ceiling, STACK).level == "near"
    assert judge([bill(JULY, Decimal(ceiling) * 4 / 5)], ceiling, STACK).level == "within"


@given(totals=st.lists(CENTS, min_size=1, max_size=12), ceiling=st.integers(min_value=1, max_value=10**5))
def test_the_dearest_month_decides(totals: list[Decimal], ceiling: int) -> None:
    months = [Month(2027, 1)]
    while len(months) < len(totals):
        months.append(months[-1].next())
    verdict = judge([bill(month, usd) for month, usd in zip(months, totals, strict=True)], ceiling, STACK)
    assert verdict.worst_usd == max(totals)
    assert verdict.worst.month == months[totals.index(max(totals))]
    assert verdict.level == judge([bill(JULY, max(totals))], ceiling, STACK).level


def test_what_is_said_of_a_ceiling_that_is_kept() -> None:
    verdict = judge([bill(JULY, "300"), bill(AUGUST, "400")], 1000, STACK)
    assert verdict.sentences == (
        "prod-eu-central-1: its dearest month, 2027-08, costs 400.00 $, 40.0% of its ceiling of 1,000 $.",
    )


def test_what_is_said_of_one_that_is_broken() -> None:
    lines = [
        line("900", "a::x"),
        line("50", "a::y"),
        line("10", "a::x", "storage"),
        line("70", "a::z"),
        line("1", "a::w"),
    ]
    verdict = judge([MonthlyBill(JULY, Estimate(lines, []))], 1000, STACK)
    assert verdict.sentences == (
        "prod-eu-central-1: 2027-07 costs 1,031.00 $, 31.00 $ more than its ceiling of 1,000 $.",
        "What costs most: a::x 910.00 $; a::z 70.00 $; a::y 50.00 $.",
        "Make it smaller, or raise monthly_ceilings_usd in Pulumi.prod.yaml.",
    )


def test_what_is_said_of_one_that_is_near() -> None:
    says = judge([bill(JULY, "900")], 1000, STACK).sentences
    assert says[0] == "prod-eu-central-1: 2027-07 costs 900.00 $, 90.0% of its ceiling of 1,000 $."
    assert "raise monthly_ceilings_usd in Pulumi.prod.yaml" in says[-1]


def test_what_cannot_be_priced_is_over_and_named_once() -> None:
    unknown = Unpriced("aws:x/y:Y::z", "nodeType is not known yet")
    bills = [bill(JULY, "1", unpriced=(unknown,)), bill(AUGUST, "2", unpriced=(unknown,))]
    verdict = judge(bills, 1000, STACK)
    assert verdict.level == "over"
    assert verdict.unpriced == (unknown,)
    assert verdict.sentences[0].startswith("prod-eu-central-1: 1 of its resources cannot be priced, so nobody knows")
    assert verdict.sentences[1] == "aws:x/y:Y::z: nodeType is not known yet."
    assert verdict.sentences[2].endswith("costs 2.00 $, 0.2% of its ceiling of 1,000 $.")


@pytest.mark.parametrize(("bills", "ceiling"), [([], 1000), ([bill(JULY, "1")], 0)])
def test_nothing_to_judge_is_refused(bills: list[MonthlyBill], ceiling: int) -> None:
    with pytest.raises(ValueError, match="there must be some of both"):
        judge(bills, ceiling, STACK)
