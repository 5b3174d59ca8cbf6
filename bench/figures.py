"""Figures as the benchmarks print them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def spread(label: str, values: Sequence[float], unit: str) -> str:
    """One line: smallest, median and largest of `values`."""
    return f"{label}: min {min(values):.2f} {unit}, median {median(values):.2f} {unit}, max {max(values):.2f} {unit}"


def verdict(label: str, value: float, target: float, unit: str = "") -> str:
    """One line: the target, and whether `value` meets it."""
    met = "met" if value <= target else "MISSED"
    return f"{label}: {value:.3f}{unit}, target <= {target:g}{unit}: {met}"
