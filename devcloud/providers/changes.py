"""What differs between two plain property maps, path by path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from devcloud.providers.properties import Path


class Kind(Enum):
    """How a path differs. The values are pulumirpc.PropertyDiff.Kind's; plus one is its replacing twin."""

    ADD = 0
    DELETE = 2
    UPDATE = 4


@dataclass(frozen=True)
class Change:
    """One differing path; `replace` where it cannot be changed in place."""

    path: Path
    kind: Kind
    replace: bool = False


def compare(old: Any, new: Any, path: Path = ()) -> list[Change]:
    """The differing paths, as deep as both sides have the same shape. Unknown differs from everything."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return _compare_maps(old, new, path)
    if isinstance(old, list) and isinstance(new, list):
        return _compare_maps(dict(enumerate(old)), dict(enumerate(new)), path)
    return [] if old == new and type(old) is type(new) else [Change(path, Kind.UPDATE)]


def forcing_replacement(changes: list[Change], immutable: Callable[[Path], bool]) -> list[Change]:
    """The same changes, those at an immutable path marked as replacing."""
    return [Change(change.path, change.kind, immutable(change.path)) for change in changes]


def _compare_maps(old: Mapping[Any, Any], new: Mapping[Any, Any], path: Path) -> list[Change]:
    changes: list[Change] = []
    for key in [*old, *(key for key in new if key not in old)]:
        here = (*path, key)
        if key not in new:
            changes.append(Change(here, Kind.DELETE))
        elif key not in old:
            changes.append(Change(here, Kind.ADD))
        else:
            changes.extend(compare(old[key], new[key], here))
    return changes
