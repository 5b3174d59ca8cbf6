"""CustomResourceDefinitions: the APIs that a real cluster's add-ons bring."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from devcloud.control_plane.objects import Object

_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Whole definitions have megabytes.
_METADATA_ALONE = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
_SUM = "wedsync.io/sha256"


def changed(api_server: httpx.Client, files: Sequence[Path]) -> list[Object]:
    """Those definitions, to be applied, that the API server does not have as the JSON files in `files` say.

    Raises:
        httpx.HTTPStatusError: the API server refused to tell.
    """
    if not files:
        return []
    # An empty list is null in this form.
    listed = api_server.get(_PATH, headers=_METADATA_ALONE).raise_for_status().json()["items"] or []
    present = {item["metadata"]["name"]: item["metadata"].get("annotations", {}).get(_SUM) for item in listed}
    wanted = [_object(_read(file), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]
    return [item for item in wanted if present.get(item.body["metadata"]["name"]) != _sum_of(item)]


def are_served(api_server: httpx.Client, files: Sequence[Path]) -> bool:
    """Whether the API server takes objects of every definition, in each of its served versions."""
    wanted: dict[str, set[str]] = {}
    for definition in map(_read, files):
        spec = definition["spec"]
        for version in spec["versions"]:
            if version["served"]:
                wanted.setdefault(f"{spec['group']}/{version['name']}", set()).add(spec["names"]["plural"])
    return all(plurals <= _served(api_server, version) for version, plurals in wanted.items())


def _served(api_server: httpx.Client, version: str) -> set[str]:
    answer = api_server.get(f"/apis/{version}")
    if answer.status_code != HTTPStatus.OK:
        return set()
    return {entry["name"] for entry in answer.json()["resources"]}


def _read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_bytes())


def _sum_of(item: Object) -> str:
    return item.body["metadata"]["annotations"][_SUM]


def _object(definition: dict[str, Any], sha: str) -> Object:
    metadata = definition["metadata"]
    marked = {**metadata, "annotations": {**metadata.get("annotations", {}), _SUM: sha}}
    return Object(f"{_PATH}/{metadata['name']}", {**definition, "metadata": marked})
