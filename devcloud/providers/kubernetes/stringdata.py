"""A Secret's `stringData`, sent as `data`.

The server turns the one into the other and never gives it back. Under server-side apply it would also never remove a
key: ownership is kept for `stringData`, which the stored object does not have.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from devcloud.providers.properties import Path


def as_data(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """`manifest` with its `stringData` moved into `data`, over what is there under the same keys."""
    texts = manifest.get("stringData")
    if not is_secret(manifest) or not isinstance(texts, Mapping):
        return dict(manifest)
    encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
    rest = {key: value for key, value in manifest.items() if key != "stringData"}
    return {**rest, "data": {**(manifest.get("data") or {}), **encoded}}


def as_declared(found: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """`found` with those keys of its `data` moved to `stringData` that `declared` has there."""
    texts = declared.get("stringData")
    if not is_secret(declared) or not isinstance(texts, Mapping):
        return dict(found)
    data = dict(found.get("data") or {})
    moved = {key: _text(data.pop(key)) for key in texts if key in data}
    rest = {key: value for key, value in found.items() if key != "data"}
    return {**rest, **({"data": data} if data or "data" in declared else {}), "stringData": moved}


def data_path(path: Path) -> Path:
    """Where a path below `stringData` is in the stored object."""
    return ("data", *path[1:]) if path[:1] == ("stringData",) else path


def is_secret(manifest: Mapping[str, Any]) -> bool:
    """Whether it is a core Secret."""
    return manifest.get("kind") == "Secret" and manifest.get("apiVersion") == "v1"


def _text(encoded: str) -> str:
    """The text that a drifted value stands for; one that is no text stays as it is, it differs either way."""
    try:
        return base64.b64decode(encoded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return encoded
