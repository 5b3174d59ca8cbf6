"""One resource with all that its price depends on: what a pricer is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costs.basis import Basis
from costs.errors import CannotPriceError
from costs.lines import Line
from costs.resources import Resource

Tier = tuple[str, Decimal | None]
"""A key of the price book, and how much is paid at its price; None: all the rest."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A resource, the other resources of its stack by type, and the basis."""

    resource: Resource
    others: Mapping[str, Sequence[Resource]]
    basis: Basis

    @property
    def aws_region(self) -> str:
        """Where the resource is."""
        return self.resource.aws_region or self.basis.aws_region

    @property
    def hours(self) -> Decimal:
        """Hours of the month."""
        return self.basis.month.hours

    def line(self, item: str, key: str, quantity: Decimal, assumption: str, aws_region: str | None = None) -> Line:
        """Return a line at the price of a key.

        Args:
            item: what is paid for, in words.
            key: of the price book.
            quantity: in the key's unit.
            assumption: where the quantity comes from.
            aws_region: whose price; None: the resource's.
        Raises:
            CannotPriceError: there is no such price.
        """
        price = self.basis.books.price(aws_region or self.aws_region, key)
        said = f"{assumption}; price assumed: {price.note}" if price.assumed else assumption
        return Line(self.resource.label, item, quantity, price.unit, price.usd, said, price.source)

    def tiers(self, item: str, tiers: Iterable[Tier], quantity: Decimal, assumption: str) -> Iterable[Line]:
        """Yield a line for each tier that is used, and the first one in any case."""
        left, first = quantity, True
        for key, size in tiers:
            part = left if size is None else min(left, size)
            if part or first:
                yield self.line(item, key, part, assumption)
            left, first = left - part, False

    def other(self, type_token: str, matches: Callable[[Resource], bool]) -> Resource | None:
        """Return the first resource of a type in the stack for which a condition holds, or None."""
        return next((each for each in self.others.get(type_token, ()) if matches(each)), None)

    def needed(self, type_token: str, matches: Callable[[Resource], bool], what: str) -> Resource:
        """Return the first resource of a type in the stack for which a condition holds.

        Raises:
            CannotPriceError: there is none; the message says `what` is missing.
        """
        found = self.other(type_token, matches)
        if found is None:
            raise CannotPriceError(f"{what} is not among the resources")
        return found


Pricer = Callable[[Quote], Iterable[Line]]
"""What knows the lines of a type of resource. Raises CannotPriceError where it does not."""


def same(path: str, value: str) -> Callable[[Resource], bool]:
    """Return the condition that the text at a path is this one; what is not known is not the same."""

    def holds(resource: Resource) -> bool:
        try:
            return resource.text(path) == value
        except CannotPriceError:
            return False

    return holds


def percent(part: Decimal) -> Decimal:
    """Return a percentage as a factor."""
    return part / 100


def number(value: Decimal) -> str:
    """Write a number for people, without zeros at its end."""
    return f"{value.normalize():f}"
