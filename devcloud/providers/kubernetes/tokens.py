"""What a Pulumi type token or ID says about a Kubernetes object, and which types are not taken here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devcloud.providers.plugin import Resource


def identity(resource: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """apiVersion and kind: those of `inputs`, else of the token `kubernetes:apps/v1:Deployment`."""
    _, version, kind = resource.type.split(":", 2)
    return {
        "apiVersion": inputs.get("apiVersion") or version.removeprefix("core/"),
        "kind": inputs.get("kind") or kind.removesuffix("Patch"),
    }


def refusal(resource: Resource) -> str | None:
    """Why a resource type cannot be taken, None if it can."""
    _, version, kind = resource.type.split(":", 2)
    if version.startswith(("helm.sh/", "kustomize", "yaml/")):
        return f"{resource.type} is not supported by the local Kubernetes provider: declare the objects themselves"
    if kind.endswith("List"):
        return f"{kind} is a list: declare its items as resources of their own"
    return None


def split_id(identifier: str) -> tuple[str | None, str]:
    """The namespace (None where the ID has none) and name of an ID `namespace/name` or `name`."""
    namespace, _, name = identifier.rpartition("/")
    return namespace or None, name
