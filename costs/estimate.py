"""What resources cost in a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from costs.basis import Basis
from costs.errors import CannotPriceError
from costs.free import free_reason
from costs.lines import Estimate, Line, Unpriced
from costs.pricers import PRICERS
from costs.quote import Quote
from costs.resources import Resource


def estimate(resources: Sequence[Resource], basis: Basis, free: Mapping[str, str]) -> Estimate:
    """Return the lines of all resources in their order, and what cannot be priced.

    Args:
        resources: of one stack, all of them: some are priced by what others say.
        basis: month, prices, usage and season.
        free: types that cost nothing of their own, with the reason (`costs.free.load_free`).
    """
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    others = _by_type(resources)
    for resource in resources:
        try:
            lines += _lines(Quote(resource, others, basis), free)
        except CannotPriceError as error:
            unpriced.append(Unpriced(resource.label, str(error)))
    return Estimate(lines, unpriced)


def _lines(quote: Quote, free: Mapping[str, str]) -> Sequence[Line]:
    pricer = PRICERS.get(quote.resource.type)
    if pricer:
        return list(pricer(quote))
    if free_reason(free, quote.resource.type) is None:
        raise CannotPriceError(f"nothing in costs/ knows what {quote.resource.type} costs")
    return ()


def _by_type(resources: Sequence[Resource]) -> Mapping[str, Sequence[Resource]]:
    by_type: dict[str, list[Resource]] = {}
    for resource in resources:
        by_type.setdefault(resource.type, []).append(resource)
    return by_type
