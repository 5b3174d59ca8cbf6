"""What a real API server will not change in place is replaced."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.plugin import Difference

from .conftest import Cluster, deployment

pytestmark = pytest.mark.cluster


def difference(cluster: Cluster, token: str, old: dict[str, Any], new: dict[str, Any]) -> Difference:
    resource = cluster.resource(token)
    state = cluster.create(resource, old)
    return cluster.provider.diff(resource, state, cluster.inputs(resource, new, olds=state.inputs), [])


def replaced(found: Difference) -> list[tuple[Any, ...]]:
    return [change.path for change in found.changes if change.replace]


def test_an_immutable_field_in_the_table_replaces_an_autonamed_object_beside_the_old_one(cluster: Cluster) -> None:
    new = deployment()
    new["spec"]["selector"]["matchLabels"] = {"app": "monitor", "tier": "data"}
    found = difference(cluster, "kubernetes:apps/v1:Deployment", deployment(), new)
    assert replaced(found) == [("spec", "selector", "matchLabels", "tier")]
    assert not found.delete_before_replace


def test_an_object_with_a_given_name_is_deleted_first(cluster: Cluster) -> None:
    old = {"metadata": {"name": "settings"}, "data": {"a": "1"}, "immutable": True}
    found = difference(cluster, "kubernetes:core/v1:ConfigMap", old, {**old, "data": {"a": "2"}})
    assert replaced(found) == [("data", "a")]
    assert found.delete_before_replace


def test_what_only_the_server_knows_to_be_immutable_is_replaced(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:networking.k8s.io/v1:IngressClass")
    state = cluster.create(resource, {"metadata": {"name": "edge"}, "spec": {"controller": "a.example/edge"}})
    news = {**state.inputs, "spec": {"controller": "b.example/edge"}}
    found = cluster.provider.diff(resource, state, news, [])
    cluster.provider.delete(resource, state, timeout=10)
    assert replaced(found) == [("spec", "controller")]
    assert found.delete_before_replace


def test_a_change_that_the_server_takes_is_an_update(cluster: Cluster) -> None:
    found = difference(cluster, "kubernetes:apps/v1:Deployment", deployment(), deployment("monitor:2", replicas=1))
    assert len(found.changes) == 2
    assert replaced(found) == []


def test_an_invalid_change_is_not_mistaken_for_a_replacement(cluster: Cluster) -> None:
    found = difference(cluster, "kubernetes:apps/v1:Deployment", deployment(), deployment(replicas=-1))
    assert replaced(found) == []
    assert [change.path for change in found.changes] == [("spec", "replicas")]


def test_a_renamed_object_is_a_replacement_that_can_live_beside_the_old_one(cluster: Cluster) -> None:
    old = {"metadata": {"name": "one"}, "data": {"a": "1"}}
    found = difference(cluster, "kubernetes:core/v1:ConfigMap", old, {**old, "metadata": {"name": "two"}})
    assert replaced(found) == [("metadata", "name")]
    assert not found.delete_before_replace
