"""Every kind of object that a region declares: created, unchanged when read, refused with a wrong field, deleted."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from devcloud.providers.kubernetes.client import ApiError

from .conftest import Cluster
from .manifests import BUILT_IN, OF_ADD_ONS, Manifest

pytestmark = pytest.mark.cluster
_EVERY = [
    pytest.param(token, manifest, id=token.rpartition(":")[2]) for token, manifest in (BUILT_IN | OF_ADD_ONS).items()
]


def named(cluster: Cluster, manifest: Manifest) -> Manifest:
    """With a name that is the test's alone: some kinds have no namespace."""
    return {"metadata": {"name": cluster.namespace}, **copy.deepcopy(manifest)}


@pytest.mark.parametrize(("token", "manifest"), _EVERY)
def test_it_is_what_was_declared_whatever_the_server_adds(cluster: Cluster, token: str, manifest: Manifest) -> None:
    resource = cluster.resource(token)
    wanted = named(cluster, manifest)
    inputs = cluster.inputs(resource, wanted)
    previewed = cluster.provider.create(resource, inputs, timeout=0, preview=True)
    assert previewed.outputs["kind"] == token.rpartition(":")[2]

    state = cluster.create(resource, wanted)
    read = cluster.read(resource, state)

    assert read.inputs == state.inputs
    assert cluster.changed_paths(resource, read, cluster.inputs(resource, wanted, state.inputs)) == []
    assert cluster.read(resource, cluster.update(resource, read, state.inputs)).inputs == state.inputs
    cluster.provider.delete(resource, state, timeout=60)
    assert cluster.provider.read(resource, state) is None


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("token", "manifest"), _EVERY)
def test_a_field_that_the_kind_does_not_have_is_refused(
    cluster: Cluster, token: str, manifest: Manifest, preview: bool
) -> None:
    resource = cluster.resource(token)
    wrong = named(cluster, manifest)
    wrong.get("spec", wrong)["wedding"] = "june"

    with pytest.raises(ApiError, match=r"wedding.*(not declared in schema|unknown field)|unknown field.*wedding"):
        cluster.provider.create(resource, cluster.inputs(resource, wrong), timeout=0, preview=preview)


@pytest.mark.parametrize(
    ("token", "change", "refusal"),
    [
        ("networking.istio.io/v1:VirtualService", {"http": [{"timeout": "soon"}]}, "must be a valid duration"),
        ("networking.istio.io/v1:DestinationRule", {"host": None}, "spec.host in body must be of type string"),
        ("security.istio.io/v1:PeerAuthentication", {"mtls": {"mode": "ALWAYS"}}, "Unsupported value"),
        ("external-secrets.io/v1:ExternalSecret", {"target": {"creationPolicy": "Sometimes"}}, "Unsupported value"),
        ("monitoring.coreos.com/v1:ServiceMonitor", {"endpoints": [{"interval": "often"}]}, "should match"),
    ],
)
def test_a_value_that_the_kind_does_not_allow_is_refused(
    cluster: Cluster, token: str, change: dict[str, Any], refusal: str
) -> None:
    resource = cluster.resource(f"kubernetes:{token}")
    wrong = named(cluster, OF_ADD_ONS[resource.type])
    wrong["spec"] |= change

    with pytest.raises(ApiError, match=refusal):
        cluster.provider.create(resource, cluster.inputs(resource, wrong), timeout=0, preview=True)


def test_drift_in_a_custom_resource_is_shown_and_repaired(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:external-secrets.io/v1:ExternalSecret")
    state = cluster.create(resource, named(cluster, OF_ADD_ONS[resource.type]))
    path = cluster.path("apis/external-secrets.io/v1/externalsecrets", cluster.namespace)
    other = copy.deepcopy(state.inputs["spec"]["data"])
    other[0]["remoteRef"]["key"] = "somebody-elses"
    cluster.patch(path, {"spec": {"refreshInterval": "1h", "data": other}})

    drifted = cluster.read(resource, state)

    changed = cluster.changed_paths(resource, drifted, state.inputs)
    assert ("spec", "refreshInterval") in changed
    assert ("spec", "data", 0, "remoteRef", "key") in changed
    cluster.update(resource, drifted, state.inputs)
    assert cluster.read(resource, state).inputs == state.inputs


def test_a_quota_counts_from_the_moment_it_is_there(cluster: Cluster) -> None:
    quota = {"metadata": {"name": "ceiling"}, "spec": {"hard": {"persistentvolumeclaims": "0"}}}
    state = cluster.create(cluster.resource("kubernetes:core/v1:ResourceQuota"), quota)
    assert state.outputs["status"]["hard"] == {"persistentvolumeclaims": "0"}

    claim = {
        "metadata": {"name": "logs"},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1G"}}},
    }
    with pytest.raises(ApiError, match="exceeded quota: ceiling"):
        cluster.create(cluster.resource("kubernetes:core/v1:PersistentVolumeClaim"), claim)


def test_a_load_balancer_is_waited_for_until_it_has_an_address(cluster: Cluster) -> None:
    service = {"metadata": {"name": "edge"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 443}]}}
    resource = cluster.resource("kubernetes:core/v1:Service")

    state = cluster.create(resource, service)

    (address,) = state.outputs["status"]["loadBalancer"]["ingress"]
    assert address["hostname"] == f"edge.{cluster.namespace}.us-east-1.localhost"
    assert cluster.read(resource, state).inputs == state.inputs
