"""Runs a program under Pulumi's mocks and keeps what it registers, as the engine would get it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import hypothesis
import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.settings import get_root_resource, reset_options
from pulumi.runtime.stack import wait_for_rpcs

from bench.event_loops import own_event_loop

# CI tries the same cases every time; everybody else looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


_PROJECT = "wedsync"

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
        return f"urn:pulumi:{self._stack}::{_PROJECT}::{chain}{type_}::{name}"

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


class Run(NamedTuple):
    """What a program registers, in order, and what it exports."""

    registered: list[Registered]
    exports: dict[str, Any]


def run_under_mocks(
    program: Callable[[], object], stack: str, exports: Exports = MappingProxyType({}), mocks: Mocks | None = None
) -> Run:
    """Run `program` as the stack of this name; `exports` are those of the stacks that it refers to, by stack."""
    cloud = mocks or _Cloud(exports)
    recorder = _Recorder(stack, cloud)

    async def main() -> dict[str, Any]:
        set_mocks(cloud, _PROJECT, stack, preview=False, monitor=recorder, organization="organization")
        program()
        await wait_for_rpcs()
        root: Any = get_root_resource()
        return await pulumi.Output.from_input(root.outputs).future() or {}

    try:
        exported = asyncio.run(main())
    finally:
        reset_options()
    return Run(recorder.registered, exported)


@pytest.fixture(scope="session")
def registered_by() -> Callable[..., list[Registered]]:
    """(program, stack name, what other stacks export by their names) → what the program registers, in order."""

    def of(program: Callable[[], object], stack: str, exports: Exports = MappingProxyType({})) -> list[Registered]:
        return run_under_mocks(program, stack, exports).registered

    return of
