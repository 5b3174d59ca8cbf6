"""Kubernetes quantities by value: "1k" is "1000" and "500m" is "0.5", in whichever form the API server has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_DECIMAL = {suffix: Decimal(10) ** power for suffix, power in zip("num kMGTPE", range(-9, 19, 3), strict=True)}
_BINARY = {f"{letter}i": Decimal(2) ** (10 * place) for place, letter in enumerate("KMGTPE", 1)}
_FACTORS = {**{suffix.strip(): factor for suffix, factor in _DECIMAL.items()}, **_BINARY}
_QUANTITY = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)(?P<suffix>[a-zA-Z]*)", re.ASCII)
_FIELDS = ("averageValue", "value")
"""The fields of an HPA's target that are quantities."""


def quantity(text: str) -> Decimal:
    """Return a quantity in its base unit, exactly.

    Raises:
        ValueError: it is none.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None or found["suffix"] not in _FACTORS:
        raise ValueError(f"{text!r} is no quantity such as '500m', '2', '1e3' or '512Mi'")
    return Decimal(found["number"]) * _FACTORS[found["suffix"]]


def same(one: object, other: object) -> bool:
    """Tell whether two parts of an HPA's metrics list mean the same: quantities by value, all else as it is written."""
    return _by_value(one) == _by_value(other)


def _by_value(part: object) -> object:
    if isinstance(part, Mapping):
        return {name: _number(value) if name in _FIELDS else _by_value(value) for name, value in part.items()}
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [_by_value(each) for each in part]
    return part


def _number(value: object) -> object:
    """A quantity as a number; what is none stays as it is, and is the same as itself alone."""
    try:
        return quantity(value) if isinstance(value, str) else value
    except ValueError:
        return value
