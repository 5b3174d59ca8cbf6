"""The number of replicas has one writer: what an autoscaler scales declares none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies import tokens
from policies.context import Context
from policies.rule import StackRule
from policies.subject import UNKNOWN, Subject

_SCALED = {
    **dict.fromkeys(tokens.DEPLOYMENTS, "Deployment"),
    **dict.fromkeys(tokens.STATEFUL_SETS, "StatefulSet"),
}


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[str]:
    targets = {
        (each.get("metadata.namespace"), each.get("spec.scaleTargetRef.kind"), each.get("spec.scaleTargetRef.name"))
        for each in subjects
        if each.type in tokens.AUTOSCALERS
    }
    for each in subjects:
        if each.type not in _SCALED:
            continue
        name = each.get("metadata.name")
        replicas = each.get("spec.replicas", UNKNOWN)
        if replicas is not UNKNOWN and (each.get("metadata.namespace"), _SCALED[each.type], name) in targets:
            yield f"{_SCALED[each.type]} {name} declares {replicas} replicas, and an autoscaler scales it."


RULE = StackRule(
    id="leave-replicas-to-autoscaler",
    why="Every update would set the replicas back to the declared number, in the middle of a surge.",
    fix="Leave `replicas` out; the autoscaler's bounds are in regions/workloads.yaml.",
    check=_check,
)
