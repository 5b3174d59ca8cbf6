"""Keys of caches: what is the same object, and what only looks alike."""

from __future__ import annotations

from functools import lru_cache

from seasons.identity import Same


def test_an_object_is_the_same_as_itself_alone() -> None:
    one, alike = [1], [1]
    assert Same(one) == Same(one)
    assert hash(Same(one)) == hash(Same(one))
    assert Same(one) != Same(alike)
    assert Same(one) != one


def test_a_cache_answers_for_each_object_by_itself() -> None:
    @lru_cache
    def length(of: Same[list[int]]) -> int:
        return len(of.it)

    one, alike = [1], [1]
    assert (length(Same(one)), length(Same(one)), length(Same(alike))) == (1, 1, 1)
    assert (length.cache_info().hits, length.cache_info().misses) == (1, 2)
