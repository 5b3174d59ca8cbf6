"""What a preview may say about outputs: what is known, and unknowns for what only the update will tell."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from devcloud.providers.kubernetes.client import ApiError
from devcloud.providers.properties import UNKNOWN

# Given anew to every object; a dry run makes some up that the real object will not have.
_NEW_METADATA = ("creationTimestamp", "generation", "resourceVersion", "uid")
_CHANGED_METADATA = ("generation", "resourceVersion")
_NEW_SERVICE_FIELDS = ("clusterIP", "clusterIPs", "healthCheckNodePort")


def echoed(inputs: Mapping[str, Any], old_outputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The outputs where no dry run is possible: the inputs, over what an existing object had."""
    before = old_outputs or {"status": UNKNOWN}
    after = {**before, **copy.deepcopy(dict(inputs))}
    if isinstance(after.get("metadata"), dict):
        known = before.get("metadata")
        after["metadata"] = {**(known if isinstance(known, dict) else {}), **after["metadata"]}
        _hide(after["metadata"], _CHANGED_METADATA if old_outputs else _NEW_METADATA)
    return after


def of_new(dry_run: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of an object to be created, from its dry run."""
    outputs = copy.deepcopy(dry_run)
    _hide(outputs["metadata"], _NEW_METADATA)
    outputs["status"] = UNKNOWN
    if outputs["kind"] == "Service":
        declared = inputs.get("spec", {})
        _hide(outputs["spec"], tuple(name for name in _NEW_SERVICE_FIELDS if name not in declared))
        for port in outputs["spec"].get("ports", []):
            if "nodePort" in port and not any(port["nodePort"] == p.get("nodePort") for p in declared.get("ports", [])):
                port["nodePort"] = UNKNOWN
    return outputs


def of_changed(dry_run: dict[str, Any]) -> dict[str, Any]:
    """The outputs of an object to be changed, from its dry run."""
    outputs = copy.deepcopy(dry_run)
    _hide(outputs["metadata"], _CHANGED_METADATA)
    return outputs


def lacks_namespace(error: ApiError) -> bool:
    """Whether the object was refused because its namespace does not exist (which the same update may create)."""
    return error.reason == "NotFound" and error.about == "namespaces"


def _hide(values: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        values[name] = UNKNOWN
