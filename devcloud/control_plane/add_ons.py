"""The process beside Kubernetes' own: metrics API, its settings endpoint, and what stands in for add-ons' controllers.

python -m devcloud.control_plane.add_ons DIRECTORY SERVER METRICS_PORT SETTINGS_PORT REGION [AWS_ENDPOINT]

With an AWS endpoint, External Secrets read from there.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import httpx

from devcloud.control_plane import load_balancers, metrics_api, metrics_control, volumes
from devcloud.control_plane.connection import connect
from devcloud.control_plane.external_secrets import ExternalSecrets
from devcloud.control_plane.kubeconfig import Access
from devcloud.control_plane.metric_values import MetricValues
from devcloud.control_plane.pki import Pki
from devcloud.control_plane.secrets_manager import SecretsManager

_ROUND_SECONDS = 1.0


def main(arguments: list[str]) -> None:
    """Serve until the process is ended."""
    directory, server, metrics_port, settings_port, region, *aws_endpoint = arguments
    pki = Pki(Path(directory) / "pki")
    api_server = connect(Access("add-ons", server, pki.ca.certificate, pki.pair("add-ons")))
    values = MetricValues(Path(directory) / "metrics.json")
    metrics = metrics_api.server(metrics_api.MetricsApi(api_server, values), pki, int(metrics_port))

    parts: list[Callable[[], None]] = [
        metrics_control.server(values, int(settings_port)).serve_forever,
        metrics.serve_forever,
        lambda: _repeat("volumes", lambda: volumes.reconcile(api_server)),
        lambda: _repeat("load balancers", lambda: load_balancers.reconcile(api_server, region)),
    ]
    if aws_endpoint:
        secrets = ExternalSecrets(api_server, SecretsManager(aws_endpoint[0]).read)
        parts.append(lambda: _repeat("external secrets", secrets.reconcile))
    _run(parts)


def _run(parts: Sequence[Callable[[], None]]) -> None:
    """Run all side by side, for a slow AWS must not hold volumes up; when one fails, end with its error."""
    with ThreadPoolExecutor(len(parts)) as threads:
        running = [threads.submit(part) for part in parts]
        failed = wait(running, return_when=FIRST_COMPLETED).done
        traceback.print_exception(failed.pop().exception())
        os._exit(1)


def _repeat(name: str, reconcile: Callable[[], None]) -> None:
    while True:
        _round(name, reconcile)
        time.sleep(_ROUND_SECONDS)


def _round(name: str, reconcile: Callable[[], None]) -> None:
    """One round; a round that fails is in the log, and the next one starts from what is."""
    try:
        reconcile()
    except httpx.HTTPError as error:
        print(f"{name}: {error}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
