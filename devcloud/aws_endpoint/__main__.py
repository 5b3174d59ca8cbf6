"""`python -m devcloud.aws_endpoint --state DIR --port N --postgres-bin DIR --redis-server FILE`: serve till SIGTERM."""

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

from devcloud.aws_endpoint import additions, elasticache_api, rds_api
from devcloud.aws_endpoint.addresses import LoopbackNetwork
from devcloud.aws_endpoint.cache_fleet import CacheFleet
from devcloud.aws_endpoint.caches import desired_caches, status_of
from devcloud.aws_endpoint.clusters import Assignments, desired_state, parameter_rejection
from devcloud.aws_endpoint.fleet import Fleet
from devcloud.aws_endpoint.installation import Installation
from devcloud.aws_endpoint.persistence import BackendStore
from devcloud.aws_endpoint.redis import RedisInstallation
from devcloud.aws_endpoint.server import Endpoint, Followed, HttpServer
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
        server = _start(arguments.state, arguments.port, arguments.postgres_bin, arguments.redis_server)
    except StartError as error:
        print(f"aws endpoint: {error}", file=sys.stderr)
        return 1
    stopping.wait()
    server.stop()
    return 0


def _start(state: Path, port: int, binaries: Path, redis_server: Path) -> HttpServer:
    """Restore the state, start its databases, then listen: who can connect finds everything there."""
    state.mkdir(parents=True, exist_ok=True)
    installation = Installation(binaries)
    fleet = Fleet(state, installation)
    redis = RedisInstallation(redis_server)
    caches = CacheFleet(state, redis)
    network = LoopbackNetwork(state)
    rds_api.install(
        fleet,
        Assignments(network),
        parameter_rejection(installation, state / "parameter-check"),
        installation.version,
    )
    elasticache_api.install(network, redis.rejection, lambda group: status_of(caches, group))
    additions.install()
    store = BackendStore(state / "moto.state")
    store.load()
    followed = {
        "rds": Followed("PostgreSQL", fleet, lambda: desired_state(installation)),
        "elasticache": Followed("Redis", caches, desired_caches),
    }
    endpoint = Endpoint(store, followed)
    endpoint.reconcile()
    return HttpServer(endpoint, port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devcloud.aws_endpoint", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory that keeps everything")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--postgres-bin", type=Path, required=True, help="bin directory of a PostgreSQL server")
    parser.add_argument("--redis-server", type=Path, required=True, help="a redis-server or valkey-server")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
