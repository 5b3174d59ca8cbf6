"""One object in one cluster: where it is, what it is called, and the requests made about it."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.providers.kubernetes import stringdata
from devcloud.providers.kubernetes.client import ApiError, Client
from devcloud.providers.kubernetes.discovery import KindInfo

_APPLY = "application/apply-patch+yaml"  # JSON is YAML


@dataclass(frozen=True)
class ObjectAddress:
    """An object by name; it need not exist."""

    client: Client
    kind: str
    info: KindInfo
    namespace: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"

    @property
    def identifier(self) -> str:
        """Pulumi's ID: `namespace/name`, or `name` for cluster-scoped kinds."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def path(self) -> str:
        return self.info.item(self.namespace, self.name)

    def get(self) -> dict[str, Any] | None:
        """The live object, or None."""
        return self.client.get(self.path)

    def apply(self, manifest: Mapping[str, Any], *, manager: str, force: bool, dry_run: bool) -> dict[str, Any]:
        """Server-side apply; creates the object where it does not exist.

        Raises:
            ApiError: the server refused: the manifest is invalid, or another manager owns a field and not `force`.
        """
        query = {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": "Strict"}
        return self.client.request(
            "PATCH",
            self.path,
            query=query | ({"dryRun": "All"} if dry_run else {}),
            body=stringdata.as_data(manifest),
            content_type=_APPLY,
            action=f"apply {self}",
        )

    def try_create(self, manifest: Mapping[str, Any], *, manager: str) -> None:
        """Have the server validate `manifest` as a new object although one of that name may still exist.

        Raises:
            ApiError: it would be refused.
        """
        query = {"fieldManager": manager, "fieldValidation": "Strict", "dryRun": "All"}
        collection = self.info.collection(self.namespace)
        try:
            self.client.request(
                "POST", collection, query=query, body=stringdata.as_data(manifest), action=f"create {self}"
            )
        except ApiError as error:
            if error.reason != "AlreadyExists":  # the server says so only after it has found all else in order
                raise

    def delete(self) -> bool:
        """Ask for deletion, dependents in the background; False where the object is gone already."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        try:
            self.client.request("DELETE", self.path, body=body, action=f"delete {self}")
        except ApiError as error:
            if error.code == http.client.NOT_FOUND:
                return False
            raise
        return True

    def kubectl(self, verb: str) -> str:
        """The command with which a person looks at this object."""
        scope = f" -n {self.namespace}" if self.namespace else ""
        return f"kubectl --context {self.client.cluster.context}{scope} {verb} {self.info.plural} {self.name}"
