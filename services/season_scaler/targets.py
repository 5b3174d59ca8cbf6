"""An HPA's metrics list, rendered as the workload's program renders it, and how close to its targets a workload is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from regions.model.kubernetes import Autoscaler
from services.season_scaler.snapshot import Json


def metrics(autoscaler: Autoscaler, cpu_percent: int) -> tuple[Json, ...]:
    """Return the complete list: with any other order or form a preview would see a difference."""
    utilisation = {"cpu": cpu_percent, "memory": autoscaler.memory_percent}
    of_resources = tuple(
        {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": most}}}
        for name, most in utilisation.items()
        if most is not None
    )
    of_pods = tuple(
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": metric.name},
                "target": {"type": "AverageValue", "averageValue": str(metric.average_value)},
            },
        }
        for metric in autoscaler.pods_metrics
    )
    return of_resources + of_pods


def targets(autoscaler: Autoscaler, cpu_percent: int) -> Mapping[str, float]:
    """Return what the HPA holds, by metric: percent of the requests, or the average of the pods' values."""
    memory = {} if autoscaler.memory_percent is None else {"memory": float(autoscaler.memory_percent)}
    return {"cpu": float(cpu_percent), **memory} | {
        metric.name: float(metric.average_value) for metric in autoscaler.pods_metrics
    }


def cpu_target(listed: Iterable[Json]) -> int | None:
    """Return the CPU target of a metrics list, percent of the requests; None if it has none."""
    for each in listed:
        resource = each.get("resource")
        if isinstance(resource, Mapping) and resource.get("name") == "cpu":
            target = resource.get("target")
            percent = target.get("averageUtilization") if isinstance(target, Mapping) else None
            return percent if isinstance(percent, int) else None
    return None


def hottest(usage: Mapping[str, float] | None, held: Mapping[str, float]) -> tuple[str, float] | None:
    """Return the metric that is closest to its target or furthest above it, and its part of it (1.0: at the target).

    None if one of the targets has no measured value: how hot it is cannot be said.
    """
    if usage is None or not held.keys() <= usage.keys():
        return None
    return max(((name, usage[name] / target) for name, target in held.items()), key=lambda each: each[1])
