"""The price book: costs/price_book/<AWS region>.yaml, each price with the page that says it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from costs.errors import CannotPriceError, CostDataError
from costs.items import WorldwideItem, unit_of
from regions.draft import draft
from regions.model.base import FrozenMapping, Model, Text
from regions.problems import Problem
from regions.yaml_reader import read_yaml

DIRECTORY = Path(__file__).resolve().parent / "price_book"
WORLDWIDE = "worldwide"
"""The book of prices that are the same in all AWS regions."""
OLDEST = datetime.timedelta(days=90)

Usd = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"), Field(examples=["0.12"])]
Url = Annotated[
    str, StringConstraints(pattern=r"^https://[^\s]+$"), Field(examples=["https://aws.amazon.com/efs/pricing/"])
]


class Price(Model):
    """A public price, before taxes, discounts and free allowances."""

    value: Usd = Field(description="US dollars a unit, quoted.")
    unit: Text = Field(description="What it is the price of, e.g. 'ACU-hour'.")
    source: Url = Field(description="The public page that says it.")
    date: datetime.date | None = Field(
        description="The day for which it was said; null where what was read bears no day, or it is assumed."
    )
    assumed: bool = Field(default=False, description="Whether no page was found that says it for this AWS region.")
    note: str | None = Field(default=None, min_length=1, description="Where else it was read, or how it was derived.")

    @model_validator(mode="after")
    def _says_why(self) -> Price:
        if self.assumed and not self.note:
            raise PydanticCustomError("assumed", "an assumed price needs a note: from what, and why")
        return self

    @cached_property
    def usd(self) -> Decimal:
        """US dollars a unit."""
        return Decimal(self.value)


class PriceBook(Model):
    """The prices of one AWS region."""

    prices: FrozenMapping[Price] = Field(description="By key: costs/items.py has them all.")

    @model_validator(mode="after")
    def _units_are_right(self) -> PriceBook:
        for key, price in self.prices.items():
            try:
                unit = unit_of(key)
            except ValueError as error:
                raise PydanticCustomError("key", "{key} is no key of costs/items.py", {"key": key}) from error
            if price.unit != unit:
                raise PydanticCustomError("unit", "{key} must be in '{unit}'", {"key": key, "unit": unit})
        return self


@dataclass(frozen=True, slots=True)
class PriceBooks:
    """All books, by AWS region."""

    books: Mapping[str, PriceBook]

    def price(self, aws_region: str, key: str) -> Price:
        """Return a price in an AWS region.

        Raises:
            CannotPriceError: the book has none.
        """
        book = self.books.get(WORLDWIDE if key in _WORLDWIDE_KEYS else aws_region)
        if book is None:
            raise CannotPriceError(f"there is no price book for {aws_region}")
        if key not in book.prices:
            raise CannotPriceError(f"the price book of {aws_region} has no {key}")
        return book.prices[key]

    def missing(self, aws_region: str, keys: Collection[str]) -> tuple[str, ...]:
        """Return which of these keys the AWS region's book lacks."""
        book = self.books.get(aws_region)
        return tuple(key for key in keys if book is None or key not in book.prices)

    def stale(self, on: datetime.date) -> Iterator[str]:
        """Yield a sentence for each book with prices that on this day are older than 90 days, or bear no day."""
        for name, book in self.books.items():
            dates = [price.date for price in book.prices.values()]
            old = [date for date in dates if date and on - date > OLDEST]
            found = [f"{dates.count(None)} bear no date"] if None in dates else []
            found += [f"{len(old)} are older than {OLDEST.days} days, the oldest of {min(old)}"] if old else []
            if found:
                yield (
                    f"Prices of {name}: of {len(dates)}, {' and '.join(found)}."
                    f" Look them up again at their sources, in costs/price_book/{name}.yaml."
                )


_WORLDWIDE_KEYS = frozenset(WorldwideItem)


def load_price_books(directory: Path = DIRECTORY) -> PriceBooks:
    """Read every book of a directory.

    Raises:
        CostDataError: with all mistakes of all files.
    """
    books: dict[str, PriceBook] = {}
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.yaml")):
        label = f"{directory.name}/{path.name}"
        raw, found = read_yaml(path, label)
        problems += found
        if raw is None:
            continue
        result, found = draft(PriceBook, label, path.stem, raw)
        problems += found
        if result.model:
            books[path.stem] = result.model
    if problems:
        raise CostDataError(tuple(problems))
    return PriceBooks(MappingProxyType(books))
