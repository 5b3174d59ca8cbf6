"""Kubeconfig files: one for each component of a control plane, and the merged one that people and providers use."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devcloud.control_plane.pki import Pair
from devcloud.processes import write_atomically


@dataclass(frozen=True)
class Access:
    """How one user reaches one API server.

    Attributes:
        context: the name of the context, the cluster and the user in the file.
        server: e.g. https://127.0.0.1:20443.
        ca: the certificate that vouches for the server.
        client: the user's certificate and key.
    """

    context: str
    server: str
    ca: Path
    client: Pair


def write_kubeconfig(file: Path, accesses: Sequence[Access]) -> None:
    """Write `file` (mode 0600) with one context for each of `accesses`; the first one is current.

    Certificates are embedded, so the file works wherever it is copied. It is JSON, which is YAML: no writer of the
    format can quote it wrongly.
    """
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": accesses[0].context if accesses else "",
        "clusters": [_cluster(access) for access in accesses],
        "users": [_user(access) for access in accesses],
        "contexts": [
            {"name": access.context, "context": {"cluster": access.context, "user": access.context}}
            for access in accesses
        ],
    }
    write_atomically(file, json.dumps(config, indent=2) + "\n", mode=0o600)


def _cluster(access: Access) -> dict[str, object]:
    return {
        "name": access.context,
        "cluster": {"server": access.server, "certificate-authority-data": _base64(access.ca)},
    }


def _user(access: Access) -> dict[str, object]:
    return {
        "name": access.context,
        "user": {
            "client-certificate-data": _base64(access.client.certificate),
            "client-key-data": _base64(access.client.key),
        },
    }


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
