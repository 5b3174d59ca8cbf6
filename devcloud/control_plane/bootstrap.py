"""Brings a control plane whose API server answers to the state of a fresh cluster, and waits until it is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus

import httpx

from devcloud.control_plane.objects import CUSTOM_METRICS, METRICS_NAMESPACE, NODES, RESOURCE_METRICS, Object

_FIELD_MANAGER = "wedsync-devcloud"
_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"


def api_server_is_ready(api_server: httpx.Client) -> bool:
    """Whether it has finished its own start, system namespaces included."""
    return _exists(api_server, "/readyz") and _exists(api_server, f"/api/v1/namespaces/{METRICS_NAMESPACE}")


def apply(api_server: httpx.Client, objects: Iterable[Object]) -> None:
    """Server-side apply each of `objects`.

    Raises:
        httpx.HTTPStatusError: the API server refused one.
    """
    for item in objects:
        api_server.patch(
            item.path,
            params={"fieldManager": _FIELD_MANAGER, "force": "true"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            json=dict(item.body),
        ).raise_for_status()


def drop_node_leases(api_server: httpx.Client) -> None:
    """Let the new kwok take the nodes over at once.

    The one before may have been killed; its leases would keep the new one from its nodes until they expire.
    """
    api_server.delete(_LEASES).raise_for_status()


def drop_nodes_but(api_server: httpx.Client, wanted: Collection[str]) -> None:
    """Delete the nodes of pools and zones that the region no longer has."""
    for node in api_server.get(NODES).raise_for_status().json()["items"]:
        if node["metadata"]["name"] not in wanted:
            api_server.delete(f"{NODES}/{node['metadata']['name']}").raise_for_status()


def cluster_is_ready(api_server: httpx.Client, nodes: Collection[str]) -> bool:
    """Whether kwok keeps the nodes Ready, pods can be created, and the metrics API answers through the API server.

    What etcd remembers from the last run proves nothing; leases were dropped and answers are asked for now.
    """
    return (
        all(_exists(api_server, f"{_LEASES}/{node}") for node in nodes)
        and all(_is_ready(api_server, node) for node in nodes)
        and _exists(api_server, "/api/v1/namespaces/default/serviceaccounts/default")
        and _exists(api_server, f"/apis/{RESOURCE_METRICS}/nodes")
        and _exists(api_server, f"/apis/{CUSTOM_METRICS}")
    )


def _exists(api_server: httpx.Client, path: str) -> bool:
    """Whether `path` answers 200; while a server starts, everything else means "not yet"."""
    try:
        return api_server.get(path).status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False


def _is_ready(api_server: httpx.Client, node: str) -> bool:
    status = api_server.get(f"{NODES}/{node}").raise_for_status().json()["status"]
    return any(
        condition["type"] == "Ready" and condition["status"] == "True" for condition in status.get("conditions", [])
    )
