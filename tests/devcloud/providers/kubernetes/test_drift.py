"""Drift is found, shown and repaired; what others own is left alone. Against a real API server."""

from __future__ import annotations

import copy

import pytest

from devcloud.providers.plugin import ProviderError, State

from .conftest import Cluster, autoscaler, deployment

pytestmark = pytest.mark.cluster
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BOUNDS = ("spec.minReplicas", "spec.maxReplicas", "spec.metrics")


def scaled_by_the_scaler() -> dict[str, object]:
    manifest = autoscaler()
    metrics = copy.deepcopy(manifest["spec"]["metrics"])
    metrics[0]["resource"]["target"]["averageUtilization"] = 60
    manifest["spec"] = {"minReplicas": 12, "maxReplicas": 36, "metrics": metrics}
    return manifest


def test_a_change_by_hand_is_shown_and_repaired(cluster: Cluster) -> None:
    resource = cluster.resource(DEPLOYMENT)
    state = cluster.create(resource, deployment())
    path = cluster.path("apis/apps/v1/deployments", state.inputs["metadata"]["name"])
    cluster.patch(path, {"spec": {"replicas": 5}, "metadata": {"labels": {"app": "other", "team": "weddings"}}})
    refreshed = cluster.read(resource, state)
    drift = cluster.changed_paths(resource, refreshed, state.inputs)
    assert drift == [("metadata", "labels", "app"), ("spec", "replicas")]  # not the label that is not ours
    cluster.update(resource, refreshed, state.inputs)
    assert cluster.read(resource, state).inputs == state.inputs


def test_a_field_that_somebody_removed_is_shown_and_repaired(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:core/v1:ConfigMap")
    state = cluster.create(resource, {"metadata": {"name": "settings"}, "data": {"a": "1", "b": "2"}})
    cluster.patch(cluster.path("api/v1/configmaps", "settings"), {"data": {"b": None}})
    refreshed = cluster.read(resource, state)
    assert refreshed.inputs["data"] == {"a": "1"}
    assert cluster.update(resource, refreshed, state.inputs).outputs["data"] == {"a": "1", "b": "2"}


def test_what_an_interrupted_update_left_is_shown(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:core/v1:ConfigMap")
    state = cluster.create(resource, {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    cluster.update(resource, state, {**state.inputs, "data": {"a": "1", "b": "2"}})
    assert cluster.read(resource, state).inputs["data"] == {"a": "1", "b": "2"}  # the state still says a: 1


def test_defaults_inside_an_atomic_list_are_no_drift(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    spec = {"podSelector": {}, "ingress": [{"ports": [{"port": 5432}]}], "policyTypes": ["Ingress"]}
    state = cluster.create(resource, {"metadata": {"name": "databases"}, "spec": spec})
    assert state.outputs["spec"]["ingress"][0]["ports"][0]["protocol"] == "TCP"
    assert cluster.read(resource, state).inputs == state.inputs


def test_a_change_that_nobody_has_seen_is_not_silently_undone(cluster: Cluster) -> None:
    resource = cluster.resource(HPA)
    state = cluster.create(resource, autoscaler())
    cluster.take_over(cluster.path("apis/autoscaling/v2/horizontalpodautoscalers", "monitor"), scaled_by_the_scaler())
    news = copy.deepcopy(state.inputs)
    news["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = 200
    with pytest.raises(ProviderError) as refused:
        cluster.update(resource, state, news)
    assert '.spec.minReplicas: conflict with "season-scaler"' in str(refused.value)
    assert "pulumi up --refresh" in str(refused.value)

    forced = copy.deepcopy(news)
    forced["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert cluster.update(resource, state, forced).outputs["spec"]["minReplicas"] == 4


def test_ignored_fields_that_another_manager_owns_stay_its_own(cluster: Cluster) -> None:
    resource = cluster.resource(HPA)
    state = cluster.create(resource, autoscaler())
    path = cluster.path("apis/autoscaling/v2/horizontalpodautoscalers", "monitor")
    cluster.take_over(path, scaled_by_the_scaler())

    refreshed = cluster.read(resource, state)
    assert refreshed.inputs["spec"]["minReplicas"] == 12
    assert cluster.changed_paths(resource, refreshed, state.inputs, *BOUNDS) == []

    news = copy.deepcopy(state.inputs)  # the engine puts the old values in place of ignored ones
    news["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = 200
    spec = cluster.update(resource, state, news, *BOUNDS).outputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (12, 36)
    assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 60
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 200


def test_ignored_fields_that_nobody_else_owns_keep_their_value(cluster: Cluster) -> None:
    resource = cluster.resource(HPA)
    state = cluster.create(resource, autoscaler())
    news = copy.deepcopy(state.inputs)
    news["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = 200
    spec = cluster.update(resource, state, news, *BOUNDS).outputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (4, 24)  # leaving them out would make it 1


def test_an_ignored_image_that_the_pipeline_sets_stays(cluster: Cluster) -> None:
    resource = cluster.resource(DEPLOYMENT)
    state = cluster.create(resource, deployment())
    name = state.inputs["metadata"]["name"]
    containers = [{"name": "monitor", "image": "monitor:9"}]
    image = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}}
    image["spec"] = {"template": {"spec": {"containers": containers}}}
    cluster.take_over(cluster.path("apis/apps/v1/deployments", name), image, "pipeline")
    news = copy.deepcopy(state.inputs)
    news["spec"]["replicas"] = 3
    ignored = "spec.template.spec.containers[0].image"
    updated = cluster.update(resource, state, news, ignored)
    assert updated.outputs["spec"]["template"]["spec"]["containers"][0]["image"] == "monitor:9"
    assert updated.outputs["spec"]["replicas"] == 3
    after = cluster.read(resource, State(state.identifier, {}, news))
    assert cluster.changed_paths(resource, after, news, ignored) == []
