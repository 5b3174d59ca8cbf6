"""Stands in for the External Secrets operator: keeps Secrets equal to what AWS Secrets Manager has.

It does what the regions' objects ask for, and says of everything else that it does not know it. No value is ever in a
message or in the log.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

from devcloud.control_plane.secret_templates import SyncError, properties_of, property_of, render, seconds

Json = dict[str, Any]
ReadSecret = Callable[[str, str], str]
"""(AWS region, name of the secret) → its text. Raises LookupError, with a sentence, where there is none."""

_GROUP = "/apis/external-secrets.io/v1"
_MANAGER = "external-secrets"
_FROM_CACHE = {"resourceVersion": "0"}
_RETRY_SECONDS = 2.0
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class ExternalSecrets:
    """Reconciles all ExternalSecrets of one cluster; remembers when each is due again."""

    def __init__(self, api_server: httpx.Client, read: ReadSecret, clock: Callable[[], float] = time.monotonic) -> None:
        self._api_server, self._read, self._clock = api_server, read, clock
        self._due: dict[tuple[str, str], float] = {}

    def reconcile(self) -> None:
        """Make or refresh every Secret that is due: new, changed, its interval over, or failed a moment ago.

        Raises:
            httpx.HTTPError: the API server refused or did not answer.
        """
        listed = self._api_server.get(f"{_GROUP}/externalsecrets", params=_FROM_CACHE)
        if listed.status_code == HTTPStatus.NOT_FOUND:  # a cluster without the definitions
            return
        items = listed.raise_for_status().json()["items"]
        wanted = {(item["metadata"]["uid"], _version(item)): item for item in items}
        self._due = {version: due for version, due in self._due.items() if version in wanted}
        for version, item in wanted.items():
            if self._clock() >= self._due.get(version, 0.0):
                self._due[version] = self._clock() + self._reconcile(item)

    def _reconcile(self, wanted: Json) -> float:
        """Make one Secret; returns the seconds until it is to be looked at again."""
        try:
            self._apply(wanted, self._data(wanted))
        except (SyncError, LookupError) as error:
            self._tell(wanted, ready=False, message=str(error))
            return _RETRY_SECONDS
        self._tell(wanted, ready=True, message="secret synced")
        # As in the real one, an interval of nothing means once.
        return seconds(wanted["spec"].get("refreshInterval", "1h")) or math.inf

    def _data(self, wanted: Json) -> dict[str, str]:
        spec, template = wanted["spec"], _template(wanted)
        aws_region = self._aws_region(spec.get("secretStoreRef", {}), wanted["metadata"]["namespace"])
        texts: dict[str, str] = {}

        def text_of(reference: Json) -> str:
            if "version" in reference:
                raise SyncError("the embedded cloud does not read versions of a secret")
            name = reference["key"]
            return texts[name] if name in texts else texts.setdefault(name, self._read(aws_region, name))

        values: dict[str, str] = {}
        for source in spec.get("dataFrom", []):
            if source.keys() != {"extract"}:
                raise SyncError("the embedded cloud knows dataFrom.extract alone")
            values |= properties_of(source["extract"]["key"], text_of(source["extract"]))
        for item in spec.get("data", []):
            reference = item["remoteRef"]
            text, name = text_of(reference), reference.get("property")
            values[item["secretKey"]] = property_of(reference["key"], text, name) if name else text
        if "templateFrom" in template:
            raise SyncError("the embedded cloud knows template.data alone")
        return {key: render(text, values) for key, text in template["data"].items()} if "data" in template else values

    def _aws_region(self, reference: Json, namespace: str) -> str:
        """The AWS region of a store, if this namespace may use it."""
        kind, name = reference.get("kind", "SecretStore"), reference.get("name", "")
        scope = "" if kind == "ClusterSecretStore" else f"/namespaces/{namespace}"
        answer = self._api_server.get(f"{_GROUP}{scope}/{kind.lower()}s/{name}")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise SyncError(f"there is no {kind} {name}")
        spec = answer.raise_for_status().json()["spec"]
        provider = spec["provider"].get("aws", {})
        if provider.get("service") != "SecretsManager":
            raise SyncError(f"{kind} {name}: the embedded cloud knows AWS Secrets Manager alone")
        conditions = spec.get("conditions", [])
        if conditions and not any(namespace in condition.get("namespaces", []) for condition in conditions):
            raise SyncError(f"{kind} {name} may not be used in the namespace {namespace}: denied by spec.conditions")
        return str(provider["region"])

    def _apply(self, wanted: Json, data: Mapping[str, str]) -> None:
        answer = self._api_server.patch(
            f"/api/v1/namespaces/{wanted['metadata']['namespace']}/secrets/{_target(wanted)}",
            params={"fieldManager": _MANAGER, "force": "true"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            json=secret_of(wanted, data),
        )
        if answer.is_error:  # the answer may quote the body
            raise SyncError(f"the API server refused the Secret ({answer.status_code})")

    def _tell(self, wanted: Json, *, ready: bool, message: str) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        before = next(iter(wanted.get("status", {}).get("conditions", [])), {})
        condition = {
            "type": "Ready",
            "status": str(ready),
            "reason": "SecretSynced" if ready else "SecretSyncedError",
            "message": message,
        }
        if not ready and condition.items() <= before.items():
            return
        same = before.get("status") == condition["status"]
        condition["lastTransitionTime"] = before["lastTransitionTime"] if same else now
        status: Json = {"conditions": [condition]}
        if ready:
            binding = {"name": _target(wanted)}
            status |= {"refreshTime": now, "syncedResourceVersion": _version(wanted), "binding": binding}
        metadata = wanted["metadata"]
        answer = self._api_server.patch(
            f"{_GROUP}/namespaces/{metadata['namespace']}/externalsecrets/{metadata['name']}/status",
            headers={"Content-Type": "application/merge-patch+json"},
            json={"status": status},
        )
        if answer.status_code != HTTPStatus.NOT_FOUND:  # it was deleted meanwhile
            answer.raise_for_status()


def secret_of(wanted: Json, data: Mapping[str, str]) -> Json:
    """The Secret of an ExternalSecret, owned by it: it goes when the ExternalSecret goes."""
    metadata, template = wanted["metadata"], _template(wanted)
    # Without a template, the real one copies the ExternalSecret's own.
    described = template.get("metadata", {}) if template else metadata
    annotations = {key: value for key, value in described.get("annotations", {}).items() if key != _LAST_APPLIED}
    owner = {
        "apiVersion": wanted["apiVersion"],
        "kind": wanted["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": template.get("type", "Opaque"),
        "metadata": {
            "name": _target(wanted),
            "labels": {**described.get("labels", {}), "reconcile.external-secrets.io/managed": "true"},
            "annotations": annotations,
            "ownerReferences": [owner],
        },
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
    }


def _version(wanted: Json) -> str:
    """What changes with the specification and, as in the real one, with labels and annotations."""
    metadata = wanted["metadata"]
    described = json.dumps([metadata.get("labels"), metadata.get("annotations")], sort_keys=True)
    return f"{metadata['generation']}-{hashlib.sha3_224(described.encode()).hexdigest()}"


def _target(wanted: Json) -> str:
    return wanted["spec"].get("target", {}).get("name") or wanted["metadata"]["name"]


def _template(wanted: Json) -> Json:
    return wanted["spec"].get("target", {}).get("template", {})
