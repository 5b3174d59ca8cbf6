"""Diff: what an update would change, in Pulumi's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devcloud.providers.aws.equality import same
from devcloud.providers.aws.names import is_automatic
from devcloud.providers.aws.table import COMPUTED, ResourceType
from devcloud.providers.changes import Change, Kind, compare, forcing_replacement
from devcloud.providers.plugin import Difference, State


def difference(entry: ResourceType, resource_name: str, old: State, news: Mapping[str, Any]) -> Difference:
    """The changes from the old state to the new inputs, those in force-new properties as replacing.

    A replacement cannot exist beside the old resource if both have the name that the program gave.
    """
    inputs = entry.all_inputs()
    changes: list[Change] = []
    for name in [*old.inputs, *(name for name in news if name not in old.inputs)]:
        if name in inputs and name in changed_inputs(entry, old, news):
            changes.extend(_changes(name, old.inputs, news))
    changes = forcing_replacement(changes, lambda path: inputs[str(path[0])].replace)
    same_name = entry.name is not None and old.inputs.get(entry.name.input) == news.get(entry.name.input)
    replaces = any(change.replace for change in changes)
    return Difference(changes, replaces and same_name and not is_automatic(entry.name, resource_name, news))


def changed_inputs(entry: ResourceType, old: State, news: Mapping[str, Any]) -> set[str]:
    """Names of the inputs whose new value means something else than the old one."""
    names = old.inputs.keys() | news.keys()
    return {name for name in names if name in entry.all_inputs() and _differs(entry, name, old, news)}


def _differs(entry: ResourceType, name: str, old: State, news: Mapping[str, Any]) -> bool:
    given = entry.all_inputs()[name]
    before, after = old.inputs.get(name), news.get(name)
    if given.write_only:
        return False  # its version says when it is to be sent again
    if after is None:
        return before is not None and given.absent is not COMPUTED and before != given.absent
    if before is None:
        # The program now says what it left open: only a change if it is not so already.
        before = old.outputs.get(name)
        if before is None and given.absent is not COMPUTED:
            before = given.absent
    return not same(given.same, after, before)


def _changes(name: str, old: Mapping[str, Any], news: Mapping[str, Any]) -> list[Change]:
    if news.get(name) is None:
        return [Change((name,), Kind.DELETE)]
    if old.get(name) is None:
        return [Change((name,), Kind.ADD)]
    return compare(old[name], news[name], (name,))
