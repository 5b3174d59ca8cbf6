"""Server-side apply that overwrites another manager's change only where the state has shown it."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Mapping
from typing import Any

from devcloud.providers.kubernetes import stringdata
from devcloud.providers.kubernetes.client import ApiError
from devcloud.providers.kubernetes.fields import leaf_values, owned
from devcloud.providers.kubernetes.naming import annotation
from devcloud.providers.kubernetes.objects import ObjectAddress
from devcloud.providers.plugin import ProviderError, Resource

_MANAGER = "pulumi-kubernetes"
_PATCH_MANAGER = "pulumi.com/patchFieldManager"
_PATCH_FORCE = "pulumi.com/patchForce"


def is_patch(resource: Resource) -> bool:
    """Whether the resource is one of the SDK's `...Patch` types: fields on an object that somebody else declares."""
    return resource.type.endswith("Patch")


def field_manager(resource: Resource, inputs: Mapping[str, Any]) -> str:
    """The name under which the server records our fields.

    One name for all whole objects, so that an object found after a crash tells what was applied; a name of its own for
    each Patch, or two patches of one object would each drop what the other applied.
    """
    if not is_patch(resource):
        return _MANAGER
    chosen = annotation(inputs, _PATCH_MANAGER)
    return chosen or f"{_MANAGER}-{hashlib.sha256(resource.urn.encode()).hexdigest()[:8]}"


def apply_over(
    address: ObjectAddress,
    manifest: Mapping[str, Any],
    *,
    manager: str,
    known: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    dry_run: bool,
) -> dict[str, Any]:
    """Apply; where others own fields, take them over if `known` has their live values.

    `known` is what the state says (refreshed or not): a drift that a refresh put there was shown in the preview and is
    meant to be repaired; one that nobody has seen is not silently undone.

    Raises:
        ProviderError: another manager changed fields to values that the state does not know; which, whose, and what
            to do.
        ApiError: any other refusal.
    """
    force = annotation(manifest, _PATCH_FORCE) == "true"
    try:
        return address.apply(manifest, manager=manager, force=force, dry_run=dry_run)
    except ApiError as error:
        if error.code != http.client.CONFLICT or not _conflicts(error) or live is None:
            raise
        unseen = _unseen(error, known, live)
        if unseen:
            raise ProviderError(_explain(address, unseen)) from error
    return address.apply(manifest, manager=manager, force=True, dry_run=dry_run)


def _conflicts(error: ApiError) -> list[Mapping[str, Any]]:
    return [cause for cause in error.causes if cause.get("reason") == "FieldManagerConflict"]


def _unseen(error: ApiError, known: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    """The conflicts at fields whose live value is not the one in `known`, a line each."""
    tree = owned(live)
    live_values = leaf_values(tree, live)
    known_values = leaf_values(tree, stringdata.as_data(known))
    lines: list[str] = []
    for cause in _conflicts(error):
        path = str(cause.get("field"))
        if path not in known_values or known_values[path] != live_values.get(path):
            lines.append(f"{path}: {cause.get('message')}")
    return lines


def _explain(address: ObjectAddress, conflicts: list[str]) -> str:
    listed = "\n".join(f"  {line}" for line in conflicts)
    return (
        f"apply {address}: other field managers have changed fields that this program declares, since the state was "
        f"last refreshed:\n{listed}\n"
        "To take them back: `pulumi up --refresh` shows the change and undoes it. To leave them alone: list them in "
        f"`ignore_changes` or drop them from the program. To always win: annotate the resource `{_PATCH_FORCE}: "
        '"true"`.\n'
        f"Who owns what: {address.kubectl('get -o yaml --show-managed-fields')}"
    )
