"""What a wedding day stops without says so, and is the last to give way."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.pods import pod_template
from policies.reading import at, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject
from regions.model import Workloads

LABEL, CRITICAL = "wedding-critical", "true"


def _check(subject: Subject, context: Context) -> Iterator[str]:
    workloads, template = context.fleet.workloads, pod_template(subject)
    labels = at(template, "metadata.labels", {})
    if labels is UNKNOWN:
        return
    if labels.get(LABEL) not in (CRITICAL, UNKNOWN):
        if subject.get("metadata.labels", {}) is not UNKNOWN and _is_critical(subject, workloads):
            yield f"Its pods have no label {LABEL}={CRITICAL}: what protects critical pods would not know them."
        else:
            return
    highest = max(workloads.priority_classes, key=lambda name: workloads.priority_classes[name].value)
    given = at(template, "spec.priorityClassName")
    if given not in (highest, UNKNOWN):
        yield f"priorityClassName is {written(given)}: it must be {highest}."


def _is_critical(subject: Subject, workloads: Workloads) -> bool:
    """Whether it is labelled itself, or one of those that regions/workloads.yaml labels."""
    if subject.get("metadata.labels", {}).get(LABEL) == CRITICAL:
        return True
    ours = (workloads.performance_monitor, workloads.wedding_api, workloads.pooler, workloads.coordinator)
    named = {each.name for each in ours if each.labels.get(LABEL) == CRITICAL}
    return subject.get("metadata.name") in named and subject.get("metadata.namespace") == workloads.namespace.name


RULE = Rule(
    id="prioritise-wedding-critical",
    why="On a full cluster the scheduler evicts by priority; a critical pod without it waits behind batch work.",
    fix=f"Label the pods {LABEL}={CRITICAL} and give them the highest of priority_classes in regions/workloads.yaml.",
    types=(*tokens.DEPLOYMENTS, *tokens.STATEFUL_SETS),
    check=_check,
)
