"""GET /metrics for Prometheus, /healthz and /readyz for the kubelet, from a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

# A cycle beats between its steps. The slowest one, to read all of the cluster, is over within a minute: each of its
# calls ends at its timeout.
ALIVE_SECONDS = 120.0


class Pulse:
    """When the main loop was last seen alive, by `monotonic`, s."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last = monotonic()
        self._started = False

    def beat(self) -> None:
        """To be called by the loop over and over, and between the steps of a cycle, which may be a long one."""
        self._last = self._monotonic()

    def start(self) -> None:
        """To be called once the first round, as the leader or as one that waits, has ended, whatever came of it."""
        self._started = True

    @property
    def ready(self) -> bool:
        """Whether it has been through a first round and is alive."""
        return self._started and self.alive

    @property
    def alive(self) -> bool:
        """Whether it has been seen within `ALIVE_SECONDS`."""
        return self._monotonic() - self._last < ALIVE_SECONDS


def serve(host: str, port: int, registry: CollectorRegistry, pulse: Pulse) -> ThreadingHTTPServer:
    """Listen from now on, and answer until the process ends or the server is shut down.

    Raises:
        OSError: the port is taken.
    """

    class Handler(_Handler):
        metrics, life = registry, pulse

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    timeout = 10
    metrics: CollectorRegistry
    life: Pulse

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._send(HTTPStatus.OK, generate_latest(self.metrics), CONTENT_TYPE_LATEST)
        elif self.path == "/healthz":
            self._answer(self.life.alive, b"alive\n", b"the loop stands still\n")
        elif self.path == "/readyz":
            self._answer(self.life.ready, b"ready\n", b"no round has ended yet, or the loop stands still\n")
        else:
            self._send(HTTPStatus.NOT_FOUND, b"/metrics, /healthz and /readyz are all there is\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class' name
        """Prometheus and the kubelet ask all day: nobody reads that."""

    def _answer(self, good: bool, yes: bytes, no: bytes) -> None:
        self._send(HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE, yes if good else no)

    def _send(self, status: HTTPStatus, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
