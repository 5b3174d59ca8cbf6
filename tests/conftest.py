"""Runs a program under Pulumi's mocks and keeps what it registers, as the engine would get it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import hypothesis
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.settings import reset_options
from pulumi.runtime.stack import wait_for_rpcs

# CI tries the same cases every time; everybody else looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


_PROJECT = "wedsync"


class Registered(NamedTuple):
    """One registration. `depends_on` are URNs; `custom` is false for components; `provider` is a reference."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    provider: str
    protect: bool
    ignore_changes: list[str]
    depends_on: list[str]


class _Cloud(Mocks):
    """Answers with the inputs, and with computed outputs that differ from resource to resource."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            # What region stacks read of the global stack.
            return args.name, {"outputs": {"global_clusters": {"worldwide": "the global cluster"}}, **args.inputs}
        names = ("arn", "keyId", "endpoint", "readerEndpoint", "zoneId")
        computed = {name: f"{name} of {args.typ} {args.name}" for name in names}
        return f"id of {args.typ} {args.name}", {**computed, "port": 5432, "nameServers": [], **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class _Recorder(MockMonitor):
    def __init__(self, stack: str) -> None:
        super().__init__(_Cloud())
        # Not asked of the SDK: its settings are not the same in every thread that it answers from.
        self._stack = stack
        self.registered: list[Registered] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it: all ancestors' types, the stack's own left out."""
        chain = parent.split("::")[2] + "$" if parent and "pulumi:pulumi:Stack" not in parent else ""
        return f"urn:pulumi:{self._stack}::{_PROJECT}::{chain}{type_}::{name}"

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
                    custom=request.custom,
                    inputs=inputs,
                    provider=request.provider,
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


@pytest.fixture(scope="session")
def registered_by() -> Callable[[Callable[[], object], str], list[Registered]]:
    """(program, stack name) → what the program registers, in order."""

    def of(program: Callable[[], object], stack: str) -> list[Registered]:
        recorder = _Recorder(stack)

        async def main() -> None:
            set_mocks(_Cloud(), _PROJECT, stack, preview=False, monitor=recorder, organization="organization")
            program()
            await wait_for_rpcs()

        try:
            asyncio.run(main())
        finally:
            reset_options()
        return recorder.registered

    return of
