"""The price book covers what the fleet needs, and says where each price comes from."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from costs.errors import CannotPriceError, CostDataError
from costs.items import Item, WorldwideItem, instance_key, needed, node_key, unit_of
from costs.prices import WORLDWIDE, PriceBooks, load_price_books
from regions.load import load_fleet
from tests.costs.bill import BOOKS

FLEET = load_fleet()
ALL = load_price_books()
GOOD = """\
prices:
  eks.cluster: { value: "0.10", unit: hour, date: 2026-11-01, source: https://aws.amazon.com/eks/pricing/ }
"""


@pytest.mark.parametrize("aws_region", FLEET.aws_regions)
def test_every_price_that_a_region_of_the_fleet_needs(aws_region: str) -> None:
    assert ALL.missing(aws_region, tuple(needed(FLEET, aws_region))) == ()


def test_the_fifth_regions_prices() -> None:
    # tests/data/sa-east-1.yaml has a cache of this type.
    assert ALL.missing("sa-east-1", (*needed(FLEET, "sa-east-1"), node_key("cache.r7g.large"))) == ()


def test_what_the_fleet_needs() -> None:
    keys = set(needed(FLEET, "ap-southeast-1"))
    assert {"ec2.m6i.2xlarge", "ec2.c6i.2xlarge", "elasticache.cache.m7g.large"} <= keys
    assert "elasticache.cache.r7g.large" not in keys
    assert set(Item) <= keys


def test_every_worldwide_price() -> None:
    assert ALL.missing(WORLDWIDE, tuple(WorldwideItem)) == ()


def test_a_book_without_a_price_misses_it() -> None:
    assert BOOKS.missing("us-east-1", ("eks.cluster", instance_key("x9.large"))) == ("ec2.x9.large",)
    assert BOOKS.missing("mars-north-1", ("eks.cluster",)) == ("eks.cluster",)


def test_what_is_looked_up() -> None:
    assert str(BOOKS.price("eu-central-1", Item.ACU_HOUR).usd) == "0.14"
    assert str(BOOKS.price("anywhere", WorldwideItem.ZONE).usd) == "0.50"
    with pytest.raises(CannotPriceError, match=r"us-east-1 has no elasticache\.cache\.x9\.large"):
        BOOKS.price("us-east-1", node_key("cache.x9.large"))


def test_prices_and_units_are_plausible() -> None:
    """A price is never free, and what São Paulo sends to other regions is dearest beside N. Virginia's: seven times."""
    home = ALL.books["us-east-1"].prices
    for aws_region, book in ALL.books.items():
        for key, price in book.prices.items():
            assert price.usd > 0, (aws_region, key)
            assert price.unit == unit_of(key)
            if aws_region != WORLDWIDE:
                assert home[key].usd * 9 / 10 <= price.usd <= home[key].usd * 7, (aws_region, key)


def test_none_of_the_home_regions_prices_is_assumed() -> None:
    assert [key for key, price in ALL.books["us-east-1"].prices.items() if price.assumed] == []


def test_books_with_old_and_undated_prices_are_named(tmp_path: Path) -> None:
    (tmp_path / "us-east-1.yaml").write_text(
        GOOD + '  nat.hour: { value: "1", unit: hour, date: null, source: https://example.org }\n'
    )
    books = load_price_books(tmp_path)
    fix = "Look them up again at their sources, in costs/price_book/us-east-1.yaml."
    # 90 days after 1 November is 30 January.
    assert list(books.stale(datetime.date(2027, 1, 30))) == [f"Prices of us-east-1: of 2, 1 bear no date. {fix}"]
    assert list(books.stale(datetime.date(2027, 1, 31))) == [
        f"Prices of us-east-1: of 2, 1 bear no date and 1 are older than 90 days, the oldest of 2026-11-01. {fix}"
    ]


def test_a_book_of_new_prices_is_not_stale(tmp_path: Path) -> None:
    (tmp_path / "us-east-1.yaml").write_text(GOOD)
    assert list(load_price_books(tmp_path).stale(datetime.date(2027, 1, 30))) == []


WRONG = [
    ('value: "0.10"', 'value: "-1"', "value is '-1'"),
    ('value: "0.10"', 'value: "1e3"', "value is '1e3'"),
    ("unit: hour", "unit: GB", "eks.cluster must be in 'hour'"),
    ("eks.cluster", "eks.clutser", "eks.clutser is no key of costs/items.py"),
    ("date: 2026-11-01", "date: yesterday", "date is 'yesterday'"),
    ("date: 2026-11-01, ", "", "date"),
    ("https://aws.amazon.com/eks/pricing/", "an acquaintance", "source is 'an acquaintance'"),
    ("unit: hour", "unit: hour, assumed: true", "an assumed price needs a note"),
    ("unit: hour", "unit: hour, discount: 10", "discount"),
]


@pytest.mark.parametrize(("good", "bad", "sentence"), WRONG)
def test_mistakes_are_refused(tmp_path: Path, good: str, bad: str, sentence: str) -> None:
    assert good in GOOD
    (tmp_path / "us-east-1.yaml").write_text(GOOD)
    assert isinstance(load_price_books(tmp_path), PriceBooks)
    (tmp_path / "us-east-1.yaml").write_text(GOOD.replace(good, bad))
    with pytest.raises(CostDataError, match=sentence):
        load_price_books(tmp_path)


def test_a_price_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "us-east-1.yaml").write_text(GOOD.replace('"0.10"', "0.10"))
    with pytest.raises(CostDataError, match=r"value is 0\.1"):
        load_price_books(tmp_path)


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("prices: []\n")
    (tmp_path / "b.yaml").write_text("[")
    with pytest.raises(CostDataError, match=r"(?s)a\.yaml.*b\.yaml"):
        load_price_books(tmp_path)
