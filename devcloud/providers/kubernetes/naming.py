"""Names for objects whose program gives none: `<resource name>-<8 hex digits>`, kept over updates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from devcloud.providers.properties import UNKNOWN

AUTONAMED = "pulumi.com/autonamed"
_DIGITS = 8


def named(resource_name: str, olds: Mapping[str, Any], news: Mapping[str, Any], seed: bytes) -> dict[str, Any]:
    """`news` with a name: its own, else the generated one of `olds`, else a new one from `seed` (the engine's)."""
    metadata = news.get("metadata", {})
    if not isinstance(metadata, Mapping) or metadata.get("name") is not None:
        return dict(news)
    old_metadata = olds.get("metadata", {})
    kept = old_metadata.get("name") if is_autonamed(olds) else None
    name = kept or f"{resource_name}-{hashlib.sha256(seed).hexdigest()[:_DIGITS]}"
    annotations = metadata.get("annotations") or {}
    if annotations is not UNKNOWN:
        annotations = {**annotations, AUTONAMED: "true"}
    return {**news, "metadata": {**metadata, "name": name, "annotations": annotations}}


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    """Whether the name was generated here, so that a replacement can live beside the old object."""
    return annotation(inputs, AUTONAMED) == "true"


def annotation(inputs: Mapping[str, Any], key: str) -> Any:
    """One annotation's value; None without it or while it is unknown."""
    metadata = inputs.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    value = annotations.get(key) if isinstance(annotations, Mapping) else None
    return None if value is UNKNOWN else value
