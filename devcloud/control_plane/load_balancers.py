"""Stands in for the load balancer controller: every Service of that type gets a name that leads to loopback."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx

_SERVICES = "/api/v1/services"
_FROM_CACHE = {"resourceVersion": "0"}


def reconcile(api_server: httpx.Client, region: str) -> None:
    """Give every waiting Service its name, one of `region`'s. Doing it twice changes nothing.

    Raises:
        httpx.HTTPError: the API server refused or did not answer.
    """
    for service in api_server.get(_SERVICES, params=_FROM_CACHE).raise_for_status().json()["items"]:
        if service["spec"].get("type") == "LoadBalancer" and not service["status"].get("loadBalancer", {}):
            _admit(api_server, service["metadata"], region)


def _admit(api_server: httpx.Client, metadata: dict[str, Any], region: str) -> None:
    # RFC 6761: names below localhost are loopback's.
    ingress = [{"hostname": f"{metadata['name']}.{metadata['namespace']}.{region}.localhost"}]
    path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
    answer = api_server.patch(
        path,
        headers={"Content-Type": "application/merge-patch+json"},
        json={"status": {"loadBalancer": {"ingress": ingress}}},
    )
    if answer.status_code != HTTPStatus.NOT_FOUND:  # the list may be a moment old
        answer.raise_for_status()
