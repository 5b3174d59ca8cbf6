"""The provider's configuration, as the official plugin takes it, reduced to what a local endpoint can mean."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from devcloud.providers.aws.names import suggestion
from devcloud.providers.plugin import ProviderError

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL"

# Checks of real accounts that the official plugin can skip; here there is no real account, so they are always skipped.
_WITHOUT_MEANING = {
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "allowedAccountIds",
    "s3UsePathStyle",
    "s3UsEast1RegionalEndpoint",
    "version",
    "pluginDownloadURL",
    "__internal",
}
_TAKEN = {"region", "accessKey", "secretKey", "token", "endpoints", "defaultTags"}


@dataclass(frozen=True)
class Settings:
    """What clients are made of. `endpoints` are URLs by service, over `endpoint` for all others; all are loopback."""

    region: str
    endpoint: str
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    access_key: str = "local"
    secret_key: str = "local"  # noqa: S105 - the local endpoint takes any
    token: str | None = None
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


def parse(raw: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a Configure call, whose nested values are JSON texts.

    Raises:
        ProviderError: the endpoint is missing or not loopback, there is no region, or a setting is not taken here.
    """
    for name in raw:
        if name not in _TAKEN | _WITHOUT_MEANING:
            hint = suggestion(name, _TAKEN | _WITHOUT_MEANING)
            raise ProviderError(f"aws provider: the local plugin does not take the setting {name!r}{hint}")
    region = raw.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not isinstance(region, str) or not region:
        raise ProviderError("aws provider: no region. Set `aws:region`, the provider's `region`, or AWS_REGION")
    return Settings(
        region=region,
        endpoint=_loopback(ENDPOINT_VARIABLE, environment.get(ENDPOINT_VARIABLE)),
        endpoints=_endpoints(_json(raw.get("endpoints")) or []),
        access_key=raw.get("accessKey") or environment.get("AWS_ACCESS_KEY_ID") or Settings.access_key,
        secret_key=raw.get("secretKey") or environment.get("AWS_SECRET_ACCESS_KEY") or Settings.secret_key,
        token=raw.get("token") or environment.get("AWS_SESSION_TOKEN"),
        default_tags=_default_tags(_json(raw.get("defaultTags")) or {}),
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


def _endpoints(entries: list[dict[str, str]]) -> dict[str, str]:
    return {
        service: _loopback(f"endpoints[{i}].{service}", url)
        for i, entry in enumerate(entries)
        for service, url in entry.items()
    }


def _default_tags(block: dict[str, Any]) -> dict[str, str]:
    for key in block:
        if key != "tags":
            raise ProviderError(f"aws provider: defaultTags takes `tags` alone, not {key!r}")
    return dict(block.get("tags") or {})


def _loopback(source: str, url: str | None) -> str:
    """The URL, if it cannot reach a real account."""
    host = urlsplit(url).hostname if url else None
    if url and host and (host == "localhost" or _is_loopback_address(host)):
        return url
    raise ProviderError(
        f"aws provider: {source} is {url!r}, but this local plugin speaks to loopback addresses alone, never to a real"
        " account. Run inside the embedded cloud's environment, or use the official aws plugin"
    )


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
