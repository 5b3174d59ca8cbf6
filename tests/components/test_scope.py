"""Names stay within a service's limit, and stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.scope import Scope

_LONGEST = Scope("e" * 12, "r" * 24)


def test_a_name_says_environment_and_region() -> None:
    assert Scope("prod", "us-east-1").name("cache") == "wedsync-prod-us-east-1-cache"
    assert Scope("prod").name() == "wedsync-prod"


@pytest.mark.parametrize("limit", [32, 40, 63])
def test_a_long_name_is_cut_to_the_limit(limit: int) -> None:
    name = _LONGEST.name("a-purpose-that-is-long", limit)
    assert len(name) <= limit
    assert name.startswith("wedsync-eeeeeeeeeeee")


@given(st.sets(st.text("abc-", min_size=1, max_size=60).map(lambda s: s.strip("-")), min_size=2, max_size=20))
def test_different_purposes_keep_different_names(purposes: set[str]) -> None:
    names = {_LONGEST.name(purpose, 40) for purpose in purposes}
    assert len(names) == len(purposes)
    assert all(len(name) <= 40 and not name.endswith("-") for name in names)
