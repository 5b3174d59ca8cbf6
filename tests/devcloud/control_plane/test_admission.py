"""The API server admits as a real region's does: what EKS switches on and what a region relies on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
_AS_A_NODE = {"Impersonate-User": "system:node:general-us-east-1a", "Impersonate-Group": "system:nodes"}


@pytest.fixture
def pod(deployment: Callable[..., Json]) -> Json:
    return {"metadata": {"name": "web"}, "spec": deployment("web")["spec"]["template"]["spec"]}


def _create(api: httpx.Client, path: str, body: Json) -> Json:
    return api.post(path, json=body).raise_for_status().json()


def test_a_node_may_not_give_itself_to_the_workloads_that_it_likes(api: httpx.Client) -> None:
    merge = {"Content-Type": "application/merge-patch+json"}
    own, other = "/api/v1/nodes/general-us-east-1a", "/api/v1/nodes/general-us-east-1b"
    label = {"metadata": {"labels": {"node-restriction.kubernetes.io/wedding": "true"}}}

    answers = {
        "its own restricted label": api.patch(own, json=label, headers={**merge, **_AS_A_NODE}),
        "another node": api.patch(other, json={"metadata": {"labels": {"a": "b"}}}, headers={**merge, **_AS_A_NODE}),
    }

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert "is not allowed to modify labels" in answers["its own restricted label"].json()["message"]


def test_limits_that_a_container_leaves_out_are_the_namespaces(api: httpx.Client, namespace: str, pod: Json) -> None:
    limit = {"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}, "max": {"memory": "2Gi"}}
    core = f"/api/v1/namespaces/{namespace}"
    _create(api, f"{core}/limitranges", {"metadata": {"name": "defaults"}, "spec": {"limits": [limit]}})

    made = _create(api, f"{core}/pods?dryRun=All", pod)
    pod["spec"]["containers"][0]["resources"]["limits"] = {"memory": "3Gi"}
    refused = api.post(f"{core}/pods", json=pod)

    assert made["spec"]["containers"][0]["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
    assert refused.status_code == 403
    assert "maximum memory usage per Container is 2Gi" in refused.json()["message"]


def test_a_class_gives_a_pod_its_priority_and_an_unknown_one_is_refused(
    api: httpx.Client, namespace: str, pod: Json
) -> None:
    _create(api, "/apis/scheduling.k8s.io/v1/priorityclasses", {"metadata": {"name": "wedding"}, "value": 1_000_000})
    pods = f"/api/v1/namespaces/{namespace}/pods?dryRun=All"
    pod["spec"]["priorityClassName"] = "wedding"
    assert _create(api, pods, pod)["spec"]["priority"] == 1_000_000

    pod["spec"]["priorityClassName"] = "funeral"
    assert "no PriorityClass with name funeral was found" in api.post(pods, json=pod).json()["message"]


def test_a_policy_of_the_cluster_decides(api: httpx.Client, namespace: str, eventually: Callable[..., None]) -> None:
    group = "/apis/admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    policy = {
        "matchConstraints": {"resourceRules": [rule]},
        "validations": [{"expression": "object.metadata.name != 'late'", "message": "not on a Saturday"}],
    }
    binding = {"policyName": "saturday", "validationActions": ["Deny"], "matchResources": where}
    for plural, spec in (("validatingadmissionpolicies", policy), ("validatingadmissionpolicybindings", binding)):
        _create(api, f"{group}/{plural}", {"metadata": {"name": "saturday"}, "spec": spec})
    path = f"/api/v1/namespaces/{namespace}/configmaps?dryRun=All"

    eventually(lambda: api.post(path, json={"metadata": {"name": "late"}}).status_code == 422)

    assert "not on a Saturday" in api.post(path, json={"metadata": {"name": "late"}}).json()["message"]
    assert api.post(path, json={"metadata": {"name": "early"}}).status_code == 201
