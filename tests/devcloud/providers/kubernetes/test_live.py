"""Ownership records of a real API server as inputs; what is ignored and foreign is left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from devcloud.providers.kubernetes import fields
from devcloud.providers.kubernetes.ignored import without_ignored
from devcloud.providers.kubernetes.live import imported_inputs, live_inputs

from .conftest import autoscaler

MANAGER = "pulumi-kubernetes"
Document = Callable[[str], dict[str, Any]]


def declared_deployment() -> dict[str, Any]:
    """What was applied to get live/deployment_ready.json; kubectl then edited image, replicas and a label."""
    container = {
        "name": "monitor",
        "image": "monitor:1",
        "resources": {"requests": {"cpu": "1000m", "memory": "0.5Gi"}},
        "ports": [{"containerPort": 80}],
        "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
    }
    labels = {"app": "monitor"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [container, {"name": "aide", "image": "aide:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "monitor", "namespace": "live-documents", "labels": labels},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod},
    }


def no_dry_run() -> Mapping[str, Any] | None:
    raise AssertionError("nothing differs: the server need not be asked")


def test_defaults_and_status_are_no_inputs(live_document: Document) -> None:
    live = live_document("deployment_ready")
    assert live_inputs(declared_deployment(), live, MANAGER, lambda: live) == declared_deployment()


def test_texts_that_differ_and_mean_the_same_stay_as_declared(live_document: Document) -> None:
    live = live_document("deployment_ready")
    raw = live_inputs(declared_deployment(), live, MANAGER, lambda: None)
    requests = raw["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    assert requests == {"cpu": "1", "memory": "512Mi"}  # what a server that refuses the dry run leaves us with


def test_nothing_is_asked_where_the_texts_agree(live_document: Document) -> None:
    live = live_document("deployment_ready")
    declared = declared_deployment()
    declared["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"] = {"cpu": "1", "memory": "512Mi"}
    assert live_inputs(declared, live, MANAGER, no_dry_run) == declared


def test_a_foreign_edit_of_declared_fields_shows_and_a_foreign_label_does_not(live_document: Document) -> None:
    found = live_inputs(
        declared_deployment(), live_document("deployment_edited"), MANAGER, lambda: live_document("deployment_ready")
    )
    expected = declared_deployment()
    expected["spec"]["replicas"] = 5
    expected["spec"]["template"]["spec"]["containers"][0]["image"] = "monitor:9"
    assert found == expected


def test_a_list_item_that_is_gone_shows(live_document: Document) -> None:
    live = live_document("deployment_ready")
    live["spec"]["template"]["spec"]["containers"].pop()
    found = live_inputs(declared_deployment(), live, MANAGER, lambda: live_document("deployment_ready"))
    assert [item["name"] for item in found["spec"]["template"]["spec"]["containers"]] == ["monitor"]


def test_a_declared_item_stays_in_its_place_whatever_the_server_puts_before_it(live_document: Document) -> None:
    live = live_document("deployment_ready")
    live["spec"]["template"]["spec"]["containers"].insert(0, {"name": "sidecar", "image": "mesh:1"})
    found = live_inputs(declared_deployment(), live, MANAGER, lambda: live)
    assert [item["name"] for item in found["spec"]["template"]["spec"]["containers"]] == ["monitor", "aide"]


def test_an_import_gives_what_was_applied_in_its_order(live_document: Document) -> None:
    inputs = imported_inputs(live_document("deployment_ready"), MANAGER)
    containers = inputs["spec"]["template"]["spec"]["containers"]
    assert [item["name"] for item in containers] == ["monitor", "aide"]
    assert [item["name"] for item in containers[0]["env"]] == ["B", "A"]
    assert containers[0]["ports"] == [{"containerPort": 80}]
    assert inputs["metadata"] == {"name": "monitor", "namespace": "live-documents", "labels": {"app": "monitor"}}
    assert "status" not in inputs


def test_an_empty_value_that_the_server_does_not_store_is_no_drift(live_document: Document) -> None:
    live = live_document("deployment_ready")
    declared = declared_deployment()
    declared["metadata"]["annotations"] = {}
    assert live_inputs(declared, live, MANAGER, lambda: live) == declared


BOUNDS = ["spec.minReplicas", "spec.maxReplicas", "spec.metrics"]


def test_ignored_and_foreign_fields_are_left_out(live_document: Document) -> None:
    manifest = autoscaler()
    kept = without_ignored(manifest, live_document("hpa_scaled"), BOUNDS, MANAGER)
    assert kept["spec"].keys() == {"scaleTargetRef", "behavior"}
    assert manifest == autoscaler()  # the inputs are the engine's


def test_ignored_fields_that_nobody_else_owns_are_applied(live_document: Document) -> None:
    assert without_ignored(autoscaler(), live_document("hpa_scaled"), ["spec.behavior"], MANAGER) == autoscaler()
    assert without_ignored(autoscaler(), {}, BOUNDS, MANAGER) == autoscaler()


def test_a_whole_ignored_map_loses_what_is_foreign_in_it(live_document: Document) -> None:
    kept = without_ignored(autoscaler(), live_document("hpa_scaled"), ["spec"], MANAGER)
    assert kept["spec"].keys() == {"scaleTargetRef", "behavior"}


def test_half_of_an_atomic_list_says_what_is_live(live_document: Document) -> None:
    manifest = autoscaler()
    manifest["spec"]["metrics"][0]["resource"]["name"] = "memory"
    path = "spec.metrics[0].resource.target"
    metric = without_ignored(manifest, live_document("hpa_scaled"), [path], MANAGER)["spec"]["metrics"][0]
    assert metric["resource"] == {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 60}}


@pytest.mark.parametrize("step", ["0", "*"])
def test_a_field_of_a_keyed_item_is_found_by_its_index(live_document: Document, step: str) -> None:
    path = f"spec.template.spec.containers[{step}].image"
    kept = without_ignored(declared_deployment(), live_document("deployment_edited"), [path], MANAGER)
    monitor, aide = kept["spec"]["template"]["spec"]["containers"]
    assert "image" not in monitor
    assert monitor["name"] == "monitor"
    assert aide == {"name": "aide", "image": "aide:1"}


def test_an_ignored_item_keeps_the_key_by_which_the_server_knows_it() -> None:
    tree = {"f:spec": {"f:items": {'k:{"name":"a"}': {".": {}, "f:name": {}, "f:x": {}}}}}
    entry = {"manager": "other", "operation": "Apply", "apiVersion": "v1", "fieldsV1": tree}
    live = {"apiVersion": "v1", "metadata": {"managedFields": [entry]}, "spec": {"items": [{"name": "a", "x": 2}]}}
    manifest = {"spec": {"items": [{"name": "a", "x": 1, "y": 1}]}}
    assert without_ignored(manifest, live, ["spec.items"], MANAGER) == {"spec": {"items": [{"name": "a", "y": 1}]}}


def test_ignored_string_data_is_found_where_the_server_has_it() -> None:
    entry = {"manager": "rotator", "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:data": {"f:key": {}}}}
    live = {"apiVersion": "v1", "kind": "Secret", "metadata": {"managedFields": [entry]}, "data": {"key": "eA=="}}
    manifest = {"apiVersion": "v1", "kind": "Secret", "stringData": {"key": "old", "user": "u"}}
    kept = without_ignored(manifest, live, ["stringData.key"], MANAGER)
    assert kept["data"] == {"user": "dQ=="}


def test_owned_values_are_named_as_the_server_names_them(live_document: Document) -> None:
    live = live_document("deployment_edited")
    values = fields.leaf_values(fields.owned(live), live)
    assert values['.spec.template.spec.containers[name="monitor"].image'] == "monitor:9"
    port = '.spec.template.spec.containers[name="monitor"].ports[containerPort=80,protocol="TCP"].containerPort'
    assert values[port] == 80


def test_a_copy_of_the_documents_is_not_changed(live_document: Document) -> None:
    live = live_document("deployment_edited")
    before = copy.deepcopy(live)
    live_inputs(declared_deployment(), live, MANAGER, lambda: live_document("deployment_ready"))
    imported_inputs(live, MANAGER)
    assert live == before
