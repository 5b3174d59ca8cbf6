"""`ignore_changes` under server-side apply: what another manager owns is left out of what is applied.

The engine only puts the old value in place of an ignored one. Applying that would take the field back from whoever
runs it now (an HPA's bounds from the season scaler); leaving out a field that nobody else owns would reset it to its
default. So both are told apart by ownership (as the official provider does, pulumi-kubernetes#2566).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from devcloud.providers.kubernetes import paths, stringdata
from devcloud.providers.kubernetes.fields import (
    Tree,
    field,
    is_leaf,
    item_keys,
    item_tree,
    key_of,
    owned_by_others,
    set_members,
)
from devcloud.providers.properties import Path

_GONE: Final = object()


def without_ignored(
    manifest: Mapping[str, Any], live: Mapping[str, Any], ignore_changes: Sequence[str], manager: str
) -> dict[str, Any]:
    """`manifest` without the ignored fields that managers other than `manager` own in `live`."""
    secret = stringdata.is_secret(manifest)
    foreign = owned_by_others(live, manager)
    result: Any = stringdata.as_data(copy.deepcopy(dict(manifest)))
    for text in ignore_changes:
        pattern = paths.parse(text)
        result = _drop(result, live, foreign, stringdata.data_path(pattern) if secret else pattern)
    return result


def _drop(value: Any, live: Any, tree: Tree | None, pattern: Path) -> Any:
    """`value` without what lies at `pattern` and is owned in `tree`; _GONE if nothing stays."""
    if tree is None:
        return value
    if not pattern:
        return _minus(value, tree)
    if is_leaf(tree):  # an atomic value: half of it cannot be left out, so the ignored half says what is live
        return _overlay(value, live, pattern)
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        result = {}
        for key, item in value.items():
            below = item
            if step in (paths.ANY, key):
                here = live.get(key) if isinstance(live, Mapping) else None
                below = _drop(item, here, field(tree, key), rest)
            if below is not _GONE:
                result[key] = below
        return result
    if isinstance(value, list):
        dropped = [
            _drop(item, _counterpart(live, tree, item), item_tree(tree, item), rest)
            if step in (paths.ANY, index)
            else item
            for index, item in enumerate(value)
        ]
        return [item for item in dropped if item is not _GONE]
    return value


def _minus(value: Any, tree: Tree | None) -> Any:
    if tree is None:
        return value
    if is_leaf(tree):
        return _GONE
    if isinstance(value, dict):
        left = {key: _minus(item, field(tree, key)) for key, item in value.items()}
        result: Any = {key: item for key, item in left.items() if item is not _GONE}
        return result if result or not value else _GONE
    if isinstance(value, list):
        members = set_members(tree)
        left_items = [_item_minus(item, tree) for item in value if item not in members]
        result = [item for item in left_items if item is not _GONE]
        return result if result or not value else _GONE
    return _GONE


def _item_minus(item: Any, tree: Tree) -> Any:
    """A list item without what is owned; what is left of it keeps the key by which the server knows it."""
    left = _minus(item, item_tree(tree, item))
    key = key_of(item, (key for key, _ in item_keys(tree)))
    if left is _GONE or key is None:
        return left
    return {**{name: item[name] for name in key if name in item}, **left}


def _overlay(value: Any, live: Any, pattern: Path) -> Any:
    """`value` with the live value at `pattern`."""
    if not pattern:
        return copy.deepcopy(live)
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict) and isinstance(live, Mapping):
        return {
            key: _overlay(item, live[key], rest) if step in (paths.ANY, key) and key in live else item
            for key, item in value.items()
        }
    if isinstance(value, list) and isinstance(live, list):
        return [
            _overlay(item, live[index], rest) if step in (paths.ANY, index) and index < len(live) else item
            for index, item in enumerate(value)
        ]
    return value


def _counterpart(live: Any, tree: Tree, item: Any) -> Any:
    """The live list item with the key of `item`."""
    wanted = item_tree(tree, item)
    if wanted is None or not isinstance(live, list):
        return None
    return next((candidate for candidate in live if item_tree(tree, candidate) is wanted), None)
