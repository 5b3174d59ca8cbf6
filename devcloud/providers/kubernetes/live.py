"""A live object as the inputs that would declare it, so that a refresh shows drift and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from devcloud.providers.changes import compare
from devcloud.providers.kubernetes import stringdata
from devcloud.providers.kubernetes.fields import Tree, field, is_leaf, item_keys, key_of, owned, owned_by, set_members

# What the server writes into every object; nobody declares it.
_SERVER_METADATA = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")


def live_inputs(
    declared: Mapping[str, Any], live: Mapping[str, Any], manager: str, reapply: Callable[[], Mapping[str, Any] | None]
) -> dict[str, Any]:
    """What `declared` would have to say to declare `live`.

    In it are the fields that `declared` has, with their live values whoever set them, and fields that `manager` set
    though `declared` lacks them (an update that was interrupted). Defaults and other managers' fields are not.

    Args:
        reapply: the object as applying `declared` again would leave it (a dry run), or None where that is refused.
            Called only when texts differ: the server writes `0.5Gi` as `512Mi` and fills defaults into atomic lists,
            which is no drift: applying again changes nothing.
    """
    found = _project_object(declared, live, manager)
    if not compare(declared, found):
        return found
    again = reapply()
    if again is None:
        return found
    expected = _project_object(declared, again, manager)
    return _keep_texts(declared, found, expected)


def imported_inputs(live: Mapping[str, Any], manager: str) -> dict[str, Any]:
    """Inputs for an object that no state describes: what `manager` applied, else all but the server's own fields."""
    ours = owned_by(live, manager)
    if ours:
        return _identity(live) | _merge_metadata(_extract(ours, live), live)
    inputs = {key: copy.deepcopy(value) for key, value in live.items() if key != "status"}
    for name in _SERVER_METADATA:
        inputs["metadata"].pop(name, None)
    return inputs


def _project_object(declared: Mapping[str, Any], live: Mapping[str, Any], manager: str) -> dict[str, Any]:
    found = _project_map(stringdata.as_data(declared), live, owned(live), owned_by(live, manager))
    return stringdata.as_declared(found, declared)


def _project(declared: Any, live: Any, tree: Tree | None, ours: Tree | None) -> Any:
    if isinstance(declared, Mapping) and isinstance(live, Mapping) and (tree is None or not is_leaf(tree)):
        return _project_map(declared, live, tree, ours)
    if isinstance(declared, list) and isinstance(live, list) and tree is not None and not is_leaf(tree):
        return _project_list(declared, live, tree, ours)
    return copy.deepcopy(live)


def _project_map(
    declared: Mapping[str, Any], live: Mapping[str, Any], tree: Tree | None, ours: Tree | None
) -> dict[str, Any]:
    result = {
        key: _project(value, live[key], field(tree, key), field(ours, key))
        for key, value in declared.items()
        if key in live
    }
    undeclared = [step[2:] for step in ours or {} if step.startswith("f:") and step[2:] not in declared]
    for key in undeclared:
        if key in live:
            result[key] = _extract((ours or {})[f"f:{key}"], live[key])
    return result


def _project_list(declared: list[Any], live: list[Any], tree: Tree, ours: Tree | None) -> list[Any]:
    members = set_members(tree)
    if members:
        extra = [member for member in set_members(ours) if member not in declared]
        return [member for member in [*declared, *extra] if member in live]
    keys = [key for key, _ in item_keys(tree)]
    trees, our_items = item_keys(tree), item_keys(ours)
    result: list[Any] = []
    seen: list[dict[str, Any]] = []
    for item in declared:
        key = key_of(item, keys)
        found = _item_with(live, key)
        if key is not None and found is not None:
            seen.append(key)
            result.append(_project(item, found, _tree_of(trees, key), _tree_of(our_items, key)))
    for key, item_tree in our_items:
        found = _item_with(live, key)
        if key not in seen and found is not None:
            result.append(_extract(item_tree, found))
    return result


def _extract(tree: Tree, live: Any) -> Any:
    """The part of `live` that `tree` owns."""
    if is_leaf(tree):
        return copy.deepcopy(live)
    if isinstance(live, Mapping):
        names = [step[2:] for step in tree if step.startswith("f:")]
        return {name: _extract(tree[f"f:{name}"], live[name]) for name in names if name in live}
    if isinstance(live, list):
        if members := set_members(tree):
            return [member for member in live if member in members]
        # In the live order, which is the order in which they were applied; managedFields are sorted by key.
        keyed = item_keys(tree)
        found = [(item, key_of(item, (key for key, _ in keyed))) for item in live]
        return [_extract(_tree_of(keyed, key) or {}, item) for item, key in found if key is not None]
    return live


def _keep_texts(declared: Any, found: Any, expected: Any) -> Any:
    """`found`, but as declared wherever applying `declared` again gives what is found."""
    if found == expected and type(found) is type(expected):
        return copy.deepcopy(declared)
    if isinstance(declared, Mapping) and isinstance(found, Mapping) and isinstance(expected, Mapping):
        result = {}
        for key in [*declared, *(key for key in found if key not in declared)]:
            if key in found and key in declared:
                result[key] = _keep_texts(declared[key], found[key], expected.get(key))
            elif key in found:
                result[key] = found[key]
            elif key not in expected:  # declared as empty or null, which the server does not store
                result[key] = copy.deepcopy(declared[key])
        return result
    lists = isinstance(declared, list) and isinstance(found, list) and isinstance(expected, list)
    if lists and len(declared) == len(found) == len(expected):
        return [_keep_texts(*three) for three in zip(declared, found, expected, strict=True)]
    return found


def _item_with(live: list[Any], key: dict[str, Any] | None) -> Any:
    if key is None:
        return None
    return next((item for item in live if isinstance(item, Mapping) and key_of(item, [key]) is not None), None)


def _tree_of(items: list[tuple[dict[str, Any], Tree]], key: dict[str, Any]) -> Tree | None:
    return next((tree for candidate, tree in items if candidate == key), None)


def _identity(live: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": live["apiVersion"], "kind": live["kind"]}


def _merge_metadata(inputs: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    named = {key: live["metadata"][key] for key in ("name", "namespace") if key in live["metadata"]}
    return inputs | {"metadata": {**named, **inputs.get("metadata", {})}}
