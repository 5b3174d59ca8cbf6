"""HTTP to one API server: JSON in, JSON out, errors as the server's own Status."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from devcloud.providers.kubernetes.kubeconfig import Cluster
from devcloud.providers.plugin import ProviderError

# Longer than the API server's own limit for a request (60 s): its answer says more than our time-out.
_REQUEST_SECONDS = 70
_STALE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


class ApiError(ProviderError):
    """The API server refused. `status` is its Status object (message, reason, details.causes)."""

    def __init__(self, action: str, code: int, status: Mapping[str, Any]) -> None:
        self.code = code
        self.reason: str = status.get("reason") or ""
        self.message: str = status.get("message") or "(no message)"
        details = status.get("details") or {}
        self.about: str = details.get("kind") or ""
        self.causes: list[Mapping[str, Any]] = details.get("causes") or []
        super().__init__(_sentence(action, self))


class Client:
    """One API server, for any number of threads (`http.client`: httpx costs 0.2 s of every preview to import)."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        address = urlsplit(cluster.server)
        self._host, self._port, self._prefix = address.hostname or "", address.port, address.path
        self._tls = cluster.ssl_context() if address.scheme == "https" else None
        self._idle: list[http.client.HTTPConnection] = []

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """The object at `path`, or None where there is none."""
        try:
            return self.request("GET", path, query=query)
        except ApiError as error:
            if error.code == http.client.NOT_FOUND:
                return None
            raise

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
        action: str = "",
    ) -> dict[str, Any]:
        """Send one request.

        Args:
            action: what is being tried, for the error ("apply Deployment a/b").
        Raises:
            ApiError: the server answered with an error.
            ProviderError: the server cannot be reached.
        """
        target = self._prefix + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "Content-Type": content_type, "User-Agent": "wedsync-devcloud"}
        if self.cluster.token:
            headers["Authorization"] = f"Bearer {self.cluster.token}"
        payload = None if body is None else json.dumps(body).encode()
        try:
            code, text = self._exchange(method, target, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            raise ProviderError(self._unreachable(error)) from error
        document = _document(text)
        if code >= http.client.BAD_REQUEST:
            raise ApiError(action or f"{method} {path}", code, document)
        return document

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._idle:
            try:
                return self._send(self._idle.pop(), method, target, body, headers)
            except (*_STALE, IndexError):
                pass  # Another thread took it, or the server closed it: every request here may be sent again.
        return self._send(self._connect(), method, target, body, headers)

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=_REQUEST_SECONDS)
        return http.client.HTTPSConnection(self._host, self._port, timeout=_REQUEST_SECONDS, context=self._tls)

    def _send(
        self, connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None, headers: Any
    ) -> tuple[int, bytes]:
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            answer = response.status, response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _unreachable(self, error: Exception) -> str:
        why = str(error)
        if (
            isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and error.errno
        ):  # TLS has its own numbers
            why = os.strerror(error.errno)
        return (
            f"cannot reach the API server {self.cluster.server} (kubeconfig context {self.cluster.context!r}): {why}. "
            "Is the embedded cloud up? `make status` tells, `make up` starts it."
        )


def _document(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"message": text.decode(errors="replace").strip()}


def _sentence(action: str, error: ApiError) -> str:
    reason = f"reason {error.reason}, " if error.reason else ""
    lines = [f"{action}: {error.message} ({reason}HTTP {error.code})"]
    for cause in error.causes:
        line = f"{cause.get('field') or '-'}: {cause.get('message', '')}"
        if line not in error.message:  # it mostly repeats all causes
            lines.append(f"  {line} ({cause.get('reason', 'no reason')})")
    return "\n".join(lines)
