"""The namespace of the workloads has its labels, and holds pods to the restricted standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies import tokens
from policies.context import Context
from policies.reading import written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject


def _check(subject: Subject, context: Context) -> Iterator[str]:
    namespace = context.fleet.workloads.namespace
    if subject.get("metadata.name") != namespace.name:
        return
    labels: Any = subject.get("metadata.labels", {})
    if labels is UNKNOWN:
        return
    required = {
        **namespace.labels,
        "environment": context.environment.name,
        "pod-security.kubernetes.io/enforce": namespace.pod_security,
    }
    for name, value in required.items():
        if labels.get(name) not in (value, UNKNOWN):
            yield f"Label {name} is {written(labels.get(name))}: it must be {value!r}."


RULE = Rule(
    id="label-namespace",
    why="Network policies, admission and dashboards choose the namespace by its labels; without them, nothing.",
    fix="Change namespace in regions/workloads.yaml, and let components/kubernetes/workload_namespace.py follow it.",
    types=tokens.NAMESPACES,
    check=_check,
)
