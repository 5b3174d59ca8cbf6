"""Maintenance takes wedding-critical pods away a few at a time: each has exactly one disruption budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies import tokens
from policies.context import Context
from policies.pods import pod_template, selects
from policies.reading import Fields, at, has_unknown
from policies.rule import StackRule
from policies.rules.prioritise_wedding_critical import CRITICAL, LABEL
from policies.subject import UNKNOWN, Subject


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[str]:
    budgets = [each for each in subjects if each.type in tokens.DISRUPTION_BUDGETS]
    # One that is not known yet may be anybody's.
    if has_unknown([each.get(path) for each in budgets for path in ("metadata.namespace", "spec.selector")]):
        return
    for each in subjects:
        if each.type not in tokens.DEPLOYMENTS and each.type not in tokens.STATEFUL_SETS:
            continue
        labels = at(pod_template(each), "metadata.labels", {})
        if labels is not UNKNOWN and labels.get(LABEL) == CRITICAL:
            yield from _budgeted(each, labels, budgets)


def _budgeted(workload: Subject, labels: Fields, budgets: Sequence[Subject]) -> Iterator[str]:
    namespace, name = workload.get("metadata.namespace"), workload.get("metadata.name")
    own = [
        each
        for each in budgets
        if each.get("metadata.namespace") == namespace
        and each.get("spec.selector") is not None  # none at all selects no pod, an empty one all
        and selects(each.get("spec.selector"), labels)
    ]
    if not own:
        yield f"{name} has no PodDisruptionBudget."
    if len(own) > 1:
        names = ", ".join(sorted(str(each.get("metadata.name")) for each in own))
        yield f"{name} has more than one PodDisruptionBudget ({names}): Kubernetes then refuses every eviction."
    for each in own:
        least, most = each.get("spec.minAvailable"), each.get("spec.maxUnavailable")
        if (least is None and most is None) or most == "100%" or least in (0, "0", "0%"):
            yield f"PodDisruptionBudget {each.get('metadata.name')} lets all pods of {name} go at once."
        if most in (0, "0", "0%") or least == "100%":
            yield f"PodDisruptionBudget {each.get('metadata.name')} lets no pod of {name} go: no node could be renewed."


RULE = StackRule(
    id="budget-disruptions",
    why="Without a budget the renewal of nodes takes all pods of a critical workload away at the same time.",
    fix="Give the workload a PodDisruptionBudget of its own: `disruptions` in regions/workloads.yaml.",
    check=_check,
)
