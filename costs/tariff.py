"""What prices resources besides where and when they are: price books, usage, and what is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from costs.free import load_free
from costs.prices import PriceBooks, load_price_books
from costs.usage import Usage, load_usage


@dataclass(frozen=True, slots=True)
class Tariff:
    """The three data files of this package, read."""

    books: PriceBooks
    usage: Usage
    free: Mapping[str, str]
    """Why a type costs nothing of its own, by type."""


def load_tariff() -> Tariff:
    """Read the package's own files.

    Raises:
        CostDataError: one of them holds mistakes.
    """
    return Tariff(load_price_books(), load_usage(), load_free())
