"""The provider's configuration: the official provider's settings, those that mean something here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.providers.kubernetes import kubeconfig
from devcloud.providers.plugin import ProviderError
from devcloud.providers.properties import contains_unknown

# The official provider's settings that change nothing here; each for the reason beside it.
_WITHOUT_MEANING = frozenset(
    {
        "clusterIdentifier",  # the engine replaces a provider of this kind never
        "enablePatchForce",  # `pulumi.com/patchForce` says it per resource
        "enableServerSideApply",  # always
        "helmReleaseSettings",  # no Helm
        "kubeClientSettings",  # no client-side rate limit to tune
        "suppressDeprecationWarnings",
        "suppressHelmHookWarnings",
        "version",  # the engine's own
        "pluginDownloadURL",  # the engine's own
    }
)
_REFUSED = {
    "alwaysRender": "rendering to a directory is not supported",
    "renderYamlToDirectory": "rendering to a directory is not supported",
    "deleteUnreachable": "an unreachable cluster is an error",
    "skipUpdateUnreachable": "an unreachable cluster is an error",
}
_TAKEN = frozenset(
    {
        "cluster",
        "context",
        "enableConfigMapMutable",
        "enableSecretMutable",
        "kubeconfig",
        "namespace",
        "upsertExistingObjects",
    }
)


@dataclass(frozen=True)
class Settings:
    """`cluster` is None while it is unknown (a preview of a stack that creates the cluster itself)."""

    cluster: kubeconfig.Cluster | None
    namespace: str
    mutable_config_maps: bool
    mutable_secrets: bool
    adopt_existing: bool


def parse(raw: Mapping[str, Any]) -> Settings:
    """Settings from what Configure gets: strings, possibly JSON-encoded.

    Raises:
        ProviderError: a setting is unknown, refused or wrong, or there is no usable kubeconfig.
    """
    values = {key: _plain(value) for key, value in raw.items() if value is not None}
    for name, why in _REFUSED.items():
        if values.get(name):
            raise ProviderError(f"kubernetes:{name} is not taken by the local Kubernetes provider: {why}")
    unknown = sorted(values.keys() - _TAKEN - _WITHOUT_MEANING - _REFUSED.keys())
    if unknown:
        raise ProviderError(
            f"unknown Kubernetes provider setting {', '.join(unknown)}; known: {', '.join(sorted(_TAKEN))}"
        )
    place = [values.get(name) for name in ("kubeconfig", "context", "cluster")]
    cluster = None if contains_unknown(place) else kubeconfig.load(_kubeconfig_text(place[0]), place[1], place[2])
    return Settings(
        cluster=cluster,
        namespace=values.get("namespace") or (cluster.namespace if cluster else "default"),
        mutable_config_maps=_flag(values, "enableConfigMapMutable"),
        mutable_secrets=_flag(values, "enableSecretMutable"),
        adopt_existing=_flag(values, "upsertExistingObjects"),
    )


def _kubeconfig_text(value: Any) -> str | None:
    """A kubeconfig given as an object arrives decoded."""
    return json.dumps(value) if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    """The SDK sends every setting that is not a string as JSON text."""
    if not isinstance(value, str) or value not in ("true", "false"):
        return value
    return value == "true"


def _flag(values: Mapping[str, Any], name: str) -> bool:
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise ProviderError(f"kubernetes:{name} is {value!r}; allowed: true, false")
    return value
