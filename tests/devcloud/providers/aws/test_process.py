"""The executable as the engine runs it: a port on standard output, gRPC, secrets on the wire."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from devcloud.providers.properties import decode, encode

URN = "urn:pulumi:test::wedsync::aws:rds/cluster:Cluster::wire"
INPUTS = {"engine": "aurora-postgresql", "masterUsername": "admin1", "masterPasswordWo": "hunter2hunter2"}


@pytest.fixture
def plugin(endpoint: str) -> Iterator[Any]:
    environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint}
    command = [sys.executable, "-m", "devcloud.providers.aws", "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()
        process.wait(timeout=30)


def test_create_over_the_wire_stores_no_password(plugin: Any) -> None:
    plugin.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "us-east-1"})))
    news = encode(INPUTS, {("masterPasswordWo",)})
    checked = plugin.Check(provider_pb2.CheckRequest(urn=URN, news=news, randomSeed=b"seed"))
    assert not checked.failures
    created = plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=checked.inputs))
    outputs, _ = decode(created.properties)
    assert outputs["arn"].endswith(created.id)
    for message in (checked, created):
        assert b"hunter2" not in message.SerializeToString()


def test_an_unconfigurable_plugin_says_why(plugin: Any) -> None:
    request = provider_pb2.ConfigureRequest(args=encode({"region": "us-east-1", "profile": "production"}))
    with pytest.raises(grpc.RpcError, match="does not take the setting 'profile'"):
        plugin.Configure(request)
