"""The trees in which the API server records who set which field (metadata.managedFields[].fieldsV1).

A tree is a dict: `f:<name>` is a field, `k:{"name":"app"}` the list item with that key, `v:<json>` a member of a set,
`.` the object itself; an empty dict owns everything below. See
https://github.com/kubernetes-sigs/structured-merge-diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Tree = dict[str, Any]


def owned_by(live: Mapping[str, Any], manager: str) -> Tree:
    """What `manager` set by server-side apply."""
    return _union(entry["fieldsV1"] for entry in _entries(live) if _is_apply(entry, manager))


def owned_by_others(live: Mapping[str, Any], manager: str) -> Tree:
    """What anyone else set, alone or together with `manager`."""
    return _union(entry["fieldsV1"] for entry in _entries(live) if not _is_apply(entry, manager))


def owned(live: Mapping[str, Any]) -> Tree:
    """What anyone set in the version of the API that `live` is in: it tells keyed lists from atomic ones."""
    version = live.get("apiVersion")
    return _union(entry["fieldsV1"] for entry in _entries(live) if entry.get("apiVersion") == version)


def is_leaf(tree: Tree) -> bool:
    """Whether the whole value is owned as one (a scalar, an atomic list or map)."""
    return not tree


def field(tree: Tree | None, name: str) -> Tree | None:
    """The tree of a field, None where nobody owns it."""
    return None if tree is None else tree.get(f"f:{name}")


def item_keys(tree: Tree | None) -> list[tuple[dict[str, Any], Tree]]:
    """The keyed items of a list: (key, tree of the item)."""
    return [(json.loads(step[2:]), child) for step, child in (tree or {}).items() if step.startswith("k:")]


def set_members(tree: Tree | None) -> list[Any]:
    """The members of a set-like list."""
    return [json.loads(step[2:]) for step in tree or {} if step.startswith("v:")]


def key_of(item: Any, keys: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The key that names `item`. A key's field that `item` leaves out has its default (`protocol: TCP`)."""
    if not isinstance(item, Mapping):
        return None
    return next((key for key in keys if _matches(item, key)), None)


def item_tree(tree: Tree | None, item: Any) -> Tree | None:
    """The tree of the list item that has the key of `item`."""
    items = item_keys(tree)
    key = key_of(item, (key for key, _ in items))
    return next((child for candidate, child in items if candidate == key), None)


def leaf_values(tree: Tree, value: Any, text: str = "") -> dict[str, Any]:
    """The owned values by their paths as the server prints them in a conflict: `.spec.containers[name="app"].image`."""
    if is_leaf(tree):
        return {text: value}
    values: dict[str, Any] = {}
    for step, child in tree.items():
        if step.startswith("f:") and isinstance(value, Mapping) and step[2:] in value:
            values |= leaf_values(child, value[step[2:]], f"{text}.{step[2:]}")
    if isinstance(value, list):
        keys = [key for key, _ in item_keys(tree)]
        for item in value:
            key, child = key_of(item, keys), item_tree(tree, item)
            if key is not None and child is not None:
                values |= leaf_values(child, item, f"{text}[{_key_text(key)}]")
    return values


def _key_text(key: Mapping[str, Any]) -> str:
    return ",".join(f"{name}={json.dumps(key[name])}" for name in sorted(key))


def _matches(item: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    named = [name for name in key if name in item]
    return bool(named) and all(item[name] == key[name] for name in named)


def _entries(live: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = live.get("metadata", {}).get("managedFields") or []
    return [entry for entry in entries if "fieldsV1" in entry]


def _is_apply(entry: Mapping[str, Any], manager: str) -> bool:
    return entry.get("manager") == manager and entry.get("operation") == "Apply"


def _union(trees: Iterable[Tree]) -> Tree:
    result: Tree = {}
    for tree in trees:
        for step, child in tree.items():
            result[step] = _union([result.get(step, {}), child])
    return result
