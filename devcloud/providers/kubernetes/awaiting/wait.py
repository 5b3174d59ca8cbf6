"""The loops that wait, each with a deadline: until an object is ready, until it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from devcloud.providers.kubernetes.awaiting import others, runs, workloads
from devcloud.providers.kubernetes.awaiting.reasons import reasons
from devcloud.providers.kubernetes.awaiting.verdicts import Live, Look, Outcome, Verdict, told
from devcloud.providers.kubernetes.naming import annotation
from devcloud.providers.kubernetes.objects import ObjectAddress
from devcloud.providers.plugin import ProviderError

_SKIP = "pulumi.com/skipAwait"
_FOR = "pulumi.com/waitFor"
_SECONDS = "pulumi.com/timeoutSeconds"
# The official provider's default for rollouts, Jobs and deletions.
_DEFAULT_SECONDS = 600.0
_POLL_SECONDS = 0.25

_RULES: Mapping[tuple[str, str], Callable[[Live, Look], Verdict]] = {
    ("apiextensions.k8s.io", "CustomResourceDefinition"): others.custom_resource_definition,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("batch", "Job"): runs.job,
    ("", "Namespace"): others.namespace,
    ("", "PersistentVolumeClaim"): others.volume_claim,
    ("", "Pod"): runs.pod,
    ("", "ResourceQuota"): others.resource_quota,
    ("", "Service"): others.service,
}


class NotReadyError(Exception):
    """The object exists but is not what was asked for; `reasons` say why, `live` is how it was last seen."""

    def __init__(self, live: dict[str, Any], why: list[str]) -> None:
        super().__init__("; ".join(why))
        self.live, self.reasons = live, why


def until_ready(address: ObjectAddress, live: dict[str, Any], timeout: float) -> dict[str, Any]:
    """The live object once it is ready; at once for kinds that have nothing to wait for.

    Args:
        live: the object as the apply returned it; its annotations may skip the wait or set the deadline.
        timeout: seconds; 0 for the annotation's, else the default of 10 minutes.
    Raises:
        NotReadyError: it failed, went away, or was not ready at the deadline.
        ProviderError: an annotation asks for what is not known here.
    """
    group = str(live["apiVersion"]).rpartition("/")[0]
    asked = annotation(live, _FOR)
    rule = _RULES.get((group, live["kind"])) if asked is None else others.of_annotation(_FOR, asked)
    if rule is None or annotation(live, _SKIP) == "true":
        return live
    seconds = seconds_given(live, timeout)
    deadline = time.monotonic() + seconds
    while True:
        verdict = rule(live, address.client.get)
        if verdict.outcome is Outcome.READY:
            return live
        if verdict.outcome is Outcome.FAILED:
            raise NotReadyError(live, [f"{address} failed: {verdict.reason}", *reasons(address, live)])
        if time.monotonic() > deadline:
            first = f"{address} was not ready after {seconds:g} s: {verdict.reason}"
            raise NotReadyError(live, [first, *reasons(address, live)])
        time.sleep(_POLL_SECONDS)
        seen = address.get()
        if seen is None:
            raise NotReadyError(live, [f"{address} was deleted while it was waited for"])
        live = seen


def until_gone(address: ObjectAddress, timeout: float, inputs: Mapping[str, Any]) -> None:
    """Wait until the object that is being deleted has gone (or another of its name has taken its place).

    Raises:
        ProviderError: it was still there at the deadline; with its finalizers and, for a namespace, what remains in it.
    """
    if annotation(inputs, _SKIP) == "true":
        return
    seconds = seconds_given(inputs, timeout)
    deadline = time.monotonic() + seconds
    first = address.get()
    live = first
    while live is not None and first is not None and live["metadata"]["uid"] == first["metadata"]["uid"]:
        if time.monotonic() > deadline:
            raise ProviderError(_still_there(address, live, seconds))
        time.sleep(_POLL_SECONDS)
        live = address.get()


def seconds_given(source: Mapping[str, Any], timeout: float) -> float:
    """The deadline: `timeout` (custom timeouts), else the annotation's, else the default.

    Raises:
        ProviderError: the annotation is not a number.
    """
    if timeout:
        return timeout
    text = annotation(source, _SECONDS)
    if text is None:
        return _DEFAULT_SECONDS
    try:
        return float(text)
    except ValueError:
        raise ProviderError(f"annotation {_SECONDS} is {text!r}; it takes a number of seconds") from None


def _still_there(address: ObjectAddress, live: Mapping[str, Any], seconds: float) -> str:
    finalizers = live["metadata"].get("finalizers") or live.get("spec", {}).get("finalizers") or []
    conditions = live.get("status", {}).get("conditions") or []
    held = [f"its finalizers are {', '.join(finalizers)}"] if finalizers else []
    held += [told(entry) for entry in conditions if entry.get("status") == "True" and entry.get("message")]
    return (
        f"delete {address}: it was still there after {seconds:g} s" + "".join(f"; {why}" for why in held) + ". "
        f"Whoever owns a finalizer must finish; look with: {address.kubectl('get -o yaml')}"
    )
