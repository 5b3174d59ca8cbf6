"""Create, read, update and delete against a real API server."""

from __future__ import annotations

import copy

import pytest

from devcloud.providers.kubernetes.client import ApiError
from devcloud.providers.plugin import ProviderError, State
from devcloud.providers.properties import UNKNOWN

from .conftest import Cluster, autoscaler, deployment

pytestmark = pytest.mark.cluster
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def test_a_deployment_lives_its_life(cluster: Cluster) -> None:
    resource = cluster.resource(DEPLOYMENT)
    state = cluster.create(resource, deployment())
    assert state.identifier == f"{cluster.namespace}/{state.inputs['metadata']['name']}"
    assert state.outputs["status"]["availableReplicas"] == 2
    assert "managedFields" not in state.outputs["metadata"]

    read = cluster.read(resource, state)
    assert read.inputs == state.inputs  # 1000m and 0.5Gi are 1 and 512Mi on the server: no drift

    news = cluster.inputs(resource, deployment("monitor:2"), olds=state.inputs)
    image = ("spec", "template", "spec", "containers", 0, "image")
    assert cluster.changed_paths(resource, state, news) == [image]
    previewed = cluster.update(resource, state, news, preview=True)
    assert previewed.outputs["spec"]["template"]["spec"]["containers"][0]["image"] == "monitor:2"
    assert cluster.read(resource, state).inputs == state.inputs  # the preview changed nothing
    updated = cluster.update(resource, state, news)
    assert updated.outputs["status"]["updatedReplicas"] == 2

    cluster.provider.delete(resource, updated, timeout=60)
    assert cluster.provider.read(resource, updated) is None
    cluster.provider.delete(resource, updated, timeout=60)  # twice is once


def test_a_preview_creates_nothing_and_invents_nothing(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:core/v1:Service")
    spec = {"selector": {"app": "monitor"}, "ports": [{"port": 80}]}
    inputs = cluster.inputs(resource, {"metadata": {"name": "monitor"}, "spec": spec})
    previewed = cluster.provider.create(resource, inputs, timeout=0, preview=True)
    assert previewed.identifier == ""
    assert previewed.outputs["spec"]["clusterIP"] is UNKNOWN
    assert previewed.outputs["metadata"]["uid"] is UNKNOWN
    assert previewed.outputs["spec"]["ports"][0]["protocol"] == "TCP"
    assert cluster.api.get(cluster.path("api/v1/services", "monitor")) is None


def test_unknowns_are_echoed_in_a_preview(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAP)
    inputs = cluster.inputs(resource, {"metadata": {"name": "settings"}, "data": {"endpoint": UNKNOWN}})
    assert cluster.provider.create(resource, inputs, timeout=0, preview=True).outputs["data"] == {"endpoint": UNKNOWN}


def test_a_namespace_that_the_same_update_creates_does_not_stop_the_preview(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAP)
    inputs = cluster.inputs(resource, {"metadata": {"name": "settings", "namespace": "comes-later"}})
    assert cluster.provider.create(resource, inputs, timeout=0, preview=True).outputs["kind"] == "ConfigMap"
    with pytest.raises(ApiError, match='namespaces "comes-later" not found'):
        cluster.provider.create(resource, inputs, timeout=0, preview=False)


def test_an_object_found_after_a_crash_is_imported_as_it_was_declared(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    state = cluster.create(resource, autoscaler())
    imported = cluster.read(resource, State(state.identifier, {}, {}))
    assert imported.inputs == state.inputs


def test_an_imported_object_keeps_its_generated_name(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAP)
    state = cluster.create(resource, {"data": {"a": "1"}})
    imported = cluster.read(resource, State(state.identifier, {}, {}))
    assert cluster.inputs(resource, {"data": {"a": "1"}}, olds=imported.inputs) == state.inputs


def test_a_foreign_object_is_imported_without_what_the_server_added(cluster: Cluster) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign"}, "data": {"a": "1"}}
    cluster.take_over(cluster.path("api/v1/configmaps", "foreign"), manifest)
    imported = cluster.read(cluster.resource(CONFIG_MAP), State("foreign", {}, {}))
    assert imported.identifier == f"{cluster.namespace}/foreign"
    metadata = {"name": "foreign", "namespace": cluster.namespace}
    assert imported.inputs == {**manifest, "metadata": metadata}


def test_an_object_that_the_state_does_not_know_is_not_taken_over(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAP)
    manifest = {"metadata": {"name": "settings"}, "data": {"a": "1"}}
    cluster.create(resource, manifest)
    other = cluster.resource(CONFIG_MAP, "renamed")
    for preview in (True, False):
        with pytest.raises(ProviderError, match=r"exists already.*pulumi import kubernetes:core/v1:ConfigMap renamed"):
            cluster.provider.create(other, cluster.inputs(other, manifest), timeout=0, preview=preview)


def test_the_preview_of_a_replacement_under_the_same_name_is_validated(cluster: Cluster) -> None:
    resource = cluster.resource(DEPLOYMENT)
    named = deployment()
    named["metadata"] = {"name": "monitor"}
    state = cluster.create(resource, named)
    named["spec"]["selector"] = {"matchLabels": {"app": "monitor", "tier": "data"}}
    wrong = cluster.inputs(resource, named, olds=state.inputs)
    with pytest.raises(ApiError, match="`selector` does not match template `labels`"):
        cluster.provider.create(resource, wrong, timeout=0, preview=True)
    named["spec"]["template"]["metadata"]["labels"] = {"app": "monitor", "tier": "data"}
    right = cluster.inputs(resource, named, olds=state.inputs)
    assert cluster.provider.create(resource, right, timeout=0, preview=True).outputs["spec"] == right["spec"]


def test_an_object_that_somebody_deleted_is_made_again(cluster: Cluster) -> None:
    resource = cluster.resource(CONFIG_MAP)
    state = cluster.create(resource, {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    cluster.api.request("DELETE", cluster.path("api/v1/configmaps", "settings"))
    assert cluster.provider.read(resource, state) is None
    news = {**state.inputs, "data": {"a": "2"}}
    assert cluster.update(resource, state, news).outputs["data"] == {"a": "2"}


def test_the_servers_refusal_comes_through_whole(cluster: Cluster) -> None:
    resource = cluster.resource(DEPLOYMENT)
    wrong = deployment()
    container = wrong["spec"]["template"]["spec"]["containers"][0]
    container.update(name="Not_A_Name", imagePullPolicy="Sometimes")
    with pytest.raises(ApiError) as refused:
        cluster.create(resource, wrong)
    assert "spec.template.spec.containers[0].name: Invalid value" in str(refused.value)
    assert 'containers[0].imagePullPolicy: Unsupported value: "Sometimes"' in str(refused.value)
    assert "reason Invalid, HTTP 422" in str(refused.value)


@pytest.mark.parametrize("preview", [True, False])
def test_a_field_that_does_not_exist_is_an_error(cluster: Cluster, preview: bool) -> None:
    resource = cluster.resource(DEPLOYMENT)
    wrong = deployment(replicass=3)
    with pytest.raises(ApiError, match=r"\.spec\.replicass: field not declared in schema"):
        cluster.provider.create(resource, cluster.inputs(resource, wrong), timeout=0, preview=preview)


def test_a_patch_changes_its_fields_and_gives_them_up_again(cluster: Cluster) -> None:
    whole = cluster.resource(CONFIG_MAP)
    state = cluster.create(whole, {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    patch = cluster.resource("kubernetes:core/v1:ConfigMapPatch", "patch")
    manifest = {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"b": "2"}}
    patched = cluster.create(patch, manifest)
    assert patched.outputs["data"] == {"a": "1", "b": "2"}
    assert cluster.read(whole, state).inputs == state.inputs
    assert cluster.read(patch, patched).inputs == patched.inputs
    cluster.provider.delete(patch, patched, timeout=10)
    assert cluster.read(whole, state).outputs["data"] == {"a": "1"}


def test_a_patch_of_nothing_is_an_error(cluster: Cluster) -> None:
    patch = cluster.resource("kubernetes:core/v1:ConfigMapPatch", "patch")
    with pytest.raises(ProviderError, match="does not exist: a Patch changes an object that somebody else creates"):
        cluster.create(patch, {"kind": "ConfigMap", "metadata": {"name": "nowhere"}, "data": {"b": "2"}})


def test_a_secret_written_as_text_is_read_as_text_and_loses_removed_keys(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:core/v1:Secret")
    state = cluster.create(resource, {"metadata": {"name": "key"}, "stringData": {"a": "x", "b": "y"}})
    assert cluster.read(resource, state).inputs == state.inputs
    assert cluster.provider.secret_outputs(resource, state.outputs) == {("data",)}
    news = copy.deepcopy(state.inputs)
    del news["stringData"]["b"]
    assert cluster.update(resource, state, news).outputs["data"] == {"a": "eA=="}
    cluster.patch(cluster.path("api/v1/secrets", "key"), {"data": {"a": "enp6"}})
    assert cluster.read(resource, State(state.identifier, {}, news)).inputs["stringData"] == {"a": "zzz"}
