"""The process beside Kubernetes' own: metrics API, its settings endpoint and the volume provisioner.

python -m devcloud.control_plane.add_ons DIRECTORY SERVER METRICS_PORT SETTINGS_PORT
"""

from __future__ import annotations

import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx

from devcloud.control_plane import metrics_api, metrics_control, volumes
from devcloud.control_plane.connection import connect
from devcloud.control_plane.kubeconfig import Access
from devcloud.control_plane.metric_values import MetricValues
from devcloud.control_plane.pki import Pki

_PROVISION_EVERY_SECONDS = 1.0


def main(arguments: list[str]) -> None:
    """Serve until the process is ended."""
    directory, server, metrics_port, settings_port = arguments
    pki = Pki(Path(directory) / "pki")
    api_server = connect(Access("add-ons", server, pki.ca.certificate, pki.pair("add-ons")))
    values = MetricValues(Path(directory) / "metrics.json")

    _serve(metrics_control.server(values, int(settings_port)))
    _serve(metrics_api.server(metrics_api.MetricsApi(api_server, values), pki, int(metrics_port)))
    while True:
        _provision(api_server)
        time.sleep(_PROVISION_EVERY_SECONDS)


def _serve(server: ThreadingHTTPServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _provision(api_server: httpx.Client) -> None:
    """One round; a round that fails is in the log, and the next one starts from what is."""
    try:
        volumes.reconcile(api_server)
    except httpx.HTTPError as error:
        print(f"volumes: {error}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
