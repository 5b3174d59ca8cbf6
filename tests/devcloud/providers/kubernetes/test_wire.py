"""Through the gRPC servicer: what is secret stays marked, also where the server may reorder it."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from devcloud.providers.kubernetes.provider import KubernetesProvider
from devcloud.providers.plugin import Checked, Resource, Servicer, State
from devcloud.providers.properties import decode, encode


class Echo(KubernetesProvider):
    """The provider, over a server that gives list items back in another order."""

    def create(self, resource: Resource, inputs: dict[str, Any], *, timeout: float, preview: bool) -> State:
        del resource, timeout, preview
        return State("a/b", {**inputs, "spec": {"env": list(reversed(inputs["spec"]["env"]))}})

    def check(self, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes) -> Checked:
        del resource, olds, seed
        return Checked(news)


INPUTS = {"kind": "Secret", "data": {"key": "eA=="}, "spec": {"env": [{"value": "open"}, {"value": "hidden"}]}}
HIDDEN = ("spec", "env", 1, "value")


def secrets_of(struct: Any) -> set[tuple[Any, ...]]:
    return decode(struct)[1]


@pytest.fixture
def servicer() -> Servicer:
    return Servicer(Echo())


URN = "urn:pulumi:local::wedsync::kubernetes:core/v1:Secret::key"


def test_outputs_hide_a_list_that_had_a_secret_and_a_secrets_data(servicer: Servicer) -> None:
    request = provider_pb2.CreateRequest(urn=URN, properties=encode(INPUTS, {HIDDEN, ("data", "key")}))
    created = servicer.Create(request, None)
    assert secrets_of(created.properties) == {("spec", "env"), ("data",)}
    assert decode(created.properties)[0]["spec"]["env"][0] == {"value": "hidden"}


def test_inputs_keep_secrets_where_they_are(servicer: Servicer) -> None:
    checked = servicer.Check(provider_pb2.CheckRequest(urn=URN, news=encode(INPUTS, {HIDDEN})), None)
    assert secrets_of(checked.inputs) == {HIDDEN}
