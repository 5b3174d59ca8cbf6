"""The kubeconfig for other regions' control planes, against a real API server."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Generator
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from components.mesh.mesh_namespaces import READER
from delivery.kubeconfig import ApiServer, api_server
from delivery.remote_access import ensure_remote_access
from delivery.steps import Outcome, State, StepError
from delivery.stored_secrets import StoredSecret
from devcloud.control_plane import ControlPlane
from devcloud.processes import Ports
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, ensure

pytestmark = pytest.mark.cluster

NAMESPACE = "istio-system"
TO = StoredSecret("wedsync/local/mesh/remote/us-east-1", "For a test", str, ("us-west-1",), "alias/some-key")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Generator[ApiServer]:
    state = tmp_path_factory.mktemp("state")
    binaries = ensure(CONTROL_PLANE_TOOLS, ConsoleProgress(sys.stderr))
    plane = ControlPlane("us-east-1", state / "us-east-1", binaries, Ports(state / "ports.json"))
    plane.start()
    authority = base64.b64encode(plane.access.ca.read_bytes()).decode()
    client = plane.access.client
    yield ApiServer(
        plane.access.server, authority, certificate=client.certificate.read_bytes() + client.key.read_bytes()
    )
    plane.stop()


@pytest.fixture
def api(cluster: ApiServer) -> Generator[httpx.Client]:
    with cluster.client() as client:
        yield client


@pytest.fixture
def reader(api: httpx.Client) -> Generator[None]:
    """The service account, as the region's stack makes it; for one test."""
    api.post("/api/v1/namespaces", json={"metadata": {"name": NAMESPACE}})
    accounts = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
    api.post(accounts, json={"metadata": {"name": READER}}).raise_for_status()
    yield
    api.delete(f"{accounts}/{READER}").raise_for_status()
    # Otherwise the token controller would find it with the next account, and take it away in the middle of a test.
    api.delete(f"/api/v1/namespaces/{NAMESPACE}/secrets/{READER}-token")


@pytest.fixture
def secrets() -> Generator[Any]:
    # Requests to the API server are real ones.
    with mock_aws(config={"core": {"passthrough": {"urls": [r"https://127\.0\.0\.1.*"]}}}):
        session: Any = boto3.Session("test", "test", region_name="us-east-1")
        yield session.client("secretsmanager")


def written(secrets: Any) -> dict[str, Any]:
    return json.loads(json.loads(secrets.get_secret_value(SecretId=TO.name)["SecretString"])["kubeconfig"])


@pytest.mark.usefixtures("reader")
def test_it_opens_the_cluster_as_the_reader(cluster: ApiServer, api: httpx.Client, secrets: Any) -> None:
    made = ensure_remote_access(api, cluster, NAMESPACE, secrets, TO)
    assert made == Outcome(f"secret {TO.name}", State.MADE, "")
    config = written(secrets)
    assert config["current-context"] == "us-east-1"
    with api_server(config, "us-east-1").client() as remote:
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        who = remote.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", json=review).raise_for_status().json()
    assert who["status"]["userInfo"]["username"] == f"system:serviceaccount:{NAMESPACE}:{READER}"


@pytest.mark.usefixtures("reader")
def test_a_second_time_changes_nothing(cluster: ApiServer, api: httpx.Client, secrets: Any) -> None:
    ensure_remote_access(api, cluster, NAMESPACE, secrets, TO)
    first = written(secrets)
    assert ensure_remote_access(api, cluster, NAMESPACE, secrets, TO).state is State.UNCHANGED
    assert written(secrets) == first
    copies = secrets.describe_secret(SecretId=TO.name)["ReplicationStatus"]
    assert [copy["Region"] for copy in copies] == ["us-west-1"]


@pytest.mark.usefixtures("reader")
def test_another_cluster_takes_the_place_of_the_old_one(cluster: ApiServer, api: httpx.Client, secrets: Any) -> None:
    old = json.dumps({"kubeconfig": json.dumps({"clusters": []})})
    secrets.create_secret(Name=TO.name, SecretString=old)
    changed = ensure_remote_access(api, cluster, NAMESPACE, secrets, TO)
    assert changed.state is State.CHANGED
    assert "the cluster, or its token, is another one" in changed.detail
    assert written(secrets)["clusters"][0]["cluster"]["server"] == cluster.server


def test_without_the_stack_it_says_what_to_do(cluster: ApiServer, api: httpx.Client, secrets: Any) -> None:
    with pytest.raises(StepError, match=f"no service account {NAMESPACE}/{READER}: `pulumi up` the region's stack"):
        ensure_remote_access(api, cluster, NAMESPACE, secrets, TO)
