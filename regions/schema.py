"""The JSON Schemas that editors check region files with while they are typed."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from regions.load import PACKAGE_DIRECTORY
from regions.model import Region, Workloads
from regions.model.demand import ObservedDates

SCHEMA_DIRECTORY = PACKAGE_DIRECTORY / "schema"
_KINDS: dict[str, type[BaseModel]] = {
    "region.schema.json": Region,
    "workloads.schema.json": Workloads,
    "observed_dates.schema.json": ObservedDates,
}


def schema_texts() -> dict[str, str]:
    """Return the text of each schema file by the file's name."""
    return {name: _text(kind) for name, kind in _KINDS.items()}


def write_schemas(directory: Path = SCHEMA_DIRECTORY) -> tuple[Path, ...]:
    """Write the schema files and return their paths."""
    directory.mkdir(exist_ok=True)
    paths: list[Path] = []
    for name, text in schema_texts().items():
        paths.append(directory / name)
        paths[-1].write_text(text, encoding="utf-8")
    return tuple(paths)


def _text(kind: type[BaseModel]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
