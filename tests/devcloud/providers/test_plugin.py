"""The provider protocol over a real channel: values, secrets, errors and differences as the engine gets them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import grpc
import pytest
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from devcloud.providers.changes import Change, Kind
from devcloud.providers.plugin import Difference, Resource, Servicer, State, diff_response
from devcloud.providers.properties import UNKNOWN, decode, encode

if TYPE_CHECKING:
    from tests.devcloud.providers.conftest import MemoryProvider

URN = "urn:pulumi:dev::wedsync::wedsync:data:RegionalDatabase$aws:rds/cluster:Cluster::bookings"
CLUSTER = Resource("aws:rds/cluster:Cluster", "bookings", URN)
Kinds = provider_pb2.PropertyDiff


class _Call(Protocol):
    """The error of a call, which also has what came with it."""

    def code(self) -> grpc.StatusCode: ...
    def details(self) -> str: ...
    def trailing_metadata(self) -> list[tuple[str, bytes]]: ...


@pytest.fixture
def plugin(memory_provider: MemoryProvider) -> Iterator[Any]:
    """A client of a server with `memory_provider`."""
    with ThreadPoolExecutor(4) as threads:
        server = grpc.server(threads)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(memory_provider), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        server.stop(grace=None).wait(10)


def _create(plugin: Any, inputs: dict[str, Any], secrets: set[Any] | None = None, **more: Any) -> Any:
    return plugin.Create(
        provider_pb2.CreateRequest(urn=URN, properties=encode(inputs, secrets or set()), **more), timeout=10
    )


def _failure(call: Any) -> Any:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def _init_failed(error: _Call) -> tuple[status_pb2.Status, Any]:
    status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    return status, detail


def test_what_it_says_of_itself(plugin: Any) -> None:
    assert plugin.GetPluginInfo(provider_pb2.ConfigureRequest(), timeout=10).version == "1.2.3"
    configured = plugin.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "us-east-1"})), timeout=10)
    assert configured.acceptSecrets
    assert configured.supportsPreview


def test_settings_come_as_plain_values(plugin: Any, memory_provider: MemoryProvider) -> None:
    settings = encode({"token": "hunter2", "tags": [1]}, {("token",)})
    plugin.Configure(provider_pb2.ConfigureRequest(args=settings), timeout=10)
    assert memory_provider.settings == {"token": "hunter2", "tags": [1]}


def test_check_gives_inputs_back_with_defaults_and_secrets(plugin: Any, memory_provider: MemoryProvider) -> None:
    news = encode({"password": "hunter2"}, {("password",)})
    request = provider_pb2.CheckRequest(urn=URN, olds=encode({"a": 1}), news=news, randomSeed=b"seed")
    checked = plugin.Check(request, timeout=10)
    assert decode(checked.inputs) == ({"name": "bookings-seed", "password": "hunter2"}, {("password",)})
    assert not checked.failures
    assert memory_provider.calls == [("check", CLUSTER, {"a": 1}, b"seed")]


def test_check_names_each_wrong_property(plugin: Any) -> None:
    news = encode({"unknownOne": 1, "unknownTwo": 2})
    checked = plugin.Check(provider_pb2.CheckRequest(urn=URN, news=news, randomSeed=b"s"), timeout=10)
    assert sorted((failure.property, failure.reason) for failure in checked.failures) == [
        ("unknownOne", "is not known"),
        ("unknownTwo", "is not known"),
    ]


def test_create_gives_the_object_with_its_secrets_marked(plugin: Any, memory_provider: MemoryProvider) -> None:
    created = _create(plugin, {"password": "hunter2", "engine": "x"}, {("password",)}, timeout=7, preview=True)
    assert created.id == "object-1"
    assert decode(created.properties) == (
        {"password": "hunter2", "engine": "x", "arn": "arn:object-1"},
        {("password",)},
    )
    assert memory_provider.calls == [("create", CLUSTER, 7.0, True)]


def test_what_the_provider_calls_secret_is_secret_though_the_program_did_not(plugin: Any) -> None:
    created = _create(plugin, {"data": {"key": "aHVudGVyMg=="}})
    assert decode(created.properties)[1] == {("data",)}


def test_a_secret_in_a_list_makes_the_output_list_secret(plugin: Any) -> None:
    """The service may give its items back in another order."""
    created = _create(plugin, {"env": [{"value": "public"}, {"value": "hunter2"}]}, {("env", 1, "value")})
    assert decode(created.properties)[1] == {("env",)}


def test_unknowns_reach_the_provider_and_come_back(plugin: Any) -> None:
    created = _create(plugin, {"vpc": UNKNOWN}, preview=True)
    assert decode(created.properties)[0]["vpc"] is UNKNOWN


def test_update_keeps_old_and_new_secrets_marked(plugin: Any, memory_provider: MemoryProvider) -> None:
    request = provider_pb2.UpdateRequest(
        id="object-1",
        urn=URN,
        olds=encode({"old": "s1", "arn": "x"}, {("old",)}),
        old_inputs=encode({"old": "s1"}, {("old",)}),
        news=encode({"old": "s2", "new": "s3"}, {("new",)}),
        ignoreChanges=["tags"],
        timeout=9,
    )
    updated = plugin.Update(request, timeout=10)
    assert decode(updated.properties) == (
        {"old": "s2", "new": "s3", "arn": "arn:object-1"},
        {("old",), ("new",)},
    )
    old = State("object-1", {"old": "s1", "arn": "x"}, {"old": "s1"})
    assert memory_provider.calls == [("update", CLUSTER, old, ["tags"], 9.0, False)]


def test_read_gives_the_live_object(plugin: Any, memory_provider: MemoryProvider) -> None:
    memory_provider.objects["object-1"] = {"engine": "live", "password": "hunter2"}
    request = provider_pb2.ReadRequest(
        id="object-1", urn=URN, inputs=encode({"engine": "old", "password": "x"}, {("password",)})
    )
    read = plugin.Read(request, timeout=10)
    assert read.id == "object-1"
    for found in (read.properties, read.inputs):
        assert decode(found) == ({"engine": "live", "password": "hunter2"}, {("password",)})


def test_reading_what_is_gone_gives_no_id(plugin: Any) -> None:
    read = plugin.Read(provider_pb2.ReadRequest(id="object-1", urn=URN, properties=encode({"a": 1})), timeout=10)
    assert read.id == ""
    assert not read.properties.fields


def test_delete_passes_what_the_state_knows(plugin: Any, memory_provider: MemoryProvider) -> None:
    memory_provider.objects["object-1"] = {}
    request = provider_pb2.DeleteRequest(
        id="object-1", urn=URN, properties=encode({"arn": "x"}), old_inputs=encode({"a": 1}), timeout=3
    )
    plugin.Delete(request, timeout=10)
    assert memory_provider.objects == {}
    assert memory_provider.calls == [("delete", CLUSTER, State("object-1", {"arn": "x"}, {"a": 1}), 3.0)]


def test_invoke_gives_the_answer(plugin: Any) -> None:
    request = provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion", args=encode({"name": "x"}))
    answer = getattr(plugin.Invoke(request, timeout=10), "return")
    assert decode(answer)[0] == {"token": "aws:index/getRegion:getRegion", "name": "x"}


def test_an_error_reaches_the_client_whole(plugin: Any) -> None:
    message = 'Deployment "monitor" is invalid:\n  spec.replicas: -1: must be ≥ 0\n' + "detail " * 500
    failures = [
        lambda: _create(plugin, {"fail": message}),
        lambda: plugin.Configure(provider_pb2.ConfigureRequest(args=encode({"fail": message})), timeout=10),
        lambda: plugin.Update(provider_pb2.UpdateRequest(urn=URN, news=encode({"fail": message})), timeout=10),
        lambda: plugin.Delete(provider_pb2.DeleteRequest(urn=URN, old_inputs=encode({"fail": message})), timeout=10),
        lambda: plugin.Invoke(provider_pb2.InvokeRequest(tok="x", args=encode({"fail": message})), timeout=10),
    ]
    for call in failures:
        error: _Call = _failure(call)
        assert error.code() is grpc.StatusCode.UNKNOWN
        assert error.details() == message


@pytest.mark.parametrize("operation", ["create", "update"])
def test_an_object_that_exists_but_failed_comes_with_the_error(operation: str, plugin: Any) -> None:
    inputs = {"stuck": ["0 of 6 replicas are ready", "ImagePullBackOff"], "password": "hunter2", "data": {"k": "v"}}
    wire = encode(inputs, {("password",)})
    if operation == "create":
        error: _Call = _failure(lambda: plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=wire), timeout=10))
    else:
        request = provider_pb2.UpdateRequest(id="object-1", urn=URN, news=wire)
        error = _failure(lambda: plugin.Update(request, timeout=10))
    status, detail = _init_failed(error)
    assert error.details() == status.message == "0 of 6 replicas are ready; ImagePullBackOff"
    assert detail.id == "object-1"
    assert list(detail.reasons) == ["0 of 6 replicas are ready", "ImagePullBackOff"]
    assert decode(detail.properties) == ({**inputs, "arn": "arn:object-1"}, {("password",), ("data",)})
    assert decode(detail.inputs) == (inputs, {("password",), ("data",)})


def test_an_asset_is_refused_with_a_sentence(plugin: Any) -> None:
    wire = encode({})
    wire.update({"code": {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}})
    error: _Call = _failure(lambda: plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=wire), timeout=10))
    assert error.details() == "code: assets, archives and resource references are not taken here"


def test_diff_passes_old_inputs_and_ignored_paths(plugin: Any, memory_provider: MemoryProvider) -> None:
    request = provider_pb2.DiffRequest(
        id="object-1",
        urn=URN,
        olds=encode({"arn": "x"}),
        old_inputs=encode({"engine": "a", "tags": {}}),
        news=encode({"engine": "b", "tags": {"x": "y"}}),
        ignoreChanges=["tags"],
    )
    answer = plugin.Diff(request, timeout=10)
    assert dict(answer.detailedDiff) == {"engine": Kinds(kind=Kinds.UPDATE, inputDiff=True)}
    old = State("object-1", {"arn": "x"}, {"engine": "a", "tags": {}})
    assert memory_provider.calls == [("diff", CLUSTER, old, ["tags"])]


def test_each_kind_of_change_on_the_wire() -> None:
    changes = [
        Change((kind.name.lower(), "labels", "a.b", 0), kind, replace) for kind in Kind for replace in (False, True)
    ]
    kinds = {
        (change.kind, change.replace): diff_response(Difference([change]))
        .detailedDiff[f'{change.kind.name.lower()}.labels["a.b"][0]']
        .kind
        for change in changes
    }
    assert kinds == {
        (Kind.ADD, False): Kinds.ADD,
        (Kind.ADD, True): Kinds.ADD_REPLACE,
        (Kind.DELETE, False): Kinds.DELETE,
        (Kind.DELETE, True): Kinds.DELETE_REPLACE,
        (Kind.UPDATE, False): Kinds.UPDATE,
        (Kind.UPDATE, True): Kinds.UPDATE_REPLACE,
    }


def test_a_difference_on_the_wire() -> None:
    changes = [
        Change(("spec", "selector"), Kind.UPDATE, replace=True),
        Change(("spec", "replicas"), Kind.UPDATE),
        Change(("kind",), Kind.ADD),
    ]
    response = diff_response(Difference(changes, delete_before_replace=True))
    assert response.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(response.replaces) == ["spec.selector"]
    assert list(response.diffs) == ["kind", "spec"]
    assert response.deleteBeforeReplace
    assert response.hasDetailedDiff


def test_no_difference_on_the_wire() -> None:
    response = diff_response(Difference([]))
    assert response.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not response.deleteBeforeReplace
    assert not response.replaces


def test_a_urn_tells_type_and_name() -> None:
    assert Resource.of(URN) == CLUSTER
    assert Resource.of("urn:pulumi:dev::p::pulumi:pulumi:Stack::a::b").name == "a::b"
