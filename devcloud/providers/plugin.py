"""The gRPC side of a resource provider plugin, once for both local providers.

A provider is a class with the methods of `Provider`, over plain values (see properties.py); `serve` does what the
engine expects of the executable: print the port, answer Handshake, Configure, Check, Diff, Create, Read, Update and
Delete, keep secrets marked, pass errors through whole, and end when the engine has gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, cast

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from devcloud import plugin_process
from devcloud.providers.changes import Change
from devcloud.providers.properties import Path, UnsupportedValueError, decode, encode, path_text, whole_lists


class ProviderError(Exception):
    """An operation failed. The message reaches the user as it is."""


class PartialFailureError(ProviderError):
    """The object exists but did not become what was asked for (an await timed out): state must keep it."""

    def __init__(self, identifier: str, outputs: dict[str, Any], inputs: dict[str, Any], reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.identifier, self.outputs, self.inputs, self.reasons = identifier, outputs, inputs, reasons


class Resource(NamedTuple):
    """Which resource an operation is about: Pulumi's type token (`aws:rds/cluster:Cluster`), name and URN."""

    type: str
    name: str
    urn: str

    @classmethod
    def of(cls, urn: str) -> Resource:
        *_, qualified_type, name = urn.split("::", 3)
        return cls(qualified_type.rsplit("$", 1)[-1], name, urn)


@dataclass(frozen=True)
class Checked:
    """Inputs with defaults filled in (autonames), and (property, reason) for each that is wrong."""

    inputs: dict[str, Any]
    failures: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """What an update would change; `delete_before_replace` where old and new cannot exist side by side."""

    changes: list[Change]
    delete_before_replace: bool = False


@dataclass(frozen=True)
class State:
    """A live object as the provider reports it to the engine."""

    identifier: str
    outputs: dict[str, Any]
    inputs: dict[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """What a local provider implements. Seconds for `timeout`, 0 for the provider's default.

    Every method may raise ProviderError; create and update also PartialFailureError.
    """

    version: str

    def configure(self, settings: dict[str, Any]) -> None: ...

    def check(self, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes) -> Checked: ...

    def diff(
        self, resource: Resource, old: State, news: dict[str, Any], ignore_changes: Sequence[str]
    ) -> Difference: ...

    def create(self, resource: Resource, inputs: dict[str, Any], *, timeout: float, preview: bool) -> State: ...

    def read(self, resource: Resource, old: State) -> State | None: ...

    def update(
        self,
        resource: Resource,
        old: State,
        news: dict[str, Any],
        *,
        ignore_changes: Sequence[str],
        timeout: float,
        preview: bool,
    ) -> State: ...

    def delete(self, resource: Resource, old: State, *, timeout: float) -> None: ...

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]: ...

    def secret_outputs(self, resource: Resource, outputs: dict[str, Any]) -> set[Path]:
        """Paths that are secret whatever the program said (a Kubernetes Secret's data)."""
        ...


class _Status(NamedTuple):
    """What grpc.ServicerContext.abort_with_status takes."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translates the engine's calls to `Provider` and its answers and errors back."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 - gRPC's names and signature
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings, _ = decode(request.args)
        self._run(context, self._provider.configure, settings)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptOutputs=False)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        olds, _ = self._run(context, decode, request.olds)
        news, secrets = self._run(context, decode, request.news)
        resource = Resource.of(request.urn)
        checked = self._run(context, self._provider.check, resource, olds, news, request.randomSeed)
        failures = [provider_pb2.CheckFailure(property=name, reason=why) for name, why in checked.failures]
        return provider_pb2.CheckResponse(inputs=encode(checked.inputs, secrets), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        old = State(request.id, decode(request.olds)[0], decode(request.old_inputs)[0])
        news, _ = self._run(context, decode, request.news)
        difference = self._run(
            context, self._provider.diff, Resource.of(request.urn), old, news, list(request.ignoreChanges)
        )
        return diff_response(difference)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, secrets = self._run(context, decode, request.properties)
        resource = Resource.of(request.urn)
        state = self._run(
            context,
            self._provider.create,
            resource,
            inputs,
            timeout=request.timeout,
            preview=request.preview,
            resource=resource,
            secrets=secrets,
        )
        return provider_pb2.CreateResponse(id=state.identifier, properties=self._outputs(resource, state, secrets))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        outputs, secrets = decode(request.properties)
        inputs, input_secrets = decode(request.inputs)
        resource = Resource.of(request.urn)
        state = self._run(context, self._provider.read, resource, State(request.id, outputs, inputs))
        if state is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=state.identifier,
            properties=self._outputs(resource, state, secrets | input_secrets),
            inputs=encode(state.inputs, input_secrets | self._provider.secret_outputs(resource, state.inputs)),
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        outputs, old_secrets = decode(request.olds)
        news, secrets = self._run(context, decode, request.news)
        resource = Resource.of(request.urn)
        state = self._run(
            context,
            self._provider.update,
            resource,
            State(request.id, outputs, decode(request.old_inputs)[0]),
            news,
            ignore_changes=list(request.ignoreChanges),
            timeout=request.timeout,
            preview=request.preview,
            resource=resource,
            secrets=secrets | old_secrets,
        )
        return provider_pb2.UpdateResponse(properties=self._outputs(resource, state, secrets | old_secrets))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        old = State(request.id, decode(request.properties)[0], decode(request.old_inputs)[0])
        self._run(context, self._provider.delete, Resource.of(request.urn), old, timeout=request.timeout)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        arguments, secrets = decode(request.args)
        result = self._run(context, self._provider.invoke, request.tok, arguments)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(result, secrets))
        return response

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return empty_pb2.Empty()

    def _outputs(self, resource: Resource, state: State, secrets: set[Path]) -> Any:
        marked = whole_lists(secrets) | self._provider.secret_outputs(resource, state.outputs)
        return encode(state.outputs, marked)

    def _run(
        self,
        context: Any,
        operation: Any,
        *arguments: Any,
        resource: Resource | None = None,
        secrets: set[Path] | None = None,
        **named: Any,
    ) -> Any:
        """Call `operation`; its errors end the gRPC call with their message (and, where it exists, the object)."""
        try:
            return operation(*arguments, **named)
        except PartialFailureError as failure:
            assert resource is not None  # noqa: S101 - only create and update raise it
            marked = whole_lists(secrets or ()) | self._provider.secret_outputs(resource, failure.outputs)
            context.abort_with_status(_init_failed(failure, marked))
        except (ProviderError, UnsupportedValueError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))


def diff_response(difference: Difference) -> Any:
    """The wire form of a difference."""
    detailed: dict[str, Any] = {}
    replaces: list[str] = []
    for change in difference.changes:
        text = path_text(change.path)
        kind = cast("provider_pb2.PropertyDiff.Kind.ValueType", change.kind.value + change.replace)
        detailed[text] = provider_pb2.PropertyDiff(kind=kind, inputDiff=True)
        if change.replace:
            replaces.append(text)
    changed = provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=changed,
        diffs=sorted({str(change.path[0]) for change in difference.changes}),
        replaces=replaces,
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=difference.delete_before_replace,
    )


def serve(provider: Provider) -> None:
    """Serve `provider` until the engine that started this process has gone."""
    plugin_process.serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider), server)
    )


def _init_failed(failure: PartialFailureError, secrets: set[Path]) -> _Status:
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failure.identifier,
            properties=encode(failure.outputs, secrets),
            reasons=failure.reasons,
            inputs=encode(failure.inputs, secrets),
        ),
        type_url_prefix="type.googleapis.com/",
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(failure), details=[detail])
    metadata = (("grpc-status-details-bin", status.SerializeToString()),)
    return _Status(grpc.StatusCode.UNKNOWN, str(failure), metadata)
