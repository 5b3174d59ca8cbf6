"""Waiting for real controllers: rollouts that succeed and that do not, Jobs, claims, kinds, deletions."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.plugin import PartialFailureError, ProviderError, State

from .conftest import Cluster, deployment

pytestmark = pytest.mark.cluster
NOWHERE = {"nodeSelector": {"no": "such-node"}}


def job(name: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "load", "image": "load:1"}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    return {"metadata": {"name": name}, "spec": {"template": template, **spec}}


def test_a_rollout_that_makes_no_progress_fails_with_its_reasons_and_is_kept(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:apps/v1:Deployment")
    stuck = deployment(progressDeadlineSeconds=1)
    stuck["spec"]["template"]["spec"].update(NOWHERE)
    with pytest.raises(PartialFailureError) as failure:
        cluster.create(resource, stuck)
    told = "\n".join(failure.value.reasons)
    assert "ProgressDeadlineExceeded" in told
    assert "Pod thing-" in told
    assert "Unschedulable" in told
    assert f"kubectl --context wedsync-us-east-1 -n {cluster.namespace} describe deployments thing-" in told
    assert failure.value.identifier.startswith(f"{cluster.namespace}/thing-")
    assert failure.value.outputs["status"]["unavailableReplicas"] == 2


def test_the_deadline_is_the_custom_timeout_or_the_annotation(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:apps/v1:Deployment")
    stuck = deployment()
    stuck["spec"]["template"]["spec"].update(NOWHERE)
    with pytest.raises(PartialFailureError, match=r"was not ready after 0\.5 s: 0 of 2 replicas are available"):
        cluster.create(resource, stuck, timeout=0.5)
    other = cluster.resource("kubernetes:apps/v1:Deployment", "other")
    stuck["metadata"]["annotations"] = {"pulumi.com/timeoutSeconds": "1"}
    with pytest.raises(PartialFailureError, match="was not ready after 1 s"):
        cluster.create(other, stuck, timeout=0)


def test_skip_await_does_not_wait(cluster: Cluster) -> None:
    stuck = deployment()
    stuck["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    stuck["spec"]["template"]["spec"].update(NOWHERE)
    state = cluster.create(cluster.resource("kubernetes:apps/v1:Deployment"), stuck, timeout=5)
    assert state.outputs.get("status", {}).get("availableReplicas") is None


def test_a_rejected_pod_is_told_while_the_deployment_waits(cluster: Cluster) -> None:
    quota = {"metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}
    cluster.create(cluster.resource("kubernetes:core/v1:ResourceQuota"), quota)
    with pytest.raises(PartialFailureError, match="exceeded quota: none"):
        cluster.create(cluster.resource("kubernetes:apps/v1:Deployment"), deployment(), timeout=3)


def test_a_job_is_done_when_it_completed(cluster: Cluster) -> None:
    state = cluster.create(cluster.resource("kubernetes:batch/v1:Job"), job("load"))
    assert state.outputs["status"]["succeeded"] == 1


def test_a_job_that_fails_is_an_error(cluster: Cluster) -> None:
    late = job("late", activeDeadlineSeconds=1)
    late["spec"]["template"]["spec"].update(NOWHERE)
    with pytest.raises(PartialFailureError, match="DeadlineExceeded: Job was active longer than specified deadline"):
        cluster.create(cluster.resource("kubernetes:batch/v1:Job"), late)


def test_a_stateful_set_is_done_when_every_replica_is_ready(cluster: Cluster) -> None:
    labels = {"app": "cache"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "cache", "image": "cache:1"}]}}
    spec = {"serviceName": "cache", "replicas": 3, "selector": {"matchLabels": labels}, "template": pod}
    state = cluster.create(cluster.resource("kubernetes:apps/v1:StatefulSet"), {"metadata": {}, "spec": spec})
    assert state.outputs["status"]["readyReplicas"] == 3


def claim(storage_class: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {}, "spec": {**spec, "storageClassName": storage_class}}


def test_a_claim_is_done_when_it_is_bound(cluster: Cluster) -> None:
    state = cluster.create(cluster.resource("kubernetes:core/v1:PersistentVolumeClaim"), claim("efs"))
    assert state.outputs["status"]["phase"] == "Bound"


def test_a_claim_that_waits_for_its_first_consumer_is_not_waited_for(cluster: Cluster) -> None:
    lazy = {"metadata": {"name": "lazy"}, "provisioner": "nobody", "volumeBindingMode": "WaitForFirstConsumer"}
    cluster.create(cluster.resource("kubernetes:storage.k8s.io/v1:StorageClass"), lazy)
    state = cluster.create(cluster.resource("kubernetes:core/v1:PersistentVolumeClaim"), claim("lazy"), timeout=5)
    assert state.outputs["status"]["phase"] == "Pending"
    other = cluster.resource("kubernetes:core/v1:PersistentVolumeClaim", "other")
    with pytest.raises(PartialFailureError, match="the claim is Pending: no volume is bound to it"):
        cluster.create(other, claim("nowhere"), timeout=1)


def kind_of_weddings() -> dict[str, Any]:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "weddings", "singular": "wedding", "kind": "Wedding", "listKind": "WeddingList"}
    spec = {"group": "wedsync.example", "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": "weddings.wedsync.example"}, "spec": spec}


def test_a_custom_resource_follows_its_definition_at_once(cluster: Cluster) -> None:
    wedding = cluster.resource("kubernetes:wedsync.example/v1:Wedding")
    manifest = {"metadata": {"name": "june"}, "spec": {"guests": 600, "days": ["mehndi", "vows"]}}
    inputs = cluster.inputs(wedding, manifest)
    assert cluster.provider.create(wedding, inputs, timeout=0, preview=True).outputs["spec"] == manifest["spec"]
    with pytest.raises(ProviderError, match=r"serves no kind 'Wedding' in 'wedsync.example/v1'.*depends_on"):
        cluster.provider.create(wedding, inputs, timeout=0, preview=False)

    definition = cluster.resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
    defined = cluster.create(definition, kind_of_weddings())
    assert cluster.read(definition, defined).inputs == defined.inputs
    state = cluster.create(wedding, manifest)
    assert state.identifier == f"{cluster.namespace}/june"
    assert cluster.read(wedding, state).inputs == state.inputs

    cluster.provider.delete(definition, defined, timeout=60)
    assert cluster.provider.read(wedding, state) is None
    cluster.provider.delete(wedding, state, timeout=60)


def test_a_custom_resource_is_done_when_its_condition_holds(cluster: Cluster) -> None:
    kind = "kubernetes:external-secrets.io/v1:ExternalSecret"
    store = {"kind": "ClusterSecretStore", "name": "nowhere"}
    spec = {"secretStoreRef": store, "data": [{"secretKey": "a", "remoteRef": {"key": "a"}}]}
    cluster.create(cluster.resource(kind), {"metadata": {"name": "at-once"}, "spec": spec}, timeout=5)
    awaited = {"name": "awaited", "annotations": {"pulumi.com/waitFor": "condition=Ready"}}
    with pytest.raises(PartialFailureError, match=r"ExternalSecret .*awaited was not ready after 1 s"):
        cluster.create(cluster.resource(kind, "other"), {"metadata": awaited, "spec": spec}, timeout=1)


def test_a_deletion_that_a_finalizer_holds_says_so(cluster: Cluster) -> None:
    resource = cluster.resource("kubernetes:core/v1:ConfigMap")
    manifest = {"metadata": {"name": "held", "finalizers": ["wedsync.example/audit"]}}
    state = cluster.create(resource, manifest)
    with pytest.raises(ProviderError, match=r"still there after 0\.5 s; its finalizers are wedsync.example/audit"):
        cluster.provider.delete(resource, state, timeout=0.5)
    cluster.patch(cluster.path("api/v1/configmaps", "held"), {"metadata": {"finalizers": None}})
    cluster.provider.delete(resource, state, timeout=10)


def test_a_namespace_is_gone_with_all_that_is_in_it(cluster: Cluster) -> None:
    cluster.create(cluster.resource("kubernetes:apps/v1:Deployment"), deployment())
    namespace = cluster.resource("kubernetes:core/v1:Namespace")
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cluster.namespace}}
    cluster.provider.delete(namespace, State(cluster.namespace, {}, inputs), timeout=60)
    assert cluster.api.get(f"/api/v1/namespaces/{cluster.namespace}") is None
