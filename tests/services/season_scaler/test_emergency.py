"""The emergency flag: until its end, and for as long as it cannot be understood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.season_scaler.emergency import NONE, emergency
from tests.services.season_scaler.states import NOW

MOMENT = timedelta(microseconds=1)


def test_without_a_flag_there_is_none() -> None:
    assert emergency(None, NOW) == NONE


@pytest.mark.parametrize("until", ["2026-06-13T09:00:00Z", "2026-06-13T11:00:00+02:00"])
def test_it_ends_at_its_end(until: str) -> None:
    data = {"active_until": until, "reason": " storm "}
    assert emergency(data, NOW) == NONE
    before = emergency(data, NOW - MOMENT)
    assert (before.active, before.sound) == (True, True)
    assert before.sentence == f"An emergency is declared until {until}: storm."


def test_a_reason_may_be_missing() -> None:
    assert emergency({"active_until": "2027-01-01T00:00:00Z"}, NOW).sentence.endswith(": no reason.")


@pytest.mark.parametrize("until", ["", "soon", "2026-06-13", "2020-01-01T00:00:00", "2026-06-13T25:00:00Z"])
def test_what_cannot_be_understood_counts_as_active_and_says_how_to_correct_it(until: str) -> None:
    flag = emergency({"active_until": until, "reason": "storm"}, NOW)
    assert (flag.active, flag.sound) == (True, False)
    assert flag.sentence == (
        f"The emergency flag's active_until is {until!r}: write an instant with its offset, such as"
        " 2026-11-28T18:00:00Z. Until then an emergency is assumed."
    )


def test_a_flag_without_an_end_counts_as_active() -> None:
    assert not emergency({}, NOW).sound
    assert emergency({}, NOW).active
