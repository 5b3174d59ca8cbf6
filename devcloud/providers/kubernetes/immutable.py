"""Which changes need a new object, as data.

The table follows the official provider's (pulumi-kubernetes, provider/pkg/provider/diff.go), so that a preview here
says what a preview in production says; what the server alone knows comes from its answer to a dry run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from devcloud.providers.changes import Change, Kind
from devcloud.providers.kubernetes import paths
from devcloud.providers.kubernetes.client import ApiError
from devcloud.providers.properties import Path

_IDENTITY = ("metadata.name", "metadata.namespace")
_CONFIG_DATA = ("data", "binaryData", "stringData", "immutable")

_BY_KIND: Mapping[tuple[str, str], Sequence[str]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "ReplicaSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.completionMode", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("scheduling.k8s.io", "PriorityClass"): ("value", "preemptionPolicy"),
    ("storage.k8s.io", "StorageClass"): (
        "parameters",
        "provisioner",
        "reclaimPolicy",
        "volumeBindingMode",
    ),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.dataSource",
        "spec.dataSourceRef",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeMode",
        "spec.volumeName",
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP", "spec.clusterIPs"),
}

_UNPROCESSABLE = 422
# How validation says that a field of an existing object stays as it is (k8s.io/apimachinery and pkg/apis/*/validation).
_SAYS_IMMUTABLE = re.compile(r"is immutable|updates to .+ are forbidden|updates may not change|may not change once set")


def needing_replacement(
    changes: list[Change], old: Mapping[str, Any], new: Mapping[str, Any], *, mutable_data: bool
) -> list[Change]:
    """`changes` with those marked that cannot be made in place.

    Args:
        mutable_data: ConfigMaps and Secrets not marked `immutable` are updated in place; otherwise every change of
            their data makes a new one, as the official provider does unless told otherwise.
    """
    group = _group(new)
    patterns = [*_IDENTITY, *_BY_KIND.get((group, str(new.get("kind"))), ())]
    if (
        group == ""
        and new.get("kind") in ("ConfigMap", "Secret")
        and (old.get("immutable") is True or not mutable_data)
    ):
        patterns += _CONFIG_DATA if old.get("immutable") is True else _CONFIG_DATA[:-1]
    if _group(old) != group or old.get("kind") != new.get("kind"):
        patterns += ["apiVersion", "kind"]
    parsed = [paths.parse(pattern) for pattern in patterns]
    return [replace(change, replace=any(_changes(change, pattern) for pattern in parsed)) for change in changes]


def refused_as_immutable(error: ApiError, changes: list[Change]) -> list[Change] | None:
    """`changes` with those marked that the server called immutable; None if it refused for another reason."""
    if error.code != _UNPROCESSABLE:
        return None
    fields = [str(cause.get("field", "")) for cause in error.causes if _SAYS_IMMUTABLE.search(cause.get("message", ""))]
    if len(fields) < len(error.causes) or not fields:
        return None
    refused = [_field_path(field) for field in fields]
    marked = [replace(c, replace=c.replace or any(paths.touches(f, c.path) for f in refused)) for c in changes]
    if any(change.replace for change in marked):
        return marked
    # It names a field that the server derives from the changed ones.
    return [replace(change, replace=True) for change in changes]


def _changes(change: Change, pattern: Path) -> bool:
    """Whether what is at `pattern` changes. A map that is updated as a whole is an unknown: it may stay the same."""
    return paths.covers(pattern, change.path) or (
        change.kind is not Kind.UPDATE and paths.touches(pattern, change.path)
    )


def _group(manifest: Mapping[str, Any]) -> str:
    version = str(manifest.get("apiVersion", ""))
    return version.rpartition("/")[0]


def _field_path(field: str) -> Path:
    """A cause's field; keys are in brackets without quotes there: `metadata.annotations[a.b/c]`."""
    return paths.parse(re.sub(r"\[([^\]\d][^\]]*)\]", r'["\1"]', field))
