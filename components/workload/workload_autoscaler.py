"""A HorizontalPodAutoscaler, whose bounds the season scaler may own once it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from regions.model.kubernetes import Autoscaler, ScalingRules

if TYPE_CHECKING:
    from pulumi_kubernetes.autoscaling.v2 import HPAScalingRulesArgsDict, MetricSpecArgsDict

# The season scaler force-applies all three, always together.
OWNED_BY_THE_SEASON_SCALER = ["spec.minReplicas", "spec.maxReplicas", "spec.metrics"]


@dataclass(frozen=True)
class WorkloadAutoscalerArgs:
    """What a WorkloadAutoscaler needs. `deployment` is the name of the Deployment it scales."""

    namespace: pulumi.Input[str]
    deployment: pulumi.Input[str]
    autoscaler: Autoscaler
    season_scaled: bool


class WorkloadAutoscaler(pulumi.ComponentResource):
    """An autoscaling/v2 HPA.

    WorkloadAutoscaler("hpa", WorkloadAutoscalerArgs("database-optimization", "api", autoscaler, season_scaled=True))
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadAutoscalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:WorkloadAutoscaler", name, None, opts)
        wanted = args.autoscaler
        autoscaler = k8s.autoscaling.v2.HorizontalPodAutoscaler(
            name,
            metadata={"name": wanted.name, "namespace": args.namespace},
            spec={
                "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": args.deployment},
                "min_replicas": wanted.min_replicas,
                "max_replicas": wanted.max_replicas,
                "metrics": _metrics(wanted),
                "behavior": {"scale_up": _rules(wanted.scale_up), "scale_down": _rules(wanted.scale_down)},
            },
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=OWNED_BY_THE_SEASON_SCALER if args.season_scaled else []
            ),
        )
        self.name = autoscaler.metadata.name
        self.register_outputs({"name": self.name})


def _metrics(autoscaler: Autoscaler) -> list[MetricSpecArgsDict]:
    utilization = {"cpu": autoscaler.cpu_percent, "memory": autoscaler.memory_percent}
    of_resources: list[MetricSpecArgsDict] = [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "average_utilization": percent}},
        }
        for name, percent in utilization.items()
        if percent is not None
    ]
    of_pods: list[MetricSpecArgsDict] = [
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": metric.name},
                "target": {"type": "AverageValue", "average_value": str(metric.average_value)},
            },
        }
        for metric in autoscaler.pods_metrics
    ]
    return [*of_resources, *of_pods]


def _rules(rules: ScalingRules) -> HPAScalingRulesArgsDict:
    return {
        "stabilization_window_seconds": rules.stabilization_window_seconds,
        "select_policy": "Max",
        "policies": [
            {"type": policy.type, "value": policy.value, "period_seconds": policy.period_seconds}
            for policy in rules.policies
        ],
    }
