"""Wire values and plain values: nothing is lost on the way, and what was secret stays so."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from devcloud.providers.properties import (
    UNKNOWN,
    Path,
    UnsupportedValueError,
    contains_unknown,
    decode,
    encode,
    path_text,
    whole_lists,
)

_LARGEST_EXACT = 2**53  # numbers are doubles on the wire

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-_LARGEST_EXACT, _LARGEST_EXACT),
    st.floats(allow_nan=False),
    st.text(),
    st.just(UNKNOWN),
)
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
_MAPS = st.dictionaries(st.text(), _VALUES, max_size=4)


def _paths(value: Any, here: Path = ()) -> list[Path]:
    """The paths of everything inside."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path for step, item in items for path in ((*here, step), *_paths(item, (*here, step)))]


@st.composite
def _with_secrets(draw: st.DrawFn) -> tuple[dict[str, Any], set[Path]]:
    """A map, and paths in it of which none is inside another."""
    values = draw(_MAPS)
    chosen: set[Path] = set()
    for path in draw(st.lists(st.sampled_from(paths), unique=True)) if (paths := _paths(values)) else []:
        if not any(path[: len(other)] == other or other[: len(path)] == path for other in chosen):
            chosen.add(path)
    return values, chosen


@given(_with_secrets())
def test_round_trip(given_values: tuple[dict[str, Any], set[Path]]) -> None:
    values, secrets = given_values
    assert decode(encode(values, secrets)) == (values, secrets)


@given(_MAPS)
def test_round_trip_keeps_types(values: dict[str, Any]) -> None:
    """Equality alone takes True for 1."""
    decoded, _ = decode(encode(values))
    for path in _paths(values):
        before, after = _at(values, path), _at(decoded, path)
        assert isinstance(before, bool) == isinstance(after, bool)
        assert (before is UNKNOWN) == (after is UNKNOWN)


@given(_MAPS)
def test_unknowns_are_found(values: dict[str, Any]) -> None:
    assert contains_unknown(values) == any(_at(values, path) is UNKNOWN for path in _paths(values))


def test_a_whole_number_comes_as_an_integer() -> None:
    """Kubernetes and botocore refuse 3.0 replicas."""
    struct = struct_pb2.Struct()
    struct.update({"replicas": 3.0, "share": 0.5})
    decoded, _ = decode(struct)
    assert decoded == {"replicas": 3, "share": 0.5}
    assert isinstance(decoded["replicas"], int)


def test_a_secret_inside_a_list_is_found_at_its_index() -> None:
    values = {"containers": [{"env": [{"name": "a"}, {"name": "b", "value": "hunter2"}]}]}
    path: Path = ("containers", 0, "env", 1, "value")
    wire = encode(values, {path})
    marked = wire.fields["containers"].list_value.values[0].struct_value.fields["env"].list_value.values[1]
    secret = marked.struct_value.fields["value"].struct_value.fields
    assert secret[rpc._special_sig_key].string_value == rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]
    assert decode(wire) == (values, {path})


def test_an_unknown_secret_is_both() -> None:
    decoded, secrets = decode(encode({"password": UNKNOWN}, {("password",)}))
    assert decoded["password"] is UNKNOWN
    assert secrets == {("password",)}


def test_inside_a_secret_nothing_is_marked_again() -> None:
    values = {"data": {"password": "hunter2"}}
    assert decode(encode(values, {("data",), ("data", "password")})) == (values, {("data",)})


def test_a_secret_path_that_is_not_there_marks_nothing() -> None:
    assert decode(encode({"a": 1}, {("b",), ("a", "c")})) == ({"a": 1}, set())


def test_no_struct_is_no_values() -> None:
    assert decode(None) == ({}, set())


def test_an_asset_is_refused_with_its_path() -> None:
    signature = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
    struct = struct_pb2.Struct()
    struct.update({"code": [{signature: rpc._special_asset_sig, "text": "x"}]})  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(UnsupportedValueError, match=r"^code\[0\]: assets, archives"):
        decode(struct)


def test_a_value_that_is_none_of_json_is_refused_with_its_path() -> None:
    values = {"cluster": {"created": datetime.datetime(2026, 6, 6, tzinfo=datetime.UTC)}}
    with pytest.raises(UnsupportedValueError, match=r"^cluster\.created: cannot send a datetime to the engine"):
        encode(values)


def test_there_is_one_unknown() -> None:
    assert copy.deepcopy({"x": [UNKNOWN]})["x"][0] is UNKNOWN


def test_secrets_inside_lists_make_the_list_secret() -> None:
    secrets: set[Path] = {("a", "b"), ("c", 0, "d"), ("e", 1), ("e", "f", 2, 3)}
    assert whole_lists(secrets) == {("a", "b"), ("c",), ("e",), ("e", "f")}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("engine",), "engine"),
        (("spec", "containers", 0, "image"), "spec.containers[0].image"),
        (("metadata", "labels", "app.kubernetes.io/name"), 'metadata.labels["app.kubernetes.io/name"]'),
        (("a[0]", "b"), '["a[0]"].b'),
        (('say "no"',), '["say \\"no\\""]'),
        (("matrix", 0, 1), "matrix[0][1]"),
        (("a", ""), 'a[""]'),
        (("scale-down", "a_b"), "scale-down.a_b"),
    ],
)
def test_paths_read_as_pulumi_prints_them(path: Path, text: str) -> None:
    assert path_text(path) == text


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
