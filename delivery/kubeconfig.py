"""The API server that a kubeconfig's context names, and a client of it."""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from delivery.steps import StepError

_FILE = Path("~/.kube/config")
_REQUEST_SECONDS = 30.0
_LOGIN_SECONDS = 60.0


@dataclass(frozen=True)
class ApiServer:
    """An API server, and who we are to it. `authority` is the certificate that vouches for it, base64 of PEM.

    One of `token` and `certificate` (with its key, PEM) is there.
    """

    server: str
    authority: str
    token: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)

    @contextmanager
    def client(self) -> Generator[httpx.Client]:
        """A client that trusts nothing but this authority."""
        trust = ssl.create_default_context(cadata=base64.b64decode(self.authority).decode())
        if self.certificate:
            # The ssl module takes files only. Only we may read it, and it is gone at once.
            with tempfile.NamedTemporaryFile() as file:
                file.write(self.certificate)
                file.flush()
                trust.load_cert_chain(file.name)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with httpx.Client(base_url=self.server, verify=trust, headers=headers, timeout=_REQUEST_SECONDS) as client:
            yield client


def read_kubeconfig() -> Mapping[str, Any]:
    """The kubeconfig of whoever runs a command: $KUBECONFIG, or the one in their home directory.

    Raises:
        StepError: it cannot be read.
    """
    file = Path(os.environ.get("KUBECONFIG") or _FILE).expanduser()
    try:
        return yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise StepError(f"kubeconfig {file}: cannot be read: {error}") from error


def api_server(kubeconfig: Mapping[str, Any], context: str) -> ApiServer:
    """The API server of a context, with credentials that are embedded, or made by the command that it names.

    Raises:
        StepError: there is no such context, or no credentials.
    """
    chosen = _named(kubeconfig, "context", context)
    cluster, user = _named(kubeconfig, "cluster", chosen["cluster"]), _named(kubeconfig, "user", chosen["user"])
    server, authority = cluster["server"], cluster.get("certificate-authority-data")
    if not authority:
        raise StepError(f"kubeconfig, cluster {chosen['cluster']}: certificate-authority-data is missing.")
    if "client-certificate-data" in user:
        parts = (base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key"))
        return ApiServer(server, authority, certificate=b"\n".join(parts))
    if "exec" in user:
        return ApiServer(server, authority, token=_token(user["exec"]))
    if "token" in user:
        return ApiServer(server, authority, token=user["token"])
    raise StepError(
        f"kubeconfig, user {chosen['user']}: none of client-certificate-data, token and exec; log in to the cluster."
    )


def _named(kubeconfig: Mapping[str, Any], kind: str, name: str) -> dict[str, Any]:
    entries = kubeconfig.get(f"{kind}s", [])
    for entry in entries:
        if entry["name"] == name:
            return entry[kind]
    known = ", ".join(entry["name"] for entry in entries) or "none"
    raise StepError(f"kubeconfig: no {kind} {name!r}; it has {known}.")


def _token(plugin: Mapping[str, Any]) -> str:
    """What the credential plugin prints; https://kubernetes.io/docs/reference/access-authn-authz/authentication."""
    command = [plugin["command"], *(plugin.get("args") or [])]
    more = {each["name"]: each["value"] for each in plugin.get("env") or []}
    try:
        run = subprocess.run(
            command, env=os.environ | more, check=True, capture_output=True, text=True, timeout=_LOGIN_SECONDS
        )
        return str(json.loads(run.stdout)["status"]["token"])
    except FileNotFoundError as error:
        raise StepError(f"{plugin['command']}: not found. {plugin.get('installHint', '')}".rstrip()) from error
    except subprocess.CalledProcessError as error:
        raise StepError(f"{plugin['command']} gave no token: {error.stderr.strip()}") from error
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        raise StepError(f"{plugin['command']} gave no token: {type(error).__name__}") from error
