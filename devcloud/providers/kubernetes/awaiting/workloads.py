"""When a Deployment, StatefulSet or DaemonSet is rolled out: the rules of `kubectl rollout status`."""

from __future__ import annotations

from devcloud.providers.kubernetes.awaiting.verdicts import READY, Live, Look, Verdict, condition, failed, told, waiting


def deployment(live: Live, look: Look) -> Verdict:  # noqa: ARG001 - every rule has this signature
    """Every replica is of the newest template and available, and none of an older one is left."""
    spec, status = live["spec"], live.get("status", {})
    if spec.get("paused"):
        return READY
    if _unobserved(live):
        return waiting("the Deployment controller has not seen the change yet")
    progressing = condition(live, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return failed(told(progressing))
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    if updated < wanted:
        return waiting(f"{updated} of {wanted} replicas are of the new template{_failure(live)}")
    if status.get("replicas", 0) > updated:
        return waiting(f"{status['replicas'] - updated} replicas of the old template are still there")
    available = status.get("availableReplicas", 0)
    if available < updated:
        return waiting(f"{available} of {updated} replicas are available")
    return READY


def stateful_set(live: Live, look: Look) -> Verdict:  # noqa: ARG001
    """Every replica is ready and, above the partition, of the newest revision."""
    spec, status = live["spec"], live.get("status", {})
    if _unobserved(live):
        return waiting("the StatefulSet controller has not seen the change yet")
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    if ready < wanted:
        return waiting(f"{ready} of {wanted} replicas are ready")
    strategy = spec.get("updateStrategy", {})
    if strategy.get("type") == "OnDelete":
        return READY
    partition = strategy.get("rollingUpdate", {}).get("partition", 0)
    updated = status.get("updatedReplicas", 0)
    if updated < wanted - partition:
        return waiting(f"{updated} of {wanted - partition} replicas are of the new revision")
    if not partition and status.get("currentRevision") != status.get("updateRevision"):
        return waiting("the rollout of the new revision is being completed")
    return READY


def daemon_set(live: Live, look: Look) -> Verdict:  # noqa: ARG001
    """A pod of the newest template is available on every node that should have one."""
    status = live.get("status", {})
    if _unobserved(live):
        return waiting("the DaemonSet controller has not seen the change yet")
    wanted = status.get("desiredNumberScheduled", 0)
    on_delete = live["spec"].get("updateStrategy", {}).get("type") == "OnDelete"
    updated = wanted if on_delete else status.get("updatedNumberScheduled", 0)
    available = status.get("numberAvailable", 0)
    if updated < wanted:
        return waiting(f"{updated} of {wanted} nodes run the new template")
    if available < wanted:
        return waiting(f"the pod is available on {available} of {wanted} nodes")
    return READY


def _unobserved(live: Live) -> bool:
    return live.get("status", {}).get("observedGeneration", 0) < live["metadata"].get("generation", 0)


def _failure(live: Live) -> str:
    """Why pods are not even created (quota, admission), if the controller says so."""
    failure = condition(live, "ReplicaFailure")
    return f" ({told(failure)})" if failure.get("status") == "True" else ""
