"""The aggregated API server for metrics.k8s.io and custom.metrics.k8s.io.

It answers the API server's aggregator alone: a client certificate of the front-proxy authority is demanded, and the
API server has authenticated and authorised the user before it forwards a request.
"""

from __future__ import annotations

import datetime as dt
import json
import ssl
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from devcloud.control_plane import metrics_documents as documents
from devcloud.control_plane.metric_values import MetricValues
from devcloud.control_plane.objects import CUSTOM_METRICS, RESOURCE_METRICS
from devcloud.control_plane.pki import Pki
from devcloud.processes import LOOPBACK

Json = documents.Json

# The API server publishes every API's schema and asks again until it gets one; these have nothing worth publishing.
_SCHEMAS: dict[str, Json] = {
    "/openapi/v2": {"swagger": "2.0", "info": {"title": "metrics", "version": "v1"}, "paths": {}},
    "/openapi/v3": {"paths": {}},
}


class NotServedError(Exception):
    """A path that this API does not have."""


class MetricsApi:
    """Answers a path with a document. Pods and nodes come from the API server, the numbers from `values`."""

    def __init__(self, api_server: httpx.Client, values: MetricValues) -> None:
        self._api_server = api_server
        self._values = values

    def answer(self, path: str, selector: str) -> Json:
        """The document at `path`.

        Args:
            path: e.g. /apis/metrics.k8s.io/v1beta1/namespaces/shop/pods.
            selector: the request's labelSelector, empty for all.
        Raises:
            NotServedError: there is nothing at `path`.
            httpx.HTTPError: the API server refused or did not answer.
        """
        if path in _SCHEMAS:
            return _SCHEMAS[path]
        match [unquote(part) for part in path.strip("/").split("/")]:
            case ["apis", group, version, *rest] if f"{group}/{version}" == RESOURCE_METRICS:
                return self._resource_metrics(rest, selector)
            case ["apis", group, version, *rest] if f"{group}/{version}" == CUSTOM_METRICS:
                return self._custom_metrics(rest, selector)
            case _:
                raise NotServedError(path)

    def _resource_metrics(self, rest: list[str], selector: str) -> Json:
        now = dt.datetime.now(dt.UTC)
        match rest:
            case []:
                return documents.resource_list(
                    RESOURCE_METRICS,
                    [_resource("pods", "PodMetrics", namespaced=True), _resource("nodes", "NodeMetrics")],
                )
            case ["pods"]:
                return documents.pod_list(self._list("/api/v1/pods", selector), self._values, now)
            case ["namespaces", namespace, "pods"]:
                return documents.pod_list(self._pods(namespace, selector), self._values, now)
            case ["namespaces", namespace, "pods", name]:
                pod = self._get(f"/api/v1/namespaces/{namespace}/pods/{name}", {})
                return documents.pod_metrics(pod, self._values, now)
            case ["nodes"]:
                nodes = self._list("/api/v1/nodes", selector)
                return documents.node_list(nodes, self._list("/api/v1/pods", ""), self._values, now)
            case _:
                raise NotServedError("/".join(rest))

    def _custom_metrics(self, rest: list[str], selector: str) -> Json:
        match rest:
            case []:
                # Any name is a metric: what nobody has set is 0.
                resource = _resource("pods/*", "MetricValueList", namespaced=True)
                return documents.resource_list(CUSTOM_METRICS, [resource])
            case ["namespaces", namespace, "pods", "*", metric]:
                pods = self._pods(namespace, selector)
            case ["namespaces", namespace, "pods", name, metric]:
                pods = [self._get(f"/api/v1/namespaces/{namespace}/pods/{name}", {})]
            case _:
                raise NotServedError("/".join(rest))
        return documents.custom_list(pods, metric, self._values, dt.datetime.now(dt.UTC))

    def _pods(self, namespace: str, selector: str) -> list[Json]:
        return self._list(f"/api/v1/namespaces/{namespace}/pods", selector)

    def _list(self, path: str, selector: str) -> list[Json]:
        return self._get(path, {"labelSelector": selector} if selector else {})["items"]

    def _get(self, path: str, query: dict[str, str]) -> Json:
        return self._api_server.get(path, params=query).raise_for_status().json()


def server(api: MetricsApi, pki: Pki, port: int) -> ThreadingHTTPServer:
    """The HTTPS server of `api` on loopback:`port`, not yet serving."""
    own = pki.pair("metrics-api-server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(pki.front_proxy_ca.certificate))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(own.certificate, own.key)

    class Handler(_Handler):
        metrics_api = api

    https = ThreadingHTTPServer((LOOPBACK, port), Handler)
    # The handshake belongs to the connection's own thread: a client that stalls in it must not hold up the others.
    https.socket = context.wrap_socket(https.socket, server_side=True, do_handshake_on_connect=False)
    return https


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    metrics_api: MetricsApi

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        selector = parse_qs(url.query).get("labelSelector", [""])[0]
        try:
            self._send(HTTPStatus.OK, self.metrics_api.answer(url.path, selector))
        except NotServedError as error:
            self._send_error(HTTPStatus.NOT_FOUND, f"the metrics API serves nothing at {error}")
        except httpx.HTTPStatusError as error:
            self._send(HTTPStatus(error.response.status_code), error.response.json())
        except httpx.HTTPError as error:
            self._send_error(HTTPStatus.SERVICE_UNAVAILABLE, f"the API server did not answer: {error}")

    def _send_error(self, status: HTTPStatus, message: str) -> None:
        self._send(
            status,
            {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "message": message,
                "code": int(status),
            },
        )

    def _send(self, status: HTTPStatus, document: Json) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Only our own failures are worth a line: the autoscaler asks every 2 s."""
        if int(code) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            super().log_request(code, size)


def _resource(name: str, kind: str, *, namespaced: bool = False) -> Json:
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": ["get", "list"]}
