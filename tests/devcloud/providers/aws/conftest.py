"""A provider at an AWS endpoint of its own, and short ways to put a resource through it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from devcloud.processes import Child, Ports, accepts_connections
from devcloud.providers.aws.api import Api
from devcloud.providers.aws.provider import AwsProvider
from devcloud.providers.aws.settings import Settings
from devcloud.providers.plugin import Difference, Resource, State
from devcloud.toolchain.postgresql import postgres_bin
from devcloud.toolchain.progress import ConsoleProgress
from devcloud.toolchain.redis import redis_server

REGION = "us-east-1"
TIMEOUT = 30.0


class RecordingApi(Api):
    """The real client that also remembers what was called."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append((operation, dict(parameters)))
        return super().call(service, region, operation, parameters)


@dataclass
class Harness:
    """The provider as the engine uses it: every step goes through Check first."""

    provider: AwsProvider
    apis: list[RecordingApi] = field(default_factory=list[RecordingApi])

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return self.apis[-1].calls

    def checked(self, resource: Resource, news: dict[str, Any], olds: dict[str, Any] | None = None) -> dict[str, Any]:
        checked = self.provider.check(resource, olds or {}, news, b"seed")
        assert checked.failures == []
        return checked.inputs

    def create(self, resource: Resource, news: dict[str, Any]) -> State:
        return self.provider.create(resource, self.checked(resource, news), timeout=TIMEOUT, preview=False)

    def refresh(self, resource: Resource, state: State) -> State:
        read = self.provider.read(resource, state)
        assert read is not None
        return read

    def imported(self, resource: Resource, state: State) -> State:
        return self.refresh(resource, State(state.identifier, {}, {}))

    def diff(self, resource: Resource, state: State, news: dict[str, Any]) -> Difference:
        return self.provider.diff(resource, state, self.checked(resource, news, state.inputs), [])

    def update(
        self, resource: Resource, state: State, news: dict[str, Any], ignore_changes: tuple[str, ...] = ()
    ) -> State:
        inputs = self.checked(resource, news, state.inputs)
        return self.provider.update(
            resource, state, inputs, ignore_changes=ignore_changes, timeout=TIMEOUT, preview=False
        )

    def delete(self, resource: Resource, state: State) -> None:
        self.provider.delete(resource, state, timeout=TIMEOUT)


def resource(pulumi_type: str, name: str = "thing") -> Resource:
    return Resource.of(f"urn:pulumi:test::wedsync::{pulumi_type}::{name}")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an AWS endpoint with real PostgreSQL behind RDS; each test uses names of its own."""
    directory: Path = tmp_path_factory.mktemp("aws")
    directory.chmod(0o700)
    port = Ports(directory / "ports.json").get("aws")
    command = [sys.executable, "-m", "devcloud.aws_endpoint", "--state", directory / "aws", "--port", str(port)]
    progress = ConsoleProgress(sys.stderr)
    command += ["--postgres-bin", postgres_bin(progress), "--redis-server", redis_server(progress)]
    server = Child("the AWS endpoint", command, log=directory / "endpoint.log")
    try:
        server.wait_ready(lambda: accepts_connections(port), seconds=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(seconds=60)


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Harness:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    apis: list[RecordingApi] = []

    def new_api(settings: Settings) -> RecordingApi:
        apis.append(RecordingApi(settings))
        return apis[-1]

    provider = AwsProvider(new_api)
    provider.configure({"region": REGION})
    return Harness(provider, apis)


@pytest.fixture(name="resource")
def resource_factory() -> Any:
    return resource
