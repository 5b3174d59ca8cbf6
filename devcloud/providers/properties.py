"""Pulumi's wire values as plain Python values, and back.

On the wire a property map is a protobuf Struct in which secrets, unknowns, assets and resource references are marked by
signatures (https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go). Providers here see plain
dicts, lists, strings, numbers, booleans and None; an unknown is `UNKNOWN`; secrets are taken out of their wrapping, and
where they were is kept as a set of paths, so that `encode` can wrap them again on the way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

Path = tuple[str | int, ...]

_SIGNATURE_KEY: Final = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage] - the SDK names it nowhere else
_SECRET: Final = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]


class Unknown:
    """A value that is known only after the update (a preview's "output<string>")."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self  # there is one, compared by identity


UNKNOWN: Final = Unknown()


class UnsupportedValueError(ValueError):
    """A wire value (asset, archive, resource reference) that these providers do not take."""


def decode(struct: struct_pb2.Struct | None) -> tuple[dict[str, Any], set[Path]]:
    """The plain values of a wire struct, and the paths at which secrets were."""
    secrets: set[Path] = set()
    if struct is None:
        return {}, secrets
    return {key: _decode(value, (key,), secrets) for key, value in struct.fields.items()}, secrets


def encode(values: Mapping[str, Any], secrets: Iterable[Path] = ()) -> struct_pb2.Struct:
    """The wire struct of plain values, with what lies at one of the `secrets` paths marked secret."""
    marked = frozenset(secrets)
    struct = struct_pb2.Struct()
    for key, value in values.items():
        struct.fields[key].CopyFrom(_encode(value, (key,), marked))
    return struct


def contains_unknown(value: Any) -> bool:
    """Whether an unknown is anywhere inside."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def whole_lists(secrets: Iterable[Path]) -> set[Path]:
    """The paths of `secrets`, those inside a list as the list itself: a service may give its items back reordered."""
    found: set[Path] = set()
    for path in secrets:
        index = next((i for i, step in enumerate(path) if isinstance(step, int)), len(path))
        found.add(path[:index])
    return found


def path_text(path: Path) -> str:
    """A path as Pulumi prints it: `spec.containers[0].image`, keys with dots quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not step or set(step) & set('.["'):
            text += '["{}"]'.format(step.replace('"', '\\"'))
        else:
            text += f".{step}" if text else step
    return text


def _decode(value: struct_pb2.Value, path: Path, secrets: set[Path]) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            fields = value.struct_value.fields
            if _SIGNATURE_KEY in fields:
                return _decode_marked(fields, path, secrets)
            return {key: _decode(item, (*path, key), secrets) for key, item in fields.items()}
        case "list_value":
            return [_decode(item, (*path, i), secrets) for i, item in enumerate(value.list_value.values)]
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _decode_marked(fields: Mapping[str, struct_pb2.Value], path: Path, secrets: set[Path]) -> Any:
    signature = fields[_SIGNATURE_KEY].string_value
    if signature != _SECRET:
        raise UnsupportedValueError(f"{path_text(path)}: assets, archives and resource references are not taken here")
    secrets.add(path)
    return _decode(fields["value"], path, secrets)


def _encode(value: Any, path: Path, secrets: frozenset[Path]) -> struct_pb2.Value:
    if path in secrets:
        inner = _encode(value, path, frozenset())  # what is inside a secret needs no mark of its own
        wrapped = struct_pb2.Struct(fields={_SIGNATURE_KEY: struct_pb2.Value(string_value=_SECRET), "value": inner})
        return struct_pb2.Value(struct_value=wrapped)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        fields = {str(key): _encode(item, (*path, str(key)), secrets) for key, item in value.items()}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, list | tuple):
        items = [_encode(item, (*path, i), secrets) for i, item in enumerate(value)]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
    raise UnsupportedValueError(f"{path_text(path)}: cannot send a {type(value).__name__} to the engine")
