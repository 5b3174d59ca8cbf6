"""Runs a stack's program under Pulumi's mocks and keeps what it passes to each resource's constructor."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import register_stack_transformation
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import is_rpc_secret
from pulumi.runtime.settings import get_root_resource, reset_options
from pulumi.runtime.stack import wait_for_rpcs

from regions.load import PACKAGE_DIRECTORY
from stacks.program import register
from stacks.recording import own_event_loop

PROJECT = "wedsync"
_REFERENCE = "pulumi:pulumi:StackReference"
_COMPUTED = (
    *("arn", "keyId", "endpoint", "readerEndpoint", "primaryEndpointAddress", "zoneId", "name", "repositoryUrl"),
    *("allocationId", "dnsName"),
)
_SERVICE = "kubernetes:core/v1:Service"


class Reference(NamedTuple):
    """An input that is another resource's output: `path` are the attributes and keys that lead to it."""

    resource: pulumi.Resource
    path: tuple[str | int, ...]


class Computed(NamedTuple):
    """An input that is made from outputs of these resources by the program: what comes of it, as a literal."""

    value: Any
    resources: list[pulumi.Resource]


class Secret(NamedTuple):
    """An input that is nobody's output and secret. Its value is random, so it is not kept."""


class Call(NamedTuple):
    """One resource's constructor call.

    `inputs` hold literals, `Reference`, `Computed` and `Secret`. `needs` is what it waits for besides, without
    components.
    """

    resource: pulumi.Resource
    urn: str
    inputs: dict[str, Any]
    options: pulumi.ResourceOptions
    needs: list[pulumi.Resource]


class Program(NamedTuple):
    """What a program does: the constructor calls in order, components left out, and the outputs that it exports."""

    calls: list[Call]
    exports: dict[str, Any]


def capture(stack: str, mocks: Mocks) -> Program:
    """Run the program of `stack`, e.g. "local-us-east-1"; `mocks` say what its resources answer."""
    calls: list[Call] = []
    parents: dict[int, pulumi.Resource | None] = {}

    def keep(args: pulumi.ResourceTransformationArgs) -> None:
        parents[id(args.resource)] = args.opts.parent
        if not isinstance(args.resource, pulumi.ComponentResource):
            calls.append(Call(args.resource, "", dict(args.props), args.opts, []))

    def needs(call: Call) -> list[pulumi.Resource]:
        named: Any = call.options.depends_on or []
        # A component stands for all that is below it.
        return [each.resource for each in calls if any(above in named for above in _lineage(each.resource, parents))]

    async def program() -> Program:
        set_mocks(mocks, PROJECT, stack, preview=False, monitor=_Monitor(mocks), organization="organization")
        register_stack_transformation(keep)
        register(stack)
        await wait_for_rpcs()
        root: Any = get_root_resource()
        resolved = [
            call._replace(urn=await call.resource.urn.future(), inputs=await _resolved(call.inputs), needs=needs(call))
            for call in calls
        ]
        return Program(resolved, await _resolved(root.outputs))

    try:
        return asyncio.run(program())
    finally:
        reset_options()


def _lineage(resource: pulumi.Resource, parents: Mapping[int, pulumi.Resource | None]) -> Iterator[pulumi.Resource]:
    """The resource, its parent, and so on."""
    above: pulumi.Resource | None = resource
    while above is not None:
        yield above
        above = parents.get(id(above))


def exported(stack: str, project: Path = PACKAGE_DIRECTORY.parent) -> dict[str, Any]:
    """What the program of a stack that refers to no other exports, in the form of plain values."""

    async def program() -> dict[str, Any]:
        mocks = MadeUp({})
        set_mocks(mocks, PROJECT, stack, preview=False, monitor=_Monitor(mocks), organization="organization")
        register(stack, project)
        await wait_for_rpcs()
        root: Any = get_root_resource()
        return await pulumi.Output.from_input(root.outputs).future() or {}

    try:
        return asyncio.run(program())
    finally:
        reset_options()


class _NoLookUps(Mocks):
    """What all programs have in common."""

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class Recorded(_NoLookUps):
    """Answers as the resources of a stack did that is up, by `pulumi stack export`."""

    def __init__(self, deployment: Mapping[str, Any]) -> None:
        self._resources: list[dict[str, Any]] = deployment["deployment"]["resources"]

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        named = [each for each in self._resources if each["type"] == args.typ and _name(each) == args.name]
        # Two of a type and name differ in what they are called where they live.
        found = max(named, key=lambda each: sum(each.get("inputs", {}).get(k) == v for k, v in args.inputs.items()))
        # Encrypted ones have no value there, and no input is made from one.
        outputs = {key: value for key, value in found.get("outputs", {}).items() if not is_rpc_secret(value)}
        return found.get("id"), {**args.inputs, **outputs}


class MadeUp(_NoLookUps):
    """Answers with the inputs and with computed outputs, no two of which are equal: a value tells where it is from."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        self._shared = shared  # what the global stack exports

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == _REFERENCE:
            return args.name, {"outputs": dict(self._shared), **args.inputs}
        computed: dict[str, Any] = {name: f"<{name} of {args.typ} {args.name}>" for name in _COMPUTED}
        if args.typ == _SERVICE:
            addresses = [{"hostname": f"<hostname of {args.name}>"}]
            computed["status"] = {"loadBalancer": {"ingress": addresses}}
        return f"<id of {args.typ} {args.name}>", {**computed, "port": 5432, "nameServers": [], **args.inputs}


def _name(resource: Mapping[str, Any]) -> str:
    return resource["urn"].rsplit("::", 1)[-1]


class _Monitor(MockMonitor):
    """Leaves nothing behind."""

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        with own_event_loop():
            return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        with own_event_loop():
            return super().ReadResource(request)


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
    """Where an Output comes from: found by its value among the outputs of the resources that it depends on."""
    resources = sorted(await output.resources(), key=lambda each: str(each._name))  # pyright: ignore[reportPrivateUsage]
    wanted = await output.future()
    if not resources:
        return Secret() if await output.is_secret() else await _resolved(wanted)
    if len(resources) == 1 and (path := _path(await _outputs(resources[0]), wanted)) is not None:
        return Reference(resources[0], path)
    return Computed(wanted, resources)


async def _outputs(resource: pulumi.Resource) -> dict[str, Any]:
    outputs = {name: value for name, value in vars(resource).items() if isinstance(value, pulumi.Output)}
    return {name: await value.future() for name, value in outputs.items()}


def _items(value: Any) -> Sequence[tuple[str | int, Any]]:
    if isinstance(value, dict):
        # Not value.items(): the SDKs' output types have properties, and some are called items.
        return [(str(key), item) for key, item in dict.items(value)]
    return list(enumerate(value)) if isinstance(value, list) else []


def _path(value: Any, wanted: Any) -> tuple[str | int, ...] | None:
    """The shortest way of keys that leads from `value` to `wanted`, or None when it is not in there."""
    if value == wanted:
        return ()
    found = [(key, *path) for key, item in _items(value) if (path := _path(item, wanted)) is not None]
    return min(found, key=lambda path: (len(path), path != ("name",)), default=None)
