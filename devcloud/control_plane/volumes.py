"""Stands in for the EFS driver's controller: claims of its classes get a volume, released volumes go away.

Without it a claim stays pending and every pod that mounts it too. There is no file system behind a volume, as there
is no container behind a pod.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx

from devcloud.control_plane.objects import FILE_STORAGE_DRIVER

Json = dict[str, Any]

_CLAIMS = "/api/v1/persistentvolumeclaims"
_VOLUMES = "/api/v1/persistentvolumes"
# Kubernetes' volume controller names the driver it waits for in the first; the second says whose a volume is.
_WANTED_DRIVER = "volume.kubernetes.io/storage-provisioner"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
# Answers may come from the API server's cache: a second later is soon enough.
_FROM_CACHE = {"resourceVersion": "0"}


def reconcile(api_server: httpx.Client) -> None:
    """Give every waiting claim its volume and delete every released one. Doing it twice changes nothing.

    Raises:
        httpx.HTTPError: the API server refused or did not answer.
    """
    claims = _items(api_server, _CLAIMS)
    volumes = _items(api_server, _VOLUMES)
    existing = {volume["metadata"]["name"] for volume in volumes}
    for claim in claims:
        if _waits(claim) and _volume_name(claim) not in existing:
            answer = api_server.post(_VOLUMES, json=volume_for(claim))
            # The list may be a moment old.
            if answer.status_code != HTTPStatus.CONFLICT:
                answer.raise_for_status()
    for volume in volumes:
        if _is_left_over(volume):
            answer = api_server.delete(f"{_VOLUMES}/{volume['metadata']['name']}")
            if answer.status_code != HTTPStatus.NOT_FOUND:
                answer.raise_for_status()


def volume_for(claim: Json) -> Json:
    """The PersistentVolume that satisfies `claim`."""
    meta, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": _volume_name(claim), "annotations": {_PROVISIONED_BY: FILE_STORAGE_DRIVER}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "storageClassName": spec["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": meta["namespace"],
                "name": meta["name"],
                "uid": meta["uid"],
            },
            "csi": {"driver": FILE_STORAGE_DRIVER, "volumeHandle": f"fs-{meta['uid']}"},
        },
    }


def _items(api_server: httpx.Client, path: str) -> list[Json]:
    return api_server.get(path, params=_FROM_CACHE).raise_for_status().json()["items"]


def _waits(claim: Json) -> bool:
    driver = claim["metadata"].get("annotations", {}).get(_WANTED_DRIVER)
    return driver == FILE_STORAGE_DRIVER and claim["status"].get("phase") == "Pending"


def _is_left_over(volume: Json) -> bool:
    owner = volume["metadata"].get("annotations", {}).get(_PROVISIONED_BY)
    keep = volume["spec"]["persistentVolumeReclaimPolicy"] != "Delete"
    return owner == FILE_STORAGE_DRIVER and volume["status"].get("phase") == "Released" and not keep


def _volume_name(claim: Json) -> str:
    return f"pvc-{claim['metadata']['uid']}"
