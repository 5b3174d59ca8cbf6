"""Quantities are compared by value: the same target in another form is no difference."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.season_scaler.quantities import quantity, same

# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
POWERS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1k", "1000"),
        ("500m", "0.5"),
        ("1Ki", "1024"),
        ("1e3", "1000"),
        ("1E3", "1k"),
        ("2.5e-1", "250m"),
        ("1E", "1000P"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+1", "1"),
        ("-1500m", "-1.5"),
        ("100u", "100000n"),
    ],
)
def test_forms_of_one_value(one: str, other: str) -> None:
    assert quantity(one) == quantity(other)


@pytest.mark.parametrize(
    "text",
    ["", "k", "1K", "1kk", "1 k", "1e", "1e3k9", "--1", "1.2.3", "ten", "1mi", "1e9999", "\N{ARABIC-INDIC DIGIT ONE}"],
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity such as"):
        quantity(text)


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(POWERS)))
def test_decimal_suffixes_are_powers_of_ten_exactly(number: int, suffix: str) -> None:
    value = Decimal(number).scaleb(POWERS[suffix])
    assert quantity(f"{number}{suffix}") == value == quantity(f"{number}e{POWERS[suffix]}")


@given(st.integers(0, 10**9), st.sampled_from(sorted(BINARY)))
def test_binary_suffixes_are_powers_of_two_exactly(number: int, suffix: str) -> None:
    assert quantity(f"{number}{suffix}") == number * 2 ** BINARY[suffix]


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_different_values_are_different(one: int, other: int) -> None:
    assert (quantity(f"{one}n") == quantity(f"{other}n")) == (one == other)


def pods(average: object) -> list[dict[str, object]]:
    return [{"type": "Pods", "pods": {"metric": {"name": "10"}, "target": {"averageValue": average}}}]


def test_only_quantities_are_compared_by_value() -> None:
    assert same(pods("10"), pods("10000m"))
    assert not same(pods("10"), pods("10m"))
    assert not same(pods("10"), [{**pods("10")[0], "type": "pods"}])
    renamed = [{"type": "Pods", "pods": {"metric": {"name": "10000m"}, "target": {"averageValue": "10"}}}]
    assert not same(pods("10"), renamed)
    assert same(tuple(pods("10")), pods("10"))
    assert not same(pods("10"), pods("10") * 2)


def test_what_makes_no_sense_is_the_same_as_itself_alone() -> None:
    assert same(pods("many"), pods("many"))
    assert not same(pods("many"), pods("10"))
    assert not same(pods(None), pods("10"))
