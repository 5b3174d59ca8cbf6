"""One embedded cloud for the scenarios: brought up by what `make up` runs, in a state directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import psycopg
import pytest

from delivery.master_password import secret_name
from devcloud import bring_up
from devcloud.cloud import Cloud
from devcloud.engine import Engine
from devcloud.providers.kubernetes.client import Client
from devcloud.providers.kubernetes.kubeconfig import load
from devcloud.state import State
from regions.load import load_fleet

REGION = "us-east-1"
STACKS = ("local", f"local-{REGION}")


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    output: str


class Embedded:
    """An embedded cloud as its users see it: commands, and the endpoints that they print."""

    def __init__(self, root: Path) -> None:
        self.state = State(root)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "devcloud", words[0], "--state", str(self.state.root), *words[1:]]

    def run(self, *words: str, timeout: float = 300) -> Finished:
        """Run a command to its end, both outputs together."""
        done = subprocess.run(
            self.command(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Finished(done.returncode, done.stdout)

    @property
    def engine(self) -> Engine:
        running = Cloud(self.state, print).running()
        assert running is not None, "the embedded cloud is not running"
        return bring_up.engine(self.state, running)

    def pulumi(self, *words: str) -> Finished:
        """Run the Pulumi CLI against it, as an engineer would after `eval "$(make -s env)"`."""
        engine = self.engine
        command = [str(engine.pulumi), "--cwd", str(engine.project), "--non-interactive", *words]
        done = subprocess.run(
            command,
            env=engine.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return Finished(done.returncode, done.stdout)

    def aws(self, service: Any, region: str = REGION) -> Any:
        session: Any = boto3.Session("local", "local", region_name=load_fleet().region(region).aws_region)
        return session.client(service, endpoint_url=self.engine.aws_endpoint)

    def kubernetes(self, region: str = REGION) -> closing[Client]:
        return closing(Client(load(str(self.state.kubeconfig), f"wedsync-{region}")))

    def connect(self, endpoint: str, region: str = REGION) -> psycopg.Connection[Any]:
        """A connection as the worldwide master user through an endpoint that `region` exports ("database_endpoint")."""
        outputs = self.engine.outputs(f"local-{region}")
        name = secret_name(self.engine.outputs(STACKS[1])["database_cluster"])
        current = self.aws("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
        secret = json.loads(current["SecretString"])
        return psycopg.connect(
            host=outputs[endpoint],
            port=outputs["database_port"],
            user=secret["username"],
            password=secret["password"],
            dbname=secret["dbname"],
            sslmode="require",
            connect_timeout=10,
            autocommit=True,
        )

    def processes(self) -> list[str]:
        """Command lines of all processes that belong to it: those that name its directory, and PostgreSQL's workers."""
        found: list[str] = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                if str(self.state.root) in command:
                    found.append(command)
        return found


@pytest.fixture(scope="session")
def make_embedded(tmp_path_factory: pytest.TempPathFactory) -> Generator[Callable[[], Embedded]]:
    """Makes embedded clouds that are not started yet; all are removed at the end."""
    made: list[Embedded] = []

    def make() -> Embedded:
        made.append(Embedded(tmp_path_factory.mktemp("cloud")))
        return made[-1]

    yield make
    for cloud in made:
        cloud.run("destroy")


@pytest.fixture(scope="session")
def embedded(make_embedded: Callable[[], Embedded]) -> Embedded:
    """The stacks `local` and `local-us-east-1`, up."""
    cloud = make_embedded()
    up = cloud.run("up")
    assert up.code == 0, up.output
    return cloud
