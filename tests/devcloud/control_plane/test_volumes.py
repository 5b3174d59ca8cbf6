"""Which claims get a volume and which volumes go away, against an API server's lists."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from devcloud.control_plane.volumes import reconcile

Json = dict[str, Any]


def _claim(uid: str, *, driver: str = "efs.csi.aws.com", phase: str = "Pending") -> Json:
    annotations = {"volume.kubernetes.io/storage-provisioner": driver}
    return {
        "metadata": {"name": uid, "namespace": "shop", "uid": uid, "annotations": annotations},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "shared",
            "resources": {"requests": {"storage": "125Gi"}},
        },
        "status": {"phase": phase},
    }


def _volume(name: str, *, phase: str, owner: str = "efs.csi.aws.com", policy: str = "Delete") -> Json:
    return {
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": owner}},
        "spec": {"persistentVolumeReclaimPolicy": policy},
        "status": {"phase": phase},
    }


class _ApiServer:
    """Serves two lists and remembers what it was asked to change."""

    def __init__(self, claims: list[Json], volumes: list[Json], answer: int = 201) -> None:
        self.lists = {"persistentvolumeclaims": claims, "persistentvolumes": volumes}
        self.answer = answer
        self.created: list[Json] = []
        self.deleted: list[str] = []

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._handle), base_url="https://server")

    def _handle(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        match request.method:
            case "GET":
                return httpx.Response(200, json={"items": self.lists[name]})
            case "POST":
                self.created.append(json.loads(request.content))
            case _:
                self.deleted.append(name)
        return httpx.Response(self.answer)


def test_a_waiting_claim_of_the_driver_gets_a_volume_of_its_size() -> None:
    waiting = _claim("u1")
    others = [_claim("u2", driver="ebs.csi.aws.com"), _claim("u3", phase="Bound"), _claim("u4")]
    server = _ApiServer([waiting, *others], [_volume("pvc-u4", phase="Available")])

    reconcile(server.client())

    (volume,) = server.created
    assert volume["metadata"]["name"] == "pvc-u1"
    assert volume["spec"]["capacity"] == {"storage": "125Gi"}
    assert volume["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume["spec"]["claimRef"]["uid"] == "u1"


def test_a_released_volume_of_the_driver_is_deleted_unless_it_is_to_be_kept() -> None:
    volumes = [
        _volume("gone", phase="Released"),
        _volume("used", phase="Bound"),
        _volume("kept", phase="Released", policy="Retain"),
        _volume("foreign", phase="Released", owner="ebs.csi.aws.com"),
    ]
    server = _ApiServer([], volumes)

    reconcile(server.client())

    assert server.deleted == ["gone"]


@pytest.mark.parametrize(("claims", "volumes", "answer"), [([_claim("u1")], [], 409), ([], ["old"], 404)])
def test_a_list_that_is_a_moment_old_is_no_fault(claims: list[Json], volumes: list[str], answer: int) -> None:
    server = _ApiServer(claims, [_volume(name, phase="Released") for name in volumes], answer)

    reconcile(server.client())

    assert len(server.created) + len(server.deleted) == 1


def test_a_refusal_is_raised() -> None:
    server = _ApiServer([_claim("u1")], [], answer=403)

    with pytest.raises(httpx.HTTPStatusError, match="403"):
        reconcile(server.client())
