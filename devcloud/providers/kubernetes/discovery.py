"""Where the objects of a kind live in the API: its plural, and whether it has namespaces."""

from __future__ import annotations

import threading
from typing import NamedTuple
from urllib.parse import quote

from devcloud.providers.kubernetes.client import Client
from devcloud.providers.plugin import ProviderError


class UnknownKindError(ProviderError):
    """The API server serves no such kind (yet): its CustomResourceDefinition may still have to be created."""


class KindInfo(NamedTuple):
    """One served kind; `base` is the path of its API version, e.g. /apis/apps/v1."""

    base: str
    plural: str
    namespaced: bool

    def collection(self, namespace: str | None) -> str:
        """The path of all objects of the kind in a namespace (ignored for cluster-scoped kinds)."""
        scope = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        return f"{self.base}{scope}/{self.plural}"

    def item(self, namespace: str | None, name: str) -> str:
        """The path of one object."""
        return f"{self.collection(namespace)}/{quote(name, safe=':')}"


class Discovery:
    """Kinds by API version, asked for once and again only when a kind is missing."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, dict[str, KindInfo]] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> KindInfo:
        """The kind's place in the API.

        Raises:
            UnknownKindError: the server does not serve it.
        """
        with self._lock:
            kinds = self._known.get(api_version, {})
            if kind not in kinds:
                kinds = self._known[api_version] = self._fetch(api_version)
        if kind not in kinds:
            cluster = self._client.cluster
            raise UnknownKindError(
                f"the API server {cluster.server} (context {cluster.context!r}) serves no kind {kind!r} in "
                f"{api_version!r}. If it is a custom resource, create its CustomResourceDefinition first "
                "(`depends_on`); otherwise check apiVersion and kind."
            )
        return kinds[kind]

    def _fetch(self, api_version: str) -> dict[str, KindInfo]:
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        answer = self._client.get(base) or {}
        return {
            entry["kind"]: KindInfo(base, entry["name"], entry["namespaced"])
            for entry in answer.get("resources", [])
            if "/" not in entry["name"]  # subresources such as deployments/scale
        }
