"""Prometheus, which reads the workloads' metrics and answers for the autoscalers that hold some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.release import release
from regions.model.cluster import Chart, Prometheus

_POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
# Each reads everything: when one is moved to another node, autoscalers still get an answer.
_REPLICAS = 2
# What the chart would bring along for the cluster itself. Nobody reads it here: alarms and dashboards are CloudWatch's,
# most of the control plane is EKS's own, and the exporter of nodes' metrics needs more rights than `restricted` leaves.
_LEFT_OUT = (
    "alertmanager",
    "coreDns",
    "grafana",
    "kubeApiServer",
    "kubeControllerManager",
    "kubeEtcd",
    "kubeProxy",
    "kubeScheduler",
    "kubeStateMetrics",
    "kubelet",
    "nodeExporter",
)


@dataclass(frozen=True)
class MonitoringArgs:
    """What Monitoring needs. `namespace` is its own."""

    chart: Chart
    prometheus: Prometheus
    namespace: str


class Monitoring(pulumi.ComponentResource):
    """A restricted namespace, and in it the operator with one Prometheus, which follows every monitor there is.

    Monitoring("monitoring", MonitoringArgs(charts.monitoring, workloads.cluster.prometheus, "monitoring"))

    The release brings the definitions of `monitoring.coreos.com`: no PodMonitor or ServiceMonitor is accepted before.
    """

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:Monitoring", name, None, opts)
        namespace = k8s.core.v1.Namespace(
            name,
            metadata={"name": args.namespace, "labels": _POD_SECURITY},
            opts=pulumi.ResourceOptions(parent=self),
        )
        chart = (args.chart.repository, args.chart.chart, args.chart.version)
        child = pulumi.ResourceOptions(parent=self)
        release(name, args.chart.chart, chart, namespace.metadata.name, _values(args.prometheus), child)
        self.register_outputs({})


def _values(prometheus: Prometheus) -> dict[str, Any]:
    requests, limits = prometheus.resources.requests, prometheus.resources.limits
    return {
        **{part: {"enabled": False} for part in _LEFT_OUT},
        "defaultRules": {"create": False},
        "prometheusOperator": {
            # They would refuse rules that are written wrong, and there are none.
            "admissionWebhooks": {"enabled": False},
            "tls": {"enabled": False},
            "kubeletService": {"enabled": False},
        },
        "prometheus": {
            "prometheusSpec": {
                "replicas": _REPLICAS,
                "retention": f"{prometheus.retention_hours}h",
                "resources": {"requests": requests.by_name(), "limits": limits.by_name()},
                # Otherwise it follows only what carries the release's own label.
                "podMonitorSelectorNilUsesHelmValues": False,
                "serviceMonitorSelectorNilUsesHelmValues": False,
            }
        },
    }
