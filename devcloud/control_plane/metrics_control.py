"""Setting the metrics: a loopback HTTP endpoint that takes one JSON document, and the function that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pydantic

from devcloud.control_plane.metric_values import IDLE_PERCENT, MetricValues, Setting
from devcloud.processes import LOOPBACK, StartError, write_atomically

_PATH = "/settings"
_URL_FILE = "metrics-url"
_REQUEST_SECONDS = 10.0


def set_metrics(
    directory: Path,
    *,
    namespace: str,
    selector: Mapping[str, str] | None = None,
    cpu_percent: float = IDLE_PERCENT,
    memory_percent: float = IDLE_PERCENT,
    custom: Mapping[str, float] | None = None,
) -> None:
    """Say how busy the pods of `namespace` with the labels `selector` are, from now on and across restarts.

    Args:
        directory: the control plane's, i.e. <state>/control-planes/<region>.
        selector: labels; none for every pod of the namespace. Where several settings cover a pod, the one that
            names most labels holds.
        cpu_percent: use in percent of each container's request; likewise memory_percent.
        custom: value per pod of each custom metric; what is not named is 0.
    Raises:
        StartError: the control plane does not run.
        ValueError: a value is out of range.
    """
    setting = Setting(
        namespace=namespace,
        selector=dict(selector or {}),
        cpu_percent=cpu_percent,
        memory_percent=memory_percent,
        custom=dict(custom or {}),
    )
    try:
        url = (directory / _URL_FILE).read_text()
        with httpx.Client(trust_env=False, timeout=_REQUEST_SECONDS) as client:
            client.put(url, json=setting.model_dump()).raise_for_status()
    except (FileNotFoundError, httpx.ConnectError) as error:
        raise StartError(f"the control plane in {directory} does not run: start it with `make up`") from error


def record_url(directory: Path, port: int) -> None:
    """Leave the endpoint's address where `set_metrics` finds it."""
    write_atomically(directory / _URL_FILE, f"http://{LOOPBACK}:{port}{_PATH}")


def server(values: MetricValues, port: int) -> ThreadingHTTPServer:
    """The HTTP server that changes `values`, on loopback:`port`, not yet serving."""

    class Handler(_Handler):
        metric_values = values

    return ThreadingHTTPServer((LOOPBACK, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = 60
    metric_values: MetricValues

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != _PATH:
            self._send(HTTPStatus.NOT_FOUND, f"PUT {_PATH} is all there is")
            return
        try:
            setting = Setting.model_validate_json(body)
        except pydantic.ValidationError as error:
            self._send(HTTPStatus.BAD_REQUEST, str(error))
            return
        self.metric_values.put(setting)
        self._send(HTTPStatus.NO_CONTENT, "")

    def _send(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
