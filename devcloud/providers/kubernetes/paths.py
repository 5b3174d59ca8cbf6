"""Property paths as `ignoreChanges` has them: `spec.containers[0].image`, `metadata.annotations["a.b/c"]`."""

from __future__ import annotations

import re

from devcloud.providers.plugin import ProviderError
from devcloud.providers.properties import Path

ANY = "*"
_STEP = re.compile(
    r"""\.?(?:\[(?P<index>\d+)\]|\[(?P<any>\*)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|(?P<name>[^.\[\]"]+))"""
)


def parse(text: str) -> Path:
    """The steps of a path; `*` stands for every key or index.

    Raises:
        ProviderError: it is not a property path.
    """
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ProviderError(f"ignoreChanges: {text!r} is not a property path (see position {position})")
        steps.append(_step(match))
        position = match.end()
    return tuple(steps)


def covers(pattern: Path, path: Path) -> bool:
    """Whether `path` is at or below `pattern`."""
    return len(pattern) <= len(path) and all(_fits(step, path[i]) for i, step in enumerate(pattern))


def touches(pattern: Path, path: Path) -> bool:
    """Whether one of the two is at or below the other."""
    return all(_fits(step, other) for step, other in zip(pattern, path, strict=False))


def _fits(step: str | int, other: str | int) -> bool:
    return step in (ANY, other)


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", match["quoted"])
    return match["any"] or match["name"]
