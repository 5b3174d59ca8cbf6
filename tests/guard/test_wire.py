"""SSH's encodings: one value has one form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.wire import Reader, WireError, string
from tests.guard.signing import mpint


@settings(deadline=None)
@given(st.integers(1, 1 << 600))
def test_a_positive_number_is_read(number: int) -> None:
    reader = Reader(mpint(number))
    assert reader.positive() == number
    reader.end()


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0", b"\0\x7f", b"\0\0\x80", b"\x80", b"\xff\x01"])
def test_another_form_of_a_number_and_what_is_not_positive_is_refused(data: bytes) -> None:
    with pytest.raises(WireError, match="not a positive one in its shortest form"):
        Reader(string(data)).positive()


@settings(deadline=None)
@given(st.lists(st.binary()))
def test_strings_are_read_in_order_until_the_end(values: list[bytes]) -> None:
    reader = Reader(b"".join(map(string, values)))
    assert [reader.string() for _ in values] == values
    reader.end()
    with pytest.raises(WireError, match="it ends too early"):
        reader.take(1)


@settings(deadline=None)
@given(st.binary(min_size=1), st.integers(0, 3))
def test_what_is_cut_off_is_refused(data: bytes, kept: int) -> None:
    whole = string(data)
    with pytest.raises(WireError, match="it ends too early"):
        Reader(whole[:-1]).string()
    with pytest.raises(WireError, match="it ends too early"):
        Reader(whole[:kept]).uint32()
    with pytest.raises(WireError, match="something follows its end"):
        Reader(whole).end()
