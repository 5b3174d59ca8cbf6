"""Runs a program under Pulumi's mocks and keeps the registrations of its resources, components left out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import deserialize_properties, is_rpc_secret
from pulumi.runtime.settings import reset_options
from pulumi.runtime.stack import wait_for_rpcs


class Registration(NamedTuple):
    """What the engine is asked to register. `depends_on` are (type, name) of resources, sorted."""

    type: str
    name: str
    inputs: dict[str, Any]
    provider: str
    protect: bool
    ignore_changes: list[str]
    depends_on: list[tuple[str, str]]


class _Cloud(Mocks):
    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"outputs": {"global_clusters": {"worldwide": "the global cluster"}}, **args.inputs}
        # Each is another value, so that a reference to the wrong resource or output shows.
        names = ("arn", "keyId", "endpoint", "readerEndpoint")
        computed = {name: f"{name} of {args.typ} {args.name}" for name in names}
        return f"id of {args.typ} {args.name}", {**computed, "port": 5432, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class _Recorder(MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Cloud())
        self.registered: list[Registration] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        with _own_event_loop():
            response = super().RegisterResource(request)
            inputs = deserialize_properties(request.object)
        if request.custom:
            self.registered.append(
                Registration(
                    type=request.type,
                    name=request.name,
                    inputs={key: "secret" if is_rpc_secret(value) else value for key, value in inputs.items()},
                    provider=_short(request.provider)[1] if request.provider else "",
                    protect=request.protect,
                    ignore_changes=list(request.ignoreChanges),
                    depends_on=sorted(_short(urn) for urn in request.dependencies),
                )
            )
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        with _own_event_loop():
            return super().ReadResource(request)


def _short(urn: str) -> tuple[str, str]:
    """The type, without its parents' types, and the name; of a provider's reference the identifier goes too."""
    kind, name = urn.split("::")[2:4]
    return kind.rsplit("$", 1)[-1], name


@contextmanager
def _own_event_loop() -> Generator[None]:
    """The SDK's mocks leave an event loop open in every worker thread that they answer from; this one is closed."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@pytest.fixture
def registrations() -> Callable[[Callable[[], object]], list[Registration]]:
    """A program for stack local-us-east-1 → what it registers, sorted by type and name."""

    def of(program: Callable[[], object]) -> list[Registration]:
        recorder = _Recorder()

        async def main() -> None:
            set_mocks(
                _Cloud(), "wedsync", "local-us-east-1", preview=False, monitor=recorder, organization="organization"
            )
            program()
            await wait_for_rpcs()

        try:
            asyncio.run(main())
        finally:
            reset_options()
        return sorted(recorder.registered, key=lambda each: (each.type, each.name))

    return of
