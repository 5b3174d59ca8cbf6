"""`python -m devcloud.daemon`: the one process that everything else of a running embedded cloud is a child of.

It starts a control plane per region and the AWS endpoint, publishes where they are, and stops all of them on SIGTERM or
as soon as one of them ends by itself: half a cloud is worse to debug than none.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devcloud.cloud import Binaries, Endpoints
from devcloud.control_plane import ControlPlane, write_kubeconfig
from devcloud.control_plane.surroundings import NodePool, Surroundings, Taint
from devcloud.locks import LockedError, hold
from devcloud.processes import LOOPBACK, Child, Ports, StartError, accepts_connections
from devcloud.state import State
from regions.fleet import Fleet
from regions.load import load_fleet
from regions.model import Region

_AWS_SECONDS = 90
_CHECK_SECONDS = 1.0


class Daemon:
    """Everything that one state directory's embedded cloud consists of."""

    def __init__(self, state: State, regions: Sequence[str], binaries: Binaries) -> None:
        self._state, self._binaries = state, binaries
        self._ports = Ports(state.ports)
        self._aws_port = self._ports.get("aws")
        fleet = load_fleet()
        self._planes = [
            ControlPlane(
                region,
                state.control_plane(region),
                binaries.control_plane,
                self._ports,
                self._around(fleet, fleet.region(region)),
            )
            for region in regions
        ]
        self._aws: Child | None = None
        # Its threads live as long as the daemon: a child dies with the thread that started it.
        self._starters = ThreadPoolExecutor(max_workers=len(self._planes) + 1)

    def start(self) -> None:
        """Start all parts side by side and publish where they are.

        Raises:
            StartError: a part did not come up.
        """
        parts = [self._starters.submit(self._start_aws, self._aws_port)]
        parts += [self._starters.submit(self._start_plane, plane) for plane in self._planes]
        for part in parts:
            part.result()
        write_kubeconfig(self._state.kubeconfig, [plane.access for plane in self._planes])
        endpoints = Endpoints(os.getpid(), self._aws_endpoint, [plane.region for plane in self._planes])
        endpoints.write(self._state.endpoints)

    def ended(self) -> str | None:
        """A sentence about a part that ended by itself, or None while all is well."""
        children = [plane.exited() for plane in self._planes]
        if self._aws is not None and self._aws.exit_code() is not None:
            children.append(self._aws)
        dead = next((child for child in children if child is not None), None)
        return None if dead is None else f"{dead.name} ended by itself (exit code {dead.exit_code()}); log: {dead.log}"

    def stop(self) -> None:
        """Stop everything; the state stays."""
        self._state.endpoints.unlink(missing_ok=True)
        stops = [self._starters.submit(plane.stop) for plane in self._planes]
        if self._aws is not None:
            self._aws.stop(seconds=30)
        for stop in stops:
            stop.result()
        self._starters.shutdown()

    @property
    def _aws_endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self._aws_port}"

    def _around(self, fleet: Fleet, region: Region) -> Surroundings:
        """What the region's cluster finds around it, by its file."""
        labels = fleet.workloads.wedding_api.node_labels
        taints = [Taint(key, value) for key, value in labels.items()]
        return Surroundings(
            region.aws_region,
            region.network.zones,
            (NodePool("general"), NodePool("wedding-optimised", labels, taints)),
            self._binaries.definitions,
            self._aws_endpoint,
        )

    def _start_aws(self, port: int) -> None:
        command = [
            *(sys.executable, "-m", "devcloud.aws_endpoint"),
            *("--state", self._state.aws),
            *("--port", str(port)),
            *("--postgres-bin", self._binaries.postgres),
            *("--redis-server", self._binaries.redis),
        ]
        self._aws = Child("the AWS endpoint", command, log=self._state.logs / "aws-endpoint.log")
        self._aws.wait_ready(lambda: accepts_connections(port), seconds=_AWS_SECONDS)
        _say("AWS endpoint ready")

    def _start_plane(self, plane: ControlPlane) -> None:
        plane.start()
        _say(f"control plane of {plane.region} ready")


def main() -> int:
    """Run until SIGTERM, or until a part ends by itself; returns the exit code."""
    arguments = _arguments()
    state = State(arguments.state)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        with hold(state.lock):
            why = _run(state, Daemon(state, arguments.region, Binaries.parse(arguments.binaries)), stopping)
    except LockedError as error:
        why = f"another embedded cloud runs in {state.root} (process {error.pid})"
    except StartError as error:
        why = str(error)
    if why is not None:
        state.failure.write_text(why + "\n")
        _say(why)
    return 0 if why is None else 1


def _run(state: State, daemon: Daemon, stopping: threading.Event) -> str | None:
    """Start, wait, stop; the reason if it was not asked to stop."""
    state.failure.unlink(missing_ok=True)
    why: str | None = None
    try:
        daemon.start()
        while why is None and not stopping.wait(_CHECK_SECONDS):
            why = daemon.ended()
    except StartError as error:
        why = str(error)
    finally:
        daemon.stop()
    return why


def _say(line: str) -> None:
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--binaries", type=json.loads, required=True, help="Binaries.text()")
    parser.add_argument("--region", action="append", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
