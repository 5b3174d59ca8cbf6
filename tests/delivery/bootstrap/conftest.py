"""Environments and clients for bootstrap's tests: AWS as moto answers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from delivery.aws import Clients
from delivery.bootstrap.command import steps
from delivery.steps import Outcome, run
from regions.fleet import Fleet
from regions.load import load_fleet
from stacks.environment import Environment, load_environment

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT = "123456789012"  # moto's

Bootstrap = Callable[..., list[Outcome]]


@pytest.fixture
def clients() -> Generator[Clients]:
    with mock_aws():
        session: Any = boto3.Session("test", "test")

        @cache
        def client(service: str, aws_region: str) -> Any:
            return session.client(service, aws_region)

        yield client


@pytest.fixture(scope="session")
def environment() -> Environment:
    """Production, in moto's account."""
    return load_environment("prod").model_copy(update={"account_id": ACCOUNT})


@pytest.fixture(scope="session")
def local() -> Environment:
    """One whose domain nobody could certify."""
    return load_environment("local")


@pytest.fixture(scope="session")
def fleet() -> Fleet:
    return load_fleet()


@pytest.fixture
def bootstrap(clients: Clients, local: Environment, fleet: Fleet) -> Bootstrap:
    """Runs it for `local`, or for what it is given."""

    def call(
        environment: Environment = local, on: Fleet = fleet, *, dry_run: bool = False, **more: Any
    ) -> list[Outcome]:
        return list(run(steps(environment, on, clients, NOW, **more), dry_run=dry_run))

    return call
