"""Reading inputs that may be absent, of another type than expected, or not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from policies.subject import UNKNOWN, Subject

Fields = Mapping[str, Any]


def at(value: Any, path: str, default: Any = None) -> Any:
    """Return what is at a path of keys within a value; as `Subject.get` does it.

    Returns:
        `UNKNOWN` where the path goes through or ends at something that is not known yet; the default where there is
        nothing, or null, at it.
    """
    for step in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, Mapping) or step not in value:
            return default
        value = cast("Fields", value)[step]
    return default if value is None else value


def mappings(value: Any) -> list[Fields]:
    """Return the mappings of a list that are known; a mapping alone counts as a list of one."""
    if isinstance(value, Mapping):
        return [cast("Fields", value)]
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Fields", entry) for entry in entries if isinstance(entry, Mapping)]


def words(value: Any) -> list[str]:
    """Return the texts of a list that are known; a text alone counts as a list of one."""
    if isinstance(value, str):
        return [value]
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [entry for entry in entries if isinstance(entry, str)]


def texts(value: Any) -> Iterator[str]:
    """Yield every text within a value, names of a mapping's entries included."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            yield from cast("Fields", each)
            waiting.extend(cast("Fields", each).values())
        elif isinstance(each, list):
            waiting.extend(cast("list[Any]", each))


def has_unknown(value: Any) -> bool:
    """Whether a value is not known yet, or anything within it."""
    if isinstance(value, Mapping):
        return any(map(has_unknown, cast("Fields", value).values()))
    return any(map(has_unknown, cast("list[Any]", value))) if isinstance(value, list) else value is UNKNOWN


def is_on(value: Any) -> bool:
    """Whether a switch is on; some of AWS's are texts."""
    return value is True or value == "true"


def written(value: Any) -> str:
    """Return a value as sentences have it."""
    return "absent" if value is None else repr(value)


def must_be_on(subject: Subject, *paths: str) -> Iterator[str]:
    """Yield a sentence for each switch that is off or absent."""
    for path in paths:
        value = subject.get(path)
        if value is not UNKNOWN and not is_on(value):
            yield f"{path} is {written(value)}: it must be true."


def must_be_off(subject: Subject, *paths: str) -> Iterator[str]:
    """Yield a sentence for each switch that is not said to be off: its default is on, or may become so."""
    for path in paths:
        value = subject.get(path)
        if value is not UNKNOWN and value is not False and value != "false":
            yield f"{path} is {written(value)}: it must be false."


def must_not_be_on(subject: Subject, *paths: str) -> Iterator[str]:
    """Yield a sentence for each switch that is on; its default is off."""
    for path in paths:
        if is_on(value := subject.get(path)):
            yield f"{path} is {written(value)}: it must not be."


def must_be_given(subject: Subject, *paths: str) -> Iterator[str]:
    """Yield a sentence for each value that is absent or empty. One that is not known yet is given."""
    for path in paths:
        if subject.get(path) in (None, ""):
            yield f"{path} is absent."
