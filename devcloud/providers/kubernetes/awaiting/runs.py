"""When a Job or a Pod is done."""

from __future__ import annotations

from devcloud.providers.kubernetes.awaiting.verdicts import (
    READY,
    Live,
    Look,
    Verdict,
    condition,
    failed,
    holds,
    told,
    waiting,
)


def job(live: Live, look: Look) -> Verdict:  # noqa: ARG001 - every rule has this signature
    """It completed. A suspended one is as done as it gets."""
    if holds(live, "Failed"):
        return failed(told(condition(live, "Failed")))
    if holds(live, "Complete") or live["spec"].get("suspend"):
        return READY
    status, wanted = live.get("status", {}), live["spec"].get("completions", 1)
    counts = ", ".join(f"{status[key]} {key}" for key in ("active", "failed") if status.get(key))
    return waiting(f"{status.get('succeeded', 0)} of {wanted} completions" + (f" ({counts})" if counts else ""))


def pod(live: Live, look: Look) -> Verdict:  # noqa: ARG001
    """It is ready or has succeeded."""
    phase = live.get("status", {}).get("phase", "Pending")
    if phase == "Succeeded" or holds(live, "Ready"):
        return READY
    if phase == "Failed":
        return failed(f"the pod failed: {live['status'].get('message') or live['status'].get('reason', 'no reason')}")
    return waiting(f"the pod is {phase} and not ready")
