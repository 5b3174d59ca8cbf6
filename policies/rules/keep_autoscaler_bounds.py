"""No autoscaler goes below the lowest floor that is ever planned for its workload, or is held below its ceiling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policies import tokens
from policies.context import Context
from policies.reading import written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject
from regions.model import Workloads


class _Bounds(NamedTuple):
    floor: int
    ceiling: int


def _check(subject: Subject, context: Context) -> Iterator[str]:
    fewest, most = subject.get("spec.minReplicas"), subject.get("spec.maxReplicas")
    target = (subject.get("metadata.namespace"), subject.get("spec.scaleTargetRef.name"))
    planned = _planned(context.fleet.workloads).get(target)
    if fewest is None:
        yield "minReplicas is absent: it would be 1."
    elif most is None:
        yield "maxReplicas is absent."
    elif UNKNOWN not in (fewest, most) and fewest > most:
        yield f"minReplicas is {fewest}, above maxReplicas, {most}."
    if planned is None:
        return
    if fewest not in (None, UNKNOWN) and fewest < planned.floor:
        yield f"minReplicas is {fewest}: the lowest floor of {target[1]} is {planned.floor}."
    if most not in (None, UNKNOWN) and most < planned.ceiling:
        yield f"maxReplicas is {written(most)}: the ceiling of {target[1]} is {planned.ceiling}."


def _planned(workloads: Workloads) -> dict[tuple[object, object], _Bounds]:
    """The bounds by namespace and name of what is scaled.

    After a refresh the season scaler's bounds of today are here, not the program's: the floor is the lowest that it
    ever sets, and the ceiling what it never goes below.
    """
    monitor, api, coordinator, mesh = (
        workloads.performance_monitor,
        workloads.wedding_api,
        workloads.coordinator,
        workloads.mesh,
    )
    phases, levels = monitor.floors, api.floors
    seasonal = min(phases.wedding_season, phases.engagement_season, phases.off_season)
    lowest = min(levels.normal, levels.high, levels.maximum)
    apps, gateways = workloads.namespace.name, mesh.gateway_namespace
    return {
        (apps, monitor.name): _Bounds(min(monitor.autoscaler.min_replicas, seasonal), monitor.autoscaler.max_replicas),
        (apps, api.name): _Bounds(min(api.autoscaler.min_replicas, lowest), api.autoscaler.max_replicas),
        **{
            (namespace, each.name): _Bounds(each.autoscaler.min_replicas, each.autoscaler.max_replicas)
            for namespace, each in ((apps, coordinator), (gateways, mesh.ingress), (gateways, mesh.east_west))
        },
    }


RULE = Rule(
    id="keep-autoscaler-bounds",
    why="Below its floor a workload meets the first guests of a Saturday with too few pods; below its ceiling it cannot"
    " follow them.",
    fix="Change floors, min_replicas and max_replicas in regions/workloads.yaml, and let the program follow them.",
    types=tokens.AUTOSCALERS,
    check=_check,
)
