"""Runs a program in this process, without an engine and without a cloud, and keeps what it registers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.settings import get_root_resource, reset_options
from pulumi.runtime.stack import wait_for_rpcs

PROJECT = "wedsync"
ORGANIZATION = "organization"

Exports = Mapping[str, Mapping[str, Any]]
"""What stacks export, by stack."""


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


class Run(NamedTuple):
    """What a program registers, in order, and what it exports."""

    registered: list[Registered]
    exports: dict[str, Any]


def run_under_mocks(
    program: Callable[[], object], stack: str, exports: Exports = MappingProxyType({}), mocks: Mocks | None = None
) -> Run:
    """Run a program as the stack of this name.

    Args:
        program: registers resources; it must look nothing up.
        stack: the name that it sees.
        exports: of the stacks that it refers to.
        mocks: what answers registrations; unless given, every value is known: inputs come back, and what a cloud
            would compute is made up.
    Raises:
        pulumi.RunError: the program refuses to run.
    """
    cloud = mocks or _Cloud(exports)
    recorder = _Recorder(stack, cloud)

    async def main() -> dict[str, Any]:
        set_mocks(cloud, PROJECT, stack, preview=False, monitor=recorder, organization=ORGANIZATION)
        program()
        await wait_for_rpcs()
        root: Any = get_root_resource()
        return await pulumi.Output.from_input(root.outputs).future() or {}

    try:
        exported = asyncio.run(main())
    finally:
        reset_options()
    return Run(recorder.registered, exported)


@contextmanager
def own_event_loop() -> Generator[None]:
    """The SDK's mocks leave an event loop open in every worker thread that they answer from; this one is closed."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Cloud(Mocks):
    """Answers with the inputs, and with computed outputs that differ from resource to resource."""

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            stack = args.inputs["name"].rsplit("/", 1)[-1]
            return args.name, {"outputs": dict(self._exports[stack]), **args.inputs}
        names = ("arn", "keyId", "endpoint", "readerEndpoint", "zoneId", "name", "repositoryUrl")
        computed = {name: f"{name} of {args.typ} {args.name}" for name in names}
        return f"id of {args.typ} {args.name}", {**computed, "port": 5432, "nameServers": [], **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class _Recorder(MockMonitor):
    def __init__(self, stack: str, cloud: Mocks) -> None:
        super().__init__(cloud)
        # Not asked of the SDK: its settings are not the same in every thread that it answers from.
        self._stack = stack
        self.registered: list[Registered] = []

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the engine makes it: all ancestors' types, the stack's own left out."""
        chain = parent.split("::")[2] + "$" if parent and "pulumi:pulumi:Stack" not in parent else ""
        return f"urn:pulumi:{self._stack}::{PROJECT}::{chain}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        with own_event_loop():
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
        with own_event_loop():
            return super().ReadResource(request)
