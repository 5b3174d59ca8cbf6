"""Runs a stack's program under Pulumi's mocks and keeps everything it registered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.settings import reset_options
from pulumi.runtime.stack import wait_for_rpcs

from stacks.program import run


class Registered(NamedTuple):
    """One registration as the engine gets it."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    protect: bool
    ignore_changes: list[str]
    depends_on: list[str]


class Graph(NamedTuple):
    """What a program registered, in order."""

    resources: list[Registered]

    def one(self, type_token: str, name: str | None = None) -> Registered:
        """The only resource of this type (and name)."""
        found = [each for each in self.all(type_token) if name in (None, each.name)]
        assert len(found) == 1, f"{type_token} {name}: {[each.name for each in self.all(type_token)]}"
        return found[0]

    def all(self, type_token: str) -> list[Registered]:
        return [each for each in self.resources if each.type == type_token]


class _Cloud(Mocks):
    """Answers with the inputs, and with the computed outputs that others refer to."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            # Secondary regions read it; what the global stack exports has this shape.
            return args.name, {"outputs": {"global_clusters": {"worldwide": "wedsync-worldwide"}}, **args.inputs}
        computed = {"arn": f"arn:{args.name}", "keyId": f"{args.name}-id", "endpoint": "writer", "port": 5432}
        return args.resource_id or f"{args.name}-id", {**computed, "zoneId": "Z1", "nameServers": [], **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class _Recorder(MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Cloud())
        self.registered: list[Registered] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it: all ancestors' types, the stack's own left out."""
        chain = parent.split("::")[2] + "$" if parent and "pulumi:pulumi:Stack" not in parent else ""
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        with _own_event_loop():
            response = super().RegisterResource(request)
            inputs = deserialize_properties(request.object)
        if request.type != "pulumi:pulumi:Stack":
            self.registered.append(
                Registered(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs=inputs,
                    protect=request.protect,
                    ignore_changes=list(request.ignoreChanges),
                    depends_on=list(request.dependencies),
                )
            )
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        with _own_event_loop():
            return super().ReadResource(request)


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


def _register(stack: str) -> Graph:
    recorder = _Recorder()

    async def program() -> None:
        set_mocks(_Cloud(), "wedsync", stack, preview=False, monitor=recorder, organization="organization")
        run(stack)
        await wait_for_rpcs()

    try:
        asyncio.run(program())
    finally:
        reset_options()
    return Graph(recorder.registered)


@pytest.fixture(scope="session")
def graph() -> Callable[[str], Graph]:
    """Stack name → what its program registers; each program runs once."""
    known: dict[str, Graph] = {}

    def of(stack: str) -> Graph:
        if stack not in known:
            known[stack] = _register(stack)
        return known[stack]

    return of
