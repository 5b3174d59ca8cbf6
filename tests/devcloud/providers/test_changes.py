"""Comparing property maps: exactly what differs, and applying it to the old gives the new."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devcloud.providers.changes import Change, Kind, compare, forcing_replacement
from devcloud.providers.properties import UNKNOWN

_KEYS = st.sampled_from("abcd")  # few, so that both sides share some
_SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x", "1"]) | st.just(0.5)
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner))
_MAPS = st.dictionaries(_KEYS, _VALUES)


@given(_MAPS)
def test_nothing_differs_from_itself(values: dict[str, Any]) -> None:
    assert compare(values, copy.deepcopy(values)) == []


@given(_MAPS, _MAPS)
def test_applied_to_the_old_the_changes_give_the_new(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert _canonical(_applied(old, new, compare(old, new))) == _canonical(new)


@given(_MAPS, _MAPS)
def test_the_way_back_is_the_mirror_image(old: dict[str, Any], new: dict[str, Any]) -> None:
    mirrored = {Kind.ADD: Kind.DELETE, Kind.DELETE: Kind.ADD, Kind.UPDATE: Kind.UPDATE}
    there = {(change.path, mirrored[change.kind]) for change in compare(old, new)}
    assert there == {(change.path, change.kind) for change in compare(new, old)}


@given(_MAPS, _MAPS)
def test_no_path_is_told_twice_or_inside_another(old: dict[str, Any], new: dict[str, Any]) -> None:
    paths = [change.path for change in compare(old, new)]
    assert not any(one == other[: len(one)] for i, one in enumerate(paths) for j, other in enumerate(paths) if i != j)


@pytest.mark.parametrize(
    ("old", "new"), [(True, 1), (0, False), (1, "1"), (None, ""), ({}, []), ([], None), ({"a": 1}, [1])]
)
def test_another_type_is_another_value(old: Any, new: Any) -> None:
    assert compare({"x": old}, {"x": new}) == [Change(("x",), Kind.UPDATE)]


def test_a_list_that_grows_and_shrinks() -> None:
    assert compare({"zones": ["a"]}, {"zones": ["a", "b", "c"]}) == [
        Change(("zones", 1), Kind.ADD),
        Change(("zones", 2), Kind.ADD),
    ]
    assert compare({"zones": ["a", "b"]}, {"zones": ["c"]}) == [
        Change(("zones", 0), Kind.UPDATE),
        Change(("zones", 1), Kind.DELETE),
    ]


def test_only_the_differing_leaf_is_told() -> None:
    old = {"spec": {"template": {"containers": [{"image": "one", "name": "x"}]}, "replicas": 1}}
    new = {"spec": {"template": {"containers": [{"image": "two", "name": "x"}]}, "replicas": 1}}
    assert compare(old, new) == [Change(("spec", "template", "containers", 0, "image"), Kind.UPDATE)]


def test_an_unknown_differs_from_every_value() -> None:
    for value in (None, "", "x", {}, [], 0):
        assert compare({"x": value}, {"x": UNKNOWN}) == [Change(("x",), Kind.UPDATE)]


def test_immutable_paths_are_marked_as_replacing() -> None:
    changes = [Change(("engine",), Kind.UPDATE), Change(("tags", "a"), Kind.ADD)]
    assert forcing_replacement(changes, lambda path: path == ("engine",)) == [
        Change(("engine",), Kind.UPDATE, replace=True),
        Change(("tags", "a"), Kind.ADD),
    ]


def _applied(old: dict[str, Any], new: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """`old` after the changes. Deletions go last, from the end: an index must not move before its turn."""
    result: Any = copy.deepcopy(old)
    deletions = [change for change in changes if change.kind is Kind.DELETE]
    for change in [change for change in changes if change.kind is not Kind.DELETE] + deletions[::-1]:
        target: Any = result
        source: Any = new
        for step in change.path[:-1]:
            target = target[step]
            source = source[step] if change.kind is not Kind.DELETE else source
        last: Any = change.path[-1]
        if change.kind is Kind.DELETE:
            del target[last]
        elif isinstance(target, list) and change.kind is Kind.ADD:
            target.insert(last, source[last])
        else:
            target[last] = source[last]
    return result


def _canonical(value: Any) -> str:
    """JSON tells True from 1."""
    return json.dumps(value, sort_keys=True)
