"""What an ExternalSecret makes of the text of a secret: properties, and the small part of Go's templates that is used.

No value is ever in a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_FUNCTIONS: Mapping[str, Callable[[str], str]] = {"toString": str, "urlquery": quote_plus}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class SyncError(Exception):
    """A Secret cannot be made; the message says why, without any value."""


def render(text: str, values: Mapping[str, str]) -> str:
    """Fill in `{{ .name }}`, `{{ .name | urlquery }}` and `{{ .name | toString }}`.

    Raises:
        SyncError: it names a value that there is not, or uses what this stand-in does not know.
    """
    return _ACTION.sub(lambda action: _evaluate(action[1], values), text)


def _evaluate(action: str, values: Mapping[str, str]) -> str:
    operand, *functions = (part.strip() for part in action.split("|"))
    if not re.fullmatch(r"\.\w+", operand) or not _FUNCTIONS.keys() >= set(functions):
        raise SyncError(f"the embedded cloud does not know the template action {{{{{action}}}}}")
    name = operand.removeprefix(".")
    if name not in values:
        raise SyncError(f"the template names .{name}, which no entry of data gives")
    value = values[name]
    for function in functions:
        value = _FUNCTIONS[function](value)
    return value


def property_of(secret: str, text: str, name: str) -> str:
    """One property of a secret that is a JSON object.

    Raises:
        SyncError: it has none of that name.
    """
    found = properties_of(secret, text)
    if name not in found:
        raise SyncError(f"secret {secret} has no property {name}")
    return found[name]


def properties_of(secret: str, text: str) -> dict[str, str]:
    """All properties of a secret that is a JSON object; what is no string stays JSON.

    Raises:
        SyncError: it is no JSON object.
    """
    try:
        document: Any = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise SyncError(f"secret {secret} is no JSON object")
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}


def seconds(duration: str) -> float:
    """A Go duration, such as "5m" or "1h30m", in seconds."""
    return sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(duration))
