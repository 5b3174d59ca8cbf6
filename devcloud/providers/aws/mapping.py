"""Pulumi's property values as API parameters and back, guided by botocore's shapes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from devcloud.providers.aws.names import suggestion
from devcloud.providers.aws.table import Input
from devcloud.providers.properties import UNKNOWN, Path, path_text

Failures = list[tuple[str, str]]

_SCALARS = {
    "string": "text",
    "integer": "a whole number",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
}


def member_name(input_name: str, api: str, members: Mapping[str, Shape]) -> str | None:
    """The parameter that an input is sent as: `api`, or the one spelled the same but for case; None without one."""
    if api:
        return api if api in members else None
    wanted = input_name.lower()
    return next((member for member in members if member.lower() == wanted), None)


def to_api(value: Any, shape: Shape, path: Path, entry: Input, failures: Failures) -> Any:
    """The API's form of a property value; what is wrong with it is added to `failures` under Pulumi's path."""
    if value is UNKNOWN or value is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        return _structure_to_api(value, shape, path, entry, failures)
    if kind == "list" and isinstance(value, list):
        member = _member(shape)
        return [to_api(item, member, (*path, i), entry, failures) for i, item in enumerate(value)]
    if kind == "map" and isinstance(value, Mapping):
        member = shape.value  # pyright: ignore[reportAttributeAccessIssue] - the stubs lack MapShape's members
        return {key: to_api(item, member, (*path, key), entry, failures) for key, item in value.items()}
    _check_leaf(value, shape, path, entry, failures)
    return value


def from_api(value: Any, shape: Shape | None, entry: Input) -> Any:
    """Pulumi's form of a value that the service reports in the shape in which it takes it."""
    if value is None or shape is None:
        return plain(value)
    if shape.type_name == "structure" and isinstance(value, Mapping):
        names = {api: name for name, api in entry.members.items()}
        members = _members(shape)
        return {
            names.get(key, _camel(key)): from_api(item, members[key], entry)
            for key, item in value.items()
            if key in members and item is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [from_api(item, _member(shape), entry) for item in value]
    return plain(value)


def plain(value: Any) -> Any:
    """A value as it travels to the engine: times as ISO 8601, whole floats as integers, nothing for null members."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _structure_to_api(value: Mapping[str, Any], shape: Shape, path: Path, entry: Input, failures: Failures) -> Any:
    members = _members(shape)
    converted: dict[str, Any] = {}
    for name, item in value.items():
        member = member_name(name, entry.members.get(name, ""), members)
        if member is None:
            known = [*entry.members, *(_camel(key) for key in members)]
            failures.append((path_text((*path, name)), f"there is no such property{suggestion(name, known)}"))
        elif item is not None:
            converted[member] = to_api(item, members[member], (*path, name), entry, failures)
    names = {api: name for name, api in entry.members.items()}
    for required in shape.metadata.get("required", []):
        if required not in converted:
            failures.append((path_text((*path, names.get(required, _camel(required)))), "is required"))
    return converted


def _check_leaf(value: Any, shape: Shape, path: Path, entry: Input, failures: Failures) -> None:
    if isinstance(value, bool) and shape.type_name in ("integer", "long", "float", "double"):
        failures.append((path_text(path), f"must be {_SCALARS[shape.type_name]}, not {value}"))
        return
    report = ParamValidator().validate(value, shape)  # pyright: ignore[reportArgumentType] - any value of any shape
    if not report.has_errors():
        return
    if entry.write_only or entry.secret:
        reason = f"is not {_SCALARS.get(shape.type_name, f'a {shape.type_name}')} that the service takes (value hidden)"
    else:
        reason = report.generate_report().replace("parameter input, ", "").replace("\n", "; ")
    failures.append((path_text(path), reason))


def _members(shape: Shape) -> Mapping[str, Shape]:
    return getattr(shape, "members", {})


def _member(shape: Shape) -> Shape:
    return shape.member  # pyright: ignore[reportAttributeAccessIssue] - the stubs lack ListShape's members


def _camel(member: str) -> str:
    return member[:1].lower() + member[1:]
