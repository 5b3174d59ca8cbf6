"""Editors see the same rules, with documentation, as the loader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from regions.load import PACKAGE_DIRECTORY
from regions.schema import schema_texts

SCHEMAS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in schema_texts().items()}


def schema_of(path: Path) -> dict[str, Any]:
    own = f"{path.stem}.schema.json"
    return SCHEMAS[own if own in SCHEMAS else "region.schema.json"]


@pytest.mark.parametrize("path", sorted(PACKAGE_DIRECTORY.glob("*.yaml")), ids=lambda path: path.stem)
def test_files_name_their_schema_and_pass_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prefix = "# yaml-language-server: $schema="
    first_line = text.splitlines()[0]
    assert first_line.startswith(prefix)
    named = json.loads((path.parent / first_line.removeprefix(prefix)).read_text(encoding="utf-8"))
    assert named == schema_of(path)
    # Editors read YAML 1.2, in which a day is text.
    read = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert [error.message for error in Draft202012Validator(named).iter_errors(read)] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("aggressiveness", "bold"),
        ("traffic_weight", 0),
        ("languages", []),
        ("databse", {}),
        ("season", {"peak_months": [13]}),
    ],
)
def test_editors_refuse_what_the_loader_refuses(field: str, value: object) -> None:
    data = yaml.safe_load((PACKAGE_DIRECTORY / "us-east-1.yaml").read_text(encoding="utf-8"))
    data[field] = value
    assert not Draft202012Validator(SCHEMAS["region.schema.json"]).is_valid(data)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_documented_and_no_other_allowed(name: str) -> None:
    for title, definition in objects(SCHEMAS[name]):
        assert definition["additionalProperties"] is False, title
        for field, schema in definition["properties"].items():
            # A field that says what its type says leaves it to the type's definition.
            target = SCHEMAS[name]["$defs"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
            assert len(schema.get("description") or target.get("description", "")) > 5, f"{title}.{field}"


def objects(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield schema["title"], schema
    yield from schema["$defs"].items()
