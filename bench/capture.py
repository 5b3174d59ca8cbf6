"""Runs a stack's program under Pulumi's mocks and keeps what it passes to each resource's constructor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import register_stack_transformation
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.settings import get_root_resource, reset_options
from pulumi.runtime.stack import wait_for_rpcs

from stacks.program import run

PROJECT = "wedsync"
GLOBAL_OUTPUTS = {"global_clusters": {"worldwide": "wedsync-worldwide"}}
"""What the global stack exports, as far as region stacks read it."""


class Reference(NamedTuple):
    """An input that is another resource's output: `path` are the attributes and keys that lead to it."""

    resource: pulumi.Resource
    path: tuple[str, ...]


class Secret(NamedTuple):
    """An input that is nobody's output and secret. Its value is random, so it is not kept."""


class Call(NamedTuple):
    """One resource's constructor call. `inputs` hold literals, `Reference` and `Secret`."""

    resource: pulumi.Resource
    name: str
    inputs: dict[str, Any]
    options: pulumi.ResourceOptions


class Program(NamedTuple):
    """What a program does: the constructor calls in order, components left out, and the outputs that it exports."""

    calls: list[Call]
    exports: dict[str, Any]


class CaptureError(Exception):
    """An input comes from something that a flat program cannot say."""


def capture(stack: str) -> Program:
    """Run the program of `stack`, e.g. "local-us-east-1".

    Raises:
        CaptureError: an input is computed from outputs by more than attributes and keys.
    """
    calls: list[Call] = []

    def keep(args: pulumi.ResourceTransformationArgs) -> None:
        if not isinstance(args.resource, pulumi.ComponentResource):
            calls.append(Call(args.resource, args.name, dict(args.props), args.opts))

    async def program() -> Program:
        set_mocks(_Mocks(), PROJECT, stack, preview=False, organization="organization")
        register_stack_transformation(keep)
        run(stack)
        await wait_for_rpcs()
        root: Any = get_root_resource()
        resolved = [call._replace(inputs=await _resolved(call.inputs)) for call in calls]
        return Program(resolved, await _resolved(root.outputs))

    try:
        return asyncio.run(program())
    finally:
        reset_options()


class _Mocks(Mocks):
    """Answers with the inputs and with computed outputs, no two of which are equal: a value tells where it is from."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"outputs": GLOBAL_OUTPUTS, **args.inputs}
        computed = {name: f"{name} of {args.name}" for name in ("arn", "keyId", "endpoint", "readerEndpoint")}
        return f"id of {args.name}", {**computed, "port": 5432, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


async def _resolved(value: Any) -> Any:
    """`value` with every Output replaced by what it refers to, and without what is None."""
    if isinstance(value, pulumi.Output):
        return await _origin(value)
    if isinstance(value, Mapping):
        return {key: await _resolved(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [await _resolved(item) for item in value]
    return value


async def _origin(output: pulumi.Output[Any]) -> Any:
    """Where an Output comes from: found by its value among the outputs of the one resource that it depends on."""
    resources = await output.resources()
    if not resources:
        return Secret() if await output.is_secret() else await _resolved(await output.future())
    if len(resources) > 1:
        raise CaptureError(f"an input is made from outputs of {len(resources)} resources")
    resource = next(iter(resources))
    wanted = await output.future()
    outputs = {name: value for name, value in vars(resource).items() if isinstance(value, pulumi.Output)}
    path = _path({name: await value.future() for name, value in outputs.items()}, wanted)
    if path is None:
        raise CaptureError(f"{type(resource).__name__}: no output of it is {wanted!r}")
    return Reference(resource, path)


def _path(value: Any, wanted: Any) -> tuple[str, ...] | None:
    """The shortest way of keys that leads from `value` to `wanted`, or None when it is not in there."""
    if value == wanted:
        return ()
    if not isinstance(value, Mapping):
        return None
    found = [(str(key), *path) for key, item in value.items() if (path := _path(item, wanted)) is not None]
    return min(found, key=lambda path: (len(path), path != ("name",)), default=None)
