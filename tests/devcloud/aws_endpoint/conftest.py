"""A real endpoint process in a temporary directory, and clients for it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from botocore.config import Config

from devcloud.processes import Ports, accepts_connections, tail
from devcloud.toolchain.progress import ConsoleProgress
from devcloud.toolchain.redis import redis_server

USER, PASSWORD, DATABASE = "wed", "first-p4ssword", "app"
_SECONDS = 60


def postgres_binaries() -> Path:
    """The bin directory of a full server: on PATH, or where Debian puts it."""
    for found in [shutil.which("initdb"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]:
        if found is not None:
            return Path(found).resolve().parent
    raise FileNotFoundError("no PostgreSQL server: install Debian's package postgresql")


def eventually(check: Callable[[], bool], what: str) -> None:
    """Wait for a condition that replication or a shutdown brings about by itself."""
    deadline = time.monotonic() + _SECONDS
    while not check():
        assert time.monotonic() < deadline, f"not within {_SECONDS} s: {what}"
        time.sleep(0.05)


class LocalAws:
    """One endpoint; can be stopped, killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "aws"
        self.log = directory / "endpoint.log"
        self.port = Ports(directory / "ports.json").get("aws")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "devcloud.aws_endpoint", "--state", str(self.state)]
        command += ["--port", str(self.port), "--postgres-bin", str(postgres_binaries())]
        command += ["--redis-server", str(redis_server(ConsoleProgress(sys.stderr)))]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        process = self._process

        def ready() -> bool:
            assert process.poll() is None, f"the endpoint exited\n{tail(self.log, 30)}"
            return accepts_connections(self.port)

        eventually(ready, "the endpoint listens")

    def signal(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(_SECONDS)
        self._process = None
        return code

    def stop(self) -> None:
        if self._process is not None:
            self.signal(signal.SIGTERM)

    def client(self, service: Any, region: str = "us-east-1") -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"max_attempts": 0}, read_timeout=120),
        )

    def create_cluster(self, name: str, *, region: str = "us-east-1", **more: Any) -> dict[str, Any]:
        """A cluster with credentials of its own; as the API describes it once it answers."""
        credentials = {"MasterUsername": USER, "MasterUserPassword": PASSWORD, "DatabaseName": DATABASE}
        request = {"Engine": "aurora-postgresql", "EngineVersion": "16.4"} | credentials | more
        wanted = {key: value for key, value in request.items() if value is not None}
        self.client("rds", region).create_db_cluster(DBClusterIdentifier=name, **wanted)
        return self.describe(name, region)

    def create_instance(self, cluster: str, name: str, *, region: str = "us-east-1", **more: Any) -> None:
        self.client("rds", region).create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=cluster,
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
            **more,
        )

    def describe(self, name: str, region: str = "us-east-1") -> dict[str, Any]:
        return self.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

    def sql(self, cluster: dict[str, Any], statement: Any, *, reader: bool = False, **options: Any) -> Any:
        """The first row of a statement that the master user runs on the cluster's writer or reader endpoint."""
        defaults: dict[str, Any] = {"user": USER, "password": PASSWORD, "dbname": DATABASE, "sslmode": "require"}
        host = cluster["ReaderEndpoint" if reader else "Endpoint"]
        arguments: dict[str, Any] = {"host": host, "port": cluster["Port"], "connect_timeout": 10} | defaults | options
        with psycopg.connect(**arguments) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def reads(self, cluster: dict[str, Any], statement: Any, expected: object, **options: Any) -> None:
        """Wait until the reader endpoint answers `expected`: replication takes a moment."""

        def arrived() -> bool:
            try:
                return self.sql(cluster, statement, reader=True, **options)[0] == expected
            except psycopg.errors.UndefinedTable:  # its creation has not arrived
                return False

        eventually(arrived, f"{statement} is {expected!r} on the reader")

    def postgres_processes(self) -> list[int]:
        """Live processes that work in a data directory of this endpoint."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and (entry / "cwd").readlink().is_relative_to(self.state / "postgres"):
                    found.append(int(entry.name))
            except OSError:
                continue  # ended meanwhile, or another user's
        return found


def start_local_aws(directory: Path) -> LocalAws:
    directory.mkdir(parents=True, exist_ok=True)
    # The data directories belong to another user when the tests run as root.
    directory.chmod(0o700)
    aws = LocalAws(directory)
    aws.start()
    return aws


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One endpoint for all the tests of a module: each uses names of its own."""
    running = start_local_aws(tmp_path_factory.mktemp("aws"))
    yield running
    running.stop()


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[Callable[[str], LocalAws]]:
    """Starts endpoints that a test may kill, by name."""
    started: list[LocalAws] = []

    def start(name: str) -> LocalAws:
        started.append(start_local_aws(tmp_path / name))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def within() -> Callable[[Callable[[], bool], str], None]:
    """Waits for a condition, with a deadline."""
    return eventually
