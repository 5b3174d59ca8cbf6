"""Keeping an update's hands off what the program ignores."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

_STEP = re.compile(r'\["([^"]+)"\]|\[(\d+)\]|([^.\[\]]+)')


def live_where_ignored(
    wanted: dict[str, Any], live: Mapping[str, Any], ignore_changes: Sequence[str]
) -> dict[str, Any]:
    """The wanted inputs with the live value at each ignored path that has one.

    The API takes a block as a whole: to change one member of it, the ignored ones are sent as they are now, not as
    they were when state was written.
    """
    result = copy.deepcopy(wanted)
    for path in ignore_changes:
        steps = [text or key or int(index) for key, index, text in _STEP.findall(path)]
        _overlay(result, live, steps)
    return result


def _overlay(wanted: Any, live: Any, steps: list[str | int]) -> None:
    step, *rest = steps
    if not (_has(wanted, step) and _has(live, step)) or live[step] is None:
        return
    if rest:
        _overlay(wanted[step], live[step], rest)
    else:
        wanted[step] = live[step]


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)
    return isinstance(value, Mapping) and step in value
