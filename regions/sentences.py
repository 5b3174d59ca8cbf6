"""Says in a sentence what the models refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from regions.model.base import closest, suggestion
from regions.problems import ABSENT, Problem, Problems, field_path
from regions.yaml_reader import Location

Schema = Mapping[str, Any]

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of fields",
}


_PYDANTICS = frozenset(get_args(ErrorType))


def sentences(error: ValidationError, kind: type[BaseModel], label: str) -> tuple[Problems, frozenset[Location]]:
    """Turn a refusal into problems, and return which locations are wrong as well.

    What is allowed is read from the model's JSON Schema, the same one that editors use.
    """
    schema = kind.model_json_schema()
    details = [(detail, _written(detail["loc"])) for detail in error.errors(include_url=False)]
    locations = frozenset(location for _, location in details)
    typed = frozenset(_meant(detail, schema) for detail, _ in details if detail["type"] == "extra_forbidden")
    problems = tuple(
        _problem(detail, location, schema, label)
        for detail, location in details
        if not _follows(detail, location, locations, typed)
    )
    return problems, locations


def _follows(
    detail: ErrorDetails, location: Location, all_wrong: frozenset[Location], typed: frozenset[Location]
) -> bool:
    """Tell whether a refusal only follows from another: one mistake is to have one sentence."""
    if detail["type"] == "missing":
        return location in typed  # it is there, misspelt
    # A list with a wrong item counts as too short, for the item is not in it.
    return detail["type"] == "too_short" and any(
        len(other) > len(location) and other[: len(location)] == location for other in all_wrong
    )


def _meant(detail: ErrorDetails, schema: Schema) -> Location:
    """Return the location of the field that an unknown field's name comes closest to; its own if to none."""
    *above, name = detail["loc"]
    known = frozenset(_schema_at(schema, tuple(above)).get("properties", {}))
    return (*above, closest(str(name), known) or name)


def _written(location: Location) -> Location:
    """Drop what pydantic adds to a path and nobody wrote, e.g. the "[key]" behind a mapping's wrong key."""
    return location[:-1] if location and location[-1] == "[key]" else location


def _problem(detail: ErrorDetails, location: Location, schema: Schema, label: str) -> Problem:
    path = field_path(location)
    match detail["type"]:
        case "missing":
            field = _schema_at(schema, location)
            return Problem(label, path, ABSENT, f"is missing; add {_allowed(field, schema)}{_description(field)}")
        case "extra_forbidden":
            known = tuple(_schema_at(schema, location[:-1]).get("properties", {}))
            return Problem(label, path, ABSENT, f"is not a known field{suggestion(str(location[-1]), known)}")
        case kind if _is_ours(kind):
            return Problem(label, path, detail["input"], detail["msg"])
        case _ if detail["loc"] != location:
            return Problem(
                label, path, ABSENT, "is not a name that is allowed here: use letters, digits, dots and dashes"
            )
        case _:
            field = _schema_at(schema, location)
            return Problem(label, path, detail["input"], f"must be {_allowed(field, schema)}{_description(field)}")


def _is_ours(kind: str) -> bool:
    """Tell whether a check of the models refused it, whose message is the fix already."""
    return kind not in _PYDANTICS


def _schema_at(schema: Schema, location: Location) -> Schema:
    """Return the schema of the field at `location`; keys beside "$ref" (the field's description) are kept."""
    here = _resolved(schema, schema)
    for step in location:
        if isinstance(step, int):
            below = here.get("items", {})
        else:
            below = here.get("properties", {}).get(step) or _values(here)
        here = _resolved(below if isinstance(below, Mapping) else {}, schema)
    return here


def _values(mapping: Schema) -> object:
    """Return the schema of a mapping's values, whatever their keys."""
    return next(iter(mapping.get("patternProperties", {}).values()), mapping.get("additionalProperties"))


def _resolved(field: Schema, schema: Schema) -> Schema:
    """Follow a reference, and look through "or null"."""
    options = [option for option in field.get("anyOf", []) if option.get("type") != "null"]
    if options:
        field = {**_resolved(options[0], schema), **{key: field[key] for key in field if key != "anyOf"}}
    if "$ref" in field:
        target = schema["$defs"][field["$ref"].rsplit("/", 1)[1]]
        field = {**target, **{key: field[key] for key in field if key != "$ref"}}
    return field


def _description(field: Schema) -> str:
    described = str(field.get("description", "")).split("\n")[0].rstrip(".")
    return f" ({described})" if described else ""


def _allowed(field: Schema, schema: Schema) -> str:
    """Say in words what the schema of a field allows."""
    if "enum" in field:
        return f"one of {', '.join(map(str, field['enum']))}"
    words = _KINDS.get(str(field.get("type")), "another value")
    if field.get("type") == "array":
        return f"a list of {_allowed(_resolved(field.get('items', {}), schema), schema)}{_list_bounds(field)}"
    return words + _bounds(field)


def _list_bounds(field: Schema) -> str:
    least, most = field.get("minItems"), field.get("maxItems")
    if least and most:
        return f", {least} to {most} of them"
    return f", at least {least}" if least else ""


def _bounds(field: Schema) -> str:
    parts: list[str] = []
    if "exclusiveMinimum" in field:
        parts.append(f"above {field['exclusiveMinimum']}")
    if "minimum" in field:
        parts.append(f"from {field['minimum']}")
    if "maximum" in field:
        parts.append(f"to {field['maximum']}")
    if "multipleOf" in field:
        parts.append(f"in steps of {field['multipleOf']}")
    if "examples" in field:
        parts.append(f"such as {field['examples'][0]!r}")
    elif "pattern" in field:
        parts.append(f"matching {field['pattern']}")
    if "maxLength" in field:
        parts.append(f"of at most {field['maxLength']} characters")
    return f" {' '.join(parts)}" if parts else ""
