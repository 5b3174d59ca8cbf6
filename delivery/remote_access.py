"""How other regions' control planes read a region's cluster: a kubeconfig in Secrets Manager, never in Pulumi.

Its token is that of the service account which the region's stack makes for them; it lives until the account does.
"""

from __future__ import annotations

import base64
import json
import time
from http import HTTPStatus
from typing import Any

import httpx

from components.mesh.mesh_namespaces import READER
from delivery.kubeconfig import ApiServer
from delivery.steps import Outcome, State, StepError
from delivery.stored_secrets import StoredSecret, plan_secret

_TOKEN = f"{READER}-token"
_MANAGER = "wedops"
_DEADLINE_SECONDS = 30
_POLL_SECONDS = 0.2


def ensure_remote_access(
    api: httpx.Client, cluster: ApiServer, namespace: str, secrets: Any, to: StoredSecret
) -> Outcome:
    """Write the kubeconfig that `to` names, or a new one where the cluster is another by now.

    Args:
        api: an administrator's client of the region's API server.
        namespace: that of the mesh's control plane.
        secrets: boto3 client "secretsmanager" of the region's AWS region.
        to: the secret; its value is not used.
    Raises:
        StepError: the region's stack is not up, or Kubernetes made no token.
    """
    text = kubeconfig(to.name.rpartition("/")[2], cluster, _reader_token(api, namespace))
    what = f"secret {to.name}"
    plan = plan_secret(secrets, StoredSecret(to.name, to.description, lambda: text, to.replicas, to.key))
    plan.act()
    if not plan.exists:
        return Outcome(what, State.MADE, "")
    changes = list(plan.changes)
    if secrets.get_secret_value(SecretId=to.name)["SecretString"] != text:
        secrets.put_secret_value(SecretId=to.name, SecretString=text)
        changes.append("the cluster, or its token, is another one")
    return Outcome(what, State.CHANGED if changes else State.UNCHANGED, ", ".join(changes))


def kubeconfig(name: str, cluster: ApiServer, token: str) -> str:
    """The secret's value. The kubeconfig in it is JSON, which is YAML."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [
            {"name": name, "cluster": {"server": cluster.server, "certificate-authority-data": cluster.authority}}
        ],
        "users": [{"name": name, "user": {"token": token}}],
    }
    return json.dumps({"kubeconfig": json.dumps(config)})


def _reader_token(api: httpx.Client, namespace: str) -> str:
    """Ask for a token that does not expire: istiod keeps what it has read. The controller manager fills it in."""
    account = api.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/{READER}")
    if account.status_code == HTTPStatus.NOT_FOUND:
        raise StepError(
            f"The cluster has no service account {namespace}/{READER}: `pulumi up` the region's stack first."
        )
    account.raise_for_status()
    path = f"/api/v1/namespaces/{namespace}/secrets/{_TOKEN}"
    wanted = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {"name": _TOKEN, "annotations": {"kubernetes.io/service-account.name": READER}},
    }
    applied = api.patch(
        path,
        params={"fieldManager": _MANAGER, "force": "true"},
        headers={"Content-Type": "application/apply-patch+yaml"},
        json=wanted,
    )
    applied.raise_for_status()
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while True:
        data = api.get(path).raise_for_status().json().get("data", {})
        if "token" in data:
            return base64.b64decode(data["token"]).decode()
        if time.monotonic() > deadline:
            raise StepError(f"Kubernetes made no token for {namespace}/{READER} in {_DEADLINE_SECONDS} s.")
        time.sleep(_POLL_SECONDS)
