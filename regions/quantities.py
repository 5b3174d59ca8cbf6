"""Kubernetes quantities as numbers: "500m" of CPU is 0.5 cores, "1Gi" of memory is 1073741824 bytes."""

from __future__ import annotations

from decimal import Decimal

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_SUFFIXES = {
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
}


def parse(quantity: str) -> Decimal:
    """Return a quantity in its base unit.

    Raises:
        ValueError: it is none of the form that regions/model/base.py allows.
    """
    suffix = quantity.lstrip("0123456789.")
    number = quantity.removesuffix(suffix)
    if not number or (suffix and suffix not in _SUFFIXES):
        raise ValueError(f"{quantity!r} is no quantity such as '500m', '2' or '512Mi'")
    return Decimal(number) * _SUFFIXES.get(suffix, Decimal(1))


def cores(amount: Decimal) -> str:
    """Write an amount of CPU in thousandths of a core, rounded up."""
    return f"{-(-amount * 1000 // 1)}m"


def mebibytes(amount: Decimal) -> str:
    """Write an amount of memory in MiB, rounded up."""
    return f"{-(-amount // 2**20)}Mi"
