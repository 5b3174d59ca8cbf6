"""What the season scaler may change in its cluster: named objects and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from guard.in_cluster import GROUP, OVERRIDE, PLURAL
from guard.in_cluster import NAME as WINDOW

if TYPE_CHECKING:
    from pulumi_kubernetes.rbac.v1 import PolicyRuleArgsDict


def rules(
    autoscalers: Sequence[pulumi.Input[str]], pod_monitor: str, season_config: str, emergency: str, lease: str
) -> list[PolicyRuleArgsDict]:
    """The rules of its Role. Creating cannot be held to a name (it may create leases and events), but applying can.

    Args:
        autoscalers: names of the HPAs whose bounds it sets, `pod_monitor` that of the PodMonitor whose
            interval it sets; `season_config` is the ConfigMap that it writes into,
            `emergency` the one that it reads, `lease` what its replicas agree by.
    """
    return [
        _rule("autoscaling", "horizontalpodautoscalers", ["get", "patch"], autoscalers),
        _rule("monitoring.coreos.com", "podmonitors", ["get", "patch"], [pod_monitor]),
        _rule("", "configmaps", ["get", "patch"], [season_config]),
        _rule("", "configmaps", ["get"], [emergency, OVERRIDE]),
        _rule(GROUP, PLURAL, ["get", "patch", "create"], [WINDOW]),
        _rule("batch", "jobs", ["list"]),  # the clock's, whose names have their times in them
        _rule("coordination.k8s.io", "leases", ["get", "update"], [lease]),
        _rule("coordination.k8s.io", "leases", ["create"]),
        _rule("events.k8s.io", "events", ["create"]),
    ]


def _rule(
    group: str, resource: str, verbs: Sequence[str], names: Sequence[pulumi.Input[str]] = ()
) -> PolicyRuleArgsDict:
    made: PolicyRuleArgsDict = {"api_groups": [group], "resources": [resource], "verbs": list(verbs)}
    if names:
        made["resource_names"] = list(names)
    return made
