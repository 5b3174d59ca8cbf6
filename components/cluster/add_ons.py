"""What a cluster needs to run our workloads and does not bring: each from its project's own Helm chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.monitoring import Monitoring, MonitoringArgs
from components.cluster.pod_identity import ServiceAccount
from components.cluster.release import release
from regions.model.cluster import Chart, ClusterStandard

_SYSTEM = "kube-system"
LOAD_BALANCERS = ServiceAccount(_SYSTEM, "aws-load-balancer-controller")
EXTERNAL_SECRETS = ServiceAccount("external-secrets", "external-secrets")
NODE_AUTOSCALER = ServiceAccount(_SYSTEM, "cluster-autoscaler")
FILE_STORAGE = ServiceAccount(_SYSTEM, "efs-csi-controller-sa")
BLOCK_STORAGE = ServiceAccount(_SYSTEM, "ebs-csi-controller-sa")
_REPLICAS = 2
"""Of controllers of which one works and the other waits."""
_PRIORITY = "system-cluster-critical"  # of what the other charts do not give it to by themselves


@dataclass(frozen=True)
class AddOnsArgs:
    """What AddOns need.

    `metrics_namespace` is the one that Prometheus runs in; `custom_metrics` are the names of the pods' metrics that
    autoscalers hold. The accounts' identities must be there before: a pod that starts earlier gets none.
    """

    standard: ClusterStandard
    cluster_name: pulumi.Input[str]
    aws_region: str
    vpc_id: pulumi.Input[str]
    metrics_namespace: str
    custom_metrics: Sequence[str]


class AddOns(pulumi.ComponentResource):
    """Load balancers, storage drivers, secrets, metrics and the node autoscaler. Istio's components are apart.

    AddOns("add-ons", AddOnsArgs(workloads.cluster, cluster.name, "eu-central-1", vpc.id, "monitoring", metrics))

    They get their rights in AWS by pod identities, so no chart knows of a role.
    """

    def __init__(self, name: str, args: AddOnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:AddOns", name, None, opts)
        self._name, self._args = name, args
        charts = args.standard.charts
        self._release(charts.load_balancers, _SYSTEM, self._load_balancers())
        self._release(charts.file_storage, _SYSTEM, _storage_driver(FILE_STORAGE))
        self._release(charts.block_storage, _SYSTEM, _storage_driver(BLOCK_STORAGE))
        self._release(charts.external_secrets, EXTERNAL_SECRETS.namespace, _external_secrets())
        self._release(charts.metrics_server, _SYSTEM, {"replicas": _REPLICAS})
        monitoring = self._monitoring()
        self._release(charts.custom_metrics, args.metrics_namespace, self._custom_metrics(), [monitoring])
        self._release(charts.node_autoscaler, _SYSTEM, self._node_autoscaler())
        self.register_outputs({})

    def _monitoring(self) -> Monitoring:
        standard = self._args.standard
        args = MonitoringArgs(standard.charts.monitoring, standard.prometheus, self._args.metrics_namespace)
        return Monitoring(f"{self._name}-monitoring", args, pulumi.ResourceOptions(parent=self))

    def _release(
        self, chart: Chart, namespace: str, values: Mapping[str, Any], needs: Sequence[pulumi.Resource] = ()
    ) -> k8s.helm.v3.Release:
        return release(
            f"{self._name}-{chart.chart}",
            chart.chart,
            (chart.repository, chart.chart, chart.version),
            namespace,
            values,
            pulumi.ResourceOptions(parent=self, depends_on=list(needs)),
        )

    def _load_balancers(self) -> dict[str, Any]:
        return {
            "clusterName": self._args.cluster_name,
            "region": self._args.aws_region,
            "vpcId": self._args.vpc_id,
            "replicaCount": _REPLICAS,
            "serviceAccount": {"name": LOAD_BALANCERS.name},
            # Our Services name their class; others' are none of its business, and its webhook would be in their way.
            "enableServiceMutatorWebhook": False,
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": False,
            "createIngressClassResource": False,
        }

    def _custom_metrics(self) -> dict[str, Any]:
        prometheus = self._args.standard.prometheus
        return {
            "replicas": _REPLICAS,
            "priorityClassName": _PRIORITY,
            "prometheus": {
                "url": f"http://{prometheus.service}.{self._args.metrics_namespace}.svc",
                "port": prometheus.port,
            },
            # Those that an autoscaler asks for, instead of every series there is.
            "rules": {"default": False, "custom": [_per_pod(metric) for metric in self._args.custom_metrics]},
        }

    def _node_autoscaler(self) -> dict[str, Any]:
        return {
            "cloudProvider": "aws",
            "awsRegion": self._args.aws_region,
            "autoDiscovery": {"clusterName": self._args.cluster_name},
            "replicaCount": _REPLICAS,
            "rbac": {"serviceAccount": {"name": NODE_AUTOSCALER.name}},
            "extraArgs": {"expander": "least-waste", "skip-nodes-with-system-pods": False},
        }


def _storage_driver(account: ServiceAccount) -> dict[str, Any]:
    return {"replicaCount": _REPLICAS, "controller": {"serviceAccount": {"create": True, "name": account.name}}}


def _external_secrets() -> dict[str, Any]:
    return {
        "priorityClassName": _PRIORITY,
        "replicaCount": _REPLICAS,
        "leaderElect": True,
        "serviceAccount": {"name": EXTERNAL_SECRETS.name},
        "webhook": {"replicaCount": _REPLICAS, "priorityClassName": _PRIORITY},
        "certController": {"priorityClassName": _PRIORITY},
    }


def _per_pod(metric: str) -> dict[str, Any]:
    return {
        "seriesQuery": f'{metric}{{namespace!="",pod!=""}}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"matches": metric, "as": metric},
        "metricsQuery": "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
    }
