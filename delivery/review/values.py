"""What a property was and becomes: read from a step's inputs by the engine's paths. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from costs.resources import UNKNOWN
from delivery.deploy.preview import Step
from delivery.review.markdown import code

_SECRET = "[secret]"  # noqa: S105 - what the engine writes instead of one
# The key by which the engine's values that are more than JSON are known: secrets, assets.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_PART = re.compile(r'\.?([^.\[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]')
_ABSENT = object()
_SHOWN, _BEFORE = 120, 40


def change(step: Step, path: str) -> str:
    """Return "path: before → after" in Markdown; the path alone where the inputs do not have it, as for outputs."""
    before, after = _at(step.old, path), _at(step.new, path)
    if before is _ABSENT and after is _ABSENT:
        return code(path)
    was, becomes = _text(before), _text(after)
    if _SECRET in (was or "") or _SECRET in (becomes or ""):
        return f"{code(path)}: a secret"
    if before == after:
        # The inputs are the same: what is live differs, and is put back.
        return f"{code(path)}: back to {_shown(becomes)}"
    start = _start(was, becomes) if was is not None and becomes is not None else 0
    return f"{code(path)}: {_shown(was, start)} → {_shown(becomes, start)}"


def _text(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    value = _masked(value)
    written = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return written.replace(UNKNOWN, "(known afterwards)")


def _masked(value: Any) -> Any:
    """Without what a secret is wrapped in, whatever the engine left in there."""
    if isinstance(value, Mapping):
        return _SECRET if _SIGNATURE in value else {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value


def _start(was: str, becomes: str) -> int:
    """Where to begin to show long values: a little before they differ."""
    if max(len(was), len(becomes)) <= _SHOWN:
        return 0
    pairs = enumerate(zip(was, becomes, strict=False))
    differs = next((at for at, (old, new) in pairs if old != new), min(len(was), len(becomes)))
    return max(0, differs - _BEFORE)


def _shown(value: str | None, start: int = 0) -> str:
    if value is None:
        return "nothing"
    return code(f"{'…' if start else ''}{value[start:]}", _SHOWN)


def _at(inputs: Mapping[str, Any] | None, path: str) -> Any:
    value: Any = inputs
    for key, quoted, index in _PART.findall(path):
        name = key or re.sub(r"\\(.)", r"\1", quoted)
        if isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        elif isinstance(value, Mapping) and not index and name in value:
            value = value[name]
        else:
            return _ABSENT
    return value
