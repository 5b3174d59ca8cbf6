"""Days and instants as they are written, and what is said about wrong ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.instants import iso, parse_day_or_instant, parse_instant
from delivery.steps import InputError
from seasons.local_days import NaiveInstantError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-28T18:30:00Z", datetime(2026, 11, 28, 18, 30, tzinfo=UTC)),
        ("2026-11-28T18:30Z", datetime(2026, 11, 28, 18, 30, tzinfo=UTC)),
        ("2026-11-28 18:30+05:45", datetime(2026, 11, 28, 12, 45, tzinfo=UTC)),
        ("2026-11-28T18:30:15.25-03:30", datetime(2026, 11, 28, 22, 0, 15, 250_000, tzinfo=UTC)),
        ("2028-02-29T00:00Z", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_an_instant_is_told_in_utc(text: str, expected: datetime) -> None:
    for parsed in (parse_instant(text), parse_day_or_instant(text)):
        assert parsed == expected
        assert parsed.tzinfo is UTC


def test_a_day_means_its_first_instant_in_utc() -> None:
    assert parse_day_or_instant("2026-11-28") == datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-28T18:30", "write 2026-11-28T18:30:00Z, or 2026-11-28T18:30:00+01:00 with the offset you mean"),
        ("0001-01-01T00:00+02:00", "is outside of the years 1900 to 2199"),
        ("9999-12-31T23:00-02:00", "is outside of the years 1900 to 2199"),
        ("2200-01-01T00:00Z", "is outside of the years 1900 to 2199"),
    ],
)
def test_what_is_no_instant_is_told_with_the_fix(text: str, said: str) -> None:
    for parse in (parse_instant, parse_day_or_instant):
        with pytest.raises(InputError, match=re.escape(repr(text))) as caught:
            parse(text)
        assert said in str(caught.value)


@pytest.mark.parametrize("text", ["2026-11-28T25:00Z", "2026-02-29", "saturday", ""])
def test_what_is_neither_is_told_with_what_is_allowed(text: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"{text!r} is no instant: write it as 2026-11-28T18:30:00Z or")):
        parse_instant(text)
    says = f"{text!r} is neither a day nor an instant: write it as 2026-11-28 or 2026-11-28T18:30:00Z."
    with pytest.raises(InputError, match=re.escape(says)):
        parse_day_or_instant(text)


def test_a_day_is_no_instant() -> None:
    with pytest.raises(InputError, match=r"no offset from UTC: write 2026-11-28T00:00:00Z"):
        parse_instant("2026-11-28")


@pytest.mark.parametrize("text", ["1899-12-31", "2200-01-01", "9999-12-31"])
def test_days_of_far_years_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="outside of the years 1900 to 2199"):
        parse_day_or_instant(text)


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.integers(-23, 23),
)
def test_what_is_printed_is_read_as_the_same(instant: datetime, hours: int) -> None:
    printed = iso(instant.astimezone(UTC) + timedelta(hours=hours))
    assert printed.endswith("Z")
    assert parse_instant(printed) == instant + timedelta(hours=hours)


def test_instants_without_an_offset_are_not_printed() -> None:
    with pytest.raises(NaiveInstantError):
        iso(datetime(2026, 11, 28))  # noqa: DTZ001 - that is the point
