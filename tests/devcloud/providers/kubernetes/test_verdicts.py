"""When an object counts as done, from status documents."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from devcloud.providers.kubernetes.awaiting import others, runs, workloads
from devcloud.providers.kubernetes.awaiting.verdicts import Outcome
from devcloud.providers.plugin import ProviderError

Document = Callable[[str], dict[str, Any]]


def nothing(path: str) -> dict[str, Any] | None:
    raise AssertionError(f"{path}: this rule asks for no other object")


def test_a_real_deployment_is_ready(live_document: Document) -> None:
    assert workloads.deployment(live_document("deployment_ready"), nothing).outcome is Outcome.READY


def test_a_real_stuck_deployment_has_failed(live_document: Document) -> None:
    verdict = workloads.deployment(live_document("deployment_stuck"), nothing)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.reason.startswith("ProgressDeadlineExceeded: ReplicaSet")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"observedGeneration": 0}, "the Deployment controller has not seen the change yet"),
        ({"updatedReplicas": 1}, "1 of 2 replicas are of the new template"),
        ({"replicas": 3}, "1 replicas of the old template are still there"),
        ({"availableReplicas": 1}, "1 of 2 replicas are available"),
    ],
)
def test_a_deployment_waits_for_the_rest_of_its_rollout(
    live_document: Document, status: dict[str, Any], reason: str
) -> None:
    live = live_document("deployment_ready")
    live["status"].update(status)
    verdict = workloads.deployment(live, nothing)
    assert (verdict.outcome, verdict.reason) == (Outcome.WAITING, reason)


def test_a_failure_of_the_rollout_before_is_none_of_this_one(live_document: Document) -> None:
    live = live_document("deployment_stuck")
    live["metadata"]["generation"] += 1
    assert workloads.deployment(live, nothing).outcome is Outcome.WAITING


def test_a_paused_deployment_and_one_without_replicas_have_nothing_to_wait_for(live_document: Document) -> None:
    paused = live_document("deployment_stuck")
    paused["spec"]["paused"] = True
    assert workloads.deployment(paused, nothing).outcome is Outcome.READY
    empty = live_document("deployment_ready")
    empty["spec"]["replicas"] = 0
    empty["status"] = {"observedGeneration": empty["metadata"]["generation"]}
    assert workloads.deployment(empty, nothing).outcome is Outcome.READY


STATEFUL: dict[str, Any] = {
    "metadata": {"generation": 2},
    "spec": {"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}},
    "status": {
        "observedGeneration": 2,
        "readyReplicas": 3,
        "updatedReplicas": 3,
        "currentRevision": "b",
        "updateRevision": "b",
    },
}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"observedGeneration": 1}, "the StatefulSet controller has not seen the change yet"),
        ({"readyReplicas": 2}, "2 of 3 replicas are ready"),
        ({"updatedReplicas": 1}, "1 of 3 replicas are of the new revision"),
        ({"currentRevision": "a"}, "the rollout of the new revision is being completed"),
    ],
)
def test_a_stateful_set_waits_for_the_rest_of_its_rollout(status: dict[str, Any], reason: str) -> None:
    assert workloads.stateful_set(STATEFUL, nothing).outcome is Outcome.READY
    live = copy.deepcopy(STATEFUL)
    live["status"].update(status)
    assert workloads.stateful_set(live, nothing).reason == reason


def test_a_partition_and_on_delete_leave_old_replicas_alone() -> None:
    live = copy.deepcopy(STATEFUL)
    live["status"].update(updatedReplicas=1, currentRevision="a")
    live["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = 2
    assert workloads.stateful_set(live, nothing).outcome is Outcome.READY
    live["spec"]["updateStrategy"] = {"type": "OnDelete"}
    live["status"]["updatedReplicas"] = 0
    assert workloads.stateful_set(live, nothing).outcome is Outcome.READY


def test_a_daemon_set_waits_for_every_node() -> None:
    status = {"observedGeneration": 1, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}
    live: dict[str, Any] = {"metadata": {"generation": 1}, "spec": {}, "status": status}
    assert workloads.daemon_set(live, nothing).outcome is Outcome.READY
    status["numberAvailable"] = 2
    assert workloads.daemon_set(live, nothing).reason == "the pod is available on 2 of 3 nodes"
    status["updatedNumberScheduled"] = 1
    assert workloads.daemon_set(live, nothing).reason == "1 of 3 nodes run the new template"


def test_a_job_ends_one_way_or_the_other() -> None:
    live: dict[str, Any] = {"spec": {"completions": 3}, "status": {"active": 1, "succeeded": 2}}
    assert runs.job(live, nothing).reason == "2 of 3 completions (1 active)"
    entry = {"status": "True", "reason": "BackoffLimitExceeded", "message": "too many failures"}
    live["status"]["conditions"] = [{"type": "Failed", **entry}]
    assert runs.job(live, nothing).outcome is Outcome.FAILED
    assert runs.job(live, nothing).reason == "BackoffLimitExceeded: too many failures"
    live["status"]["conditions"] = [{"type": "Complete", **entry}]
    assert runs.job(live, nothing).outcome is Outcome.READY
    assert runs.job({"spec": {"suspend": True}}, nothing).outcome is Outcome.READY


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ({}, Outcome.WAITING),
        ({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}, Outcome.WAITING),
        ({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, Outcome.READY),
        ({"phase": "Succeeded"}, Outcome.READY),
        ({"phase": "Failed", "reason": "Evicted"}, Outcome.FAILED),
    ],
)
def test_a_pod_is_ready_or_has_ended(status: dict[str, Any], outcome: Outcome) -> None:
    assert runs.pod({"status": status}, nothing).outcome is outcome


def claim(phase: str = "Pending", **spec: Any) -> dict[str, Any]:
    return {"spec": spec, "status": {"phase": phase}}


@pytest.mark.parametrize(
    ("live", "outcome"),
    [
        (claim("Bound"), Outcome.READY),
        (claim("Lost"), Outcome.FAILED),
        (claim(storageClassName="lazy"), Outcome.READY),
        (claim(storageClassName="eager"), Outcome.WAITING),
        (claim(storageClassName="none"), Outcome.WAITING),
        (claim(storageClassName=""), Outcome.WAITING),
        (claim(), Outcome.READY),  # the default class is lazy
    ],
)
def test_a_claim_waits_as_its_storage_class_wants(live: dict[str, Any], outcome: Outcome) -> None:
    classes = "/apis/storage.k8s.io/v1/storageclasses"
    default = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    lazy = {"metadata": default, "volumeBindingMode": "WaitForFirstConsumer"}
    eager = {"metadata": {}, "volumeBindingMode": "Immediate"}
    known = {f"{classes}/lazy": lazy, f"{classes}/eager": eager, classes: {"items": [eager, lazy]}}
    assert others.volume_claim(live, known.get).outcome is outcome


def test_a_kind_is_usable_once_it_is_served() -> None:
    names = {"type": "NamesAccepted", "status": "True"}
    spec = {"group": "wedsync.example", "names": {"kind": "Wedding"}, "versions": [{"name": "v1", "served": True}]}
    live: dict[str, Any] = {"spec": spec, "status": {"conditions": [names]}}
    assert others.custom_resource_definition(live, nothing).outcome is Outcome.WAITING
    live["status"]["conditions"].append({"type": "Established", "status": "True"})
    assert others.custom_resource_definition(live, lambda _: None).outcome is Outcome.WAITING
    served = {"/apis/wedsync.example/v1": {"resources": [{"kind": "Wedding"}]}}
    assert others.custom_resource_definition(live, served.get).outcome is Outcome.READY
    names.update(status="False", reason="PluralConflict", message="taken")
    assert others.custom_resource_definition(live, nothing).reason == "PluralConflict: taken"


def test_a_namespace_is_active() -> None:
    assert others.namespace({"status": {"phase": "Active"}}, nothing).outcome is Outcome.READY
    assert others.namespace({}, nothing).outcome is Outcome.WAITING


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("LoadBalancer", {}, Outcome.WAITING),
        ("LoadBalancer", {"ingress": [{"hostname": "edge.localhost"}]}, Outcome.READY),
        ("ClusterIP", {}, Outcome.READY),
    ],
)
def test_a_load_balancer_has_an_address(kind: str, status: dict[str, Any], outcome: Outcome) -> None:
    live = {"spec": {"type": kind}, "status": {"loadBalancer": status}}
    assert others.service(live, nothing).outcome is outcome


@pytest.mark.parametrize(("status", "outcome"), [({}, Outcome.WAITING), ({"hard": {"pods": "9"}}, Outcome.READY)])
def test_a_quota_is_done_when_it_counts(status: dict[str, Any], outcome: Outcome) -> None:
    assert others.resource_quota({"spec": {"hard": {"pods": "9"}}, "status": status}, nothing).outcome is outcome


@pytest.mark.parametrize(
    ("conditions", "outcome", "reason"),
    [
        ([], Outcome.WAITING, "it has no condition Ready yet"),
        ([{"type": "Ready", "status": "False", "reason": "E", "message": "absent"}], Outcome.WAITING, "E: absent"),
        ([{"type": "Ready", "status": "True"}], Outcome.READY, ""),
    ],
)
def test_an_object_that_says_what_it_waits_for_is_done_then(
    conditions: list[dict[str, str]], outcome: Outcome, reason: str
) -> None:
    rule = others.of_annotation("pulumi.com/waitFor", "condition=Ready")
    verdict = rule({"status": {"conditions": conditions}}, nothing)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_other_forms_of_waiting_are_refused() -> None:
    with pytest.raises(ProviderError, match=r"waitFor is 'jsonpath=.*'; .* knows 'condition=<type>' alone"):
        others.of_annotation("pulumi.com/waitFor", "jsonpath={.status.phase}=Bound")
