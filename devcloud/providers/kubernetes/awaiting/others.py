"""When a namespace, a volume claim, a quota, a load balancer or a kind is usable."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

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
from devcloud.providers.plugin import ProviderError

_STORAGE_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
_IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def namespace(live: Live, look: Look) -> Verdict:  # noqa: ARG001 - every rule has this signature
    phase = live.get("status", {}).get("phase")
    return READY if phase == "Active" else waiting(f"the namespace is {phase or 'not active yet'}")


def custom_resource_definition(live: Live, look: Look) -> Verdict:
    """Its names are accepted, it is established, and the server serves the kind."""
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return failed(told(names))
    if not holds(live, "Established"):
        return waiting("the CustomResourceDefinition is not established yet")
    group, kind = live["spec"]["group"], live["spec"]["names"]["kind"]
    for version in (version["name"] for version in live["spec"]["versions"] if version["served"]):
        served = look(f"/apis/{group}/{version}") or {}
        if kind not in [entry["kind"] for entry in served.get("resources", [])]:
            return waiting(f"the API server does not serve {kind} in {group}/{version} yet")
    return READY


def volume_claim(live: Live, look: Look) -> Verdict:
    """It is bound, or waits for its first consumer as its storage class wants."""
    phase = live.get("status", {}).get("phase", "Pending")
    if phase == "Bound":
        return READY
    if phase == "Lost":
        return failed("the claim has lost its volume")
    storage_class = _storage_class(live["spec"].get("storageClassName"), look)
    if storage_class and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
        return READY
    return waiting(f"the claim is {phase}: no volume is bound to it")


def resource_quota(live: Live, look: Look) -> Verdict:  # noqa: ARG001
    """The controller has taken it over; until then the server refuses whatever the quota is about."""
    hard = live["spec"].get("hard", {})
    return READY if live.get("status", {}).get("hard", {}) == hard else waiting("the quota is not counted yet")


def service(live: Live, look: Look) -> Verdict:  # noqa: ARG001
    """A load balancer has an address; other types have nothing to wait for."""
    if live["spec"].get("type") != "LoadBalancer" or live.get("status", {}).get("loadBalancer", {}).get("ingress"):
        return READY
    return waiting("the load balancer has no address yet")


def of_annotation(name: str, asked: str) -> Callable[[Live, Look], Verdict]:
    """The rule that an object's own annotation asks for; of the official provider's forms, the one of a condition.

    Raises:
        ProviderError: it asks in another form.
    """
    form, _, kind = asked.partition("=")
    if form != "condition" or not kind:
        raise ProviderError(f"annotation {name} is {asked!r}; the embedded cloud knows 'condition=<type>' alone")

    def rule(live: Live, look: Look) -> Verdict:  # noqa: ARG001
        entry = condition(live, kind)
        reason = told(entry) if entry else f"it has no condition {kind} yet"
        return READY if holds(live, kind) else waiting(reason)

    return rule


def _storage_class(name: str | None, look: Look) -> Live | None:
    """The class of that name; None for "no class at all" (an empty name) and for a class that does not exist."""
    if name is not None:
        return look(f"{_STORAGE_CLASSES}/{quote(name)}") if name else None
    classes = (look(_STORAGE_CLASSES) or {}).get("items", [])
    default = [entry for entry in classes if entry["metadata"].get("annotations", {}).get(_IS_DEFAULT) == "true"]
    return default[0] if default else None
