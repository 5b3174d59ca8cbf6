"""`python -m devcloud.aws_endpoint --state DIR --port N --postgres-bin DIR`: serve until SIGTERM."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from threading import Event
from types import FrameType

# Before moto is imported: 500 machine images a region would be made, pickled and never used.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

from devcloud.aws_endpoint import rds_api
from devcloud.aws_endpoint.addresses import LoopbackNetwork
from devcloud.aws_endpoint.clusters import Assignments, desired_state, parameter_rejection
from devcloud.aws_endpoint.fleet import Fleet
from devcloud.aws_endpoint.installation import Installation
from devcloud.aws_endpoint.persistence import BackendStore
from devcloud.aws_endpoint.server import Endpoint, HttpServer
from devcloud.processes import StartError


def main() -> int:
    arguments = _arguments()
    # Requests are not logged: parameters may be passwords.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    stopping = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server = _start(arguments.state, arguments.port, arguments.postgres_bin)
    except StartError as error:
        print(f"aws endpoint: {error}", file=sys.stderr)
        return 1
    stopping.wait()
    server.stop()
    return 0


def _start(state: Path, port: int, binaries: Path) -> HttpServer:
    """Restore the state, start its databases, then listen: who can connect finds everything there."""
    state.mkdir(parents=True, exist_ok=True)
    installation = Installation(binaries)
    fleet = Fleet(state, installation)
    rds_api.install(
        fleet,
        Assignments(LoopbackNetwork(state)),
        parameter_rejection(installation, state / "parameter-check"),
        installation.version,
    )
    store = BackendStore(state / "moto.state")
    store.load()
    endpoint = Endpoint(store, fleet, lambda: desired_state(installation))
    endpoint.reconcile()
    return HttpServer(endpoint, port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devcloud.aws_endpoint", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory that keeps everything")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--postgres-bin", type=Path, required=True, help="bin directory of a PostgreSQL server")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
