"""What Prometheus reads in a namespace: the metrics of proxies and of what runs beside them, from one port a pod."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from regions.model.kubernetes import POD_MONITOR

PROXY_METRICS = 15020
"""The port of each proxy's agent: plain, for it is none of the mesh's, and with the application's metrics merged in."""
# A port that the proxy's container declares: Prometheus finds a pod by its declared ports, of which 15020 is none.
_DECLARED = "http-envoy-prom"


@dataclass(frozen=True)
class PodMetricsArgs:
    """What PodMetrics need.

    `interval_seconds` is how often Prometheus asks. Where it is `season_scaled` that is so at creation alone: later on
    the season scaler applies the list of endpoints, which the API server takes as one field.
    """

    namespace: pulumi.Input[str]
    interval_seconds: int
    season_scaled: bool


class PodMetrics(pulumi.ComponentResource):
    """A PodMonitor of all pods in the namespace that have a proxy.

    PodMetrics("metrics", PodMetricsArgs("apps", interval_seconds=30, season_scaled=False))

    Under STRICT mutual TLS a plain request reaches no port of an application. Which of its ports has metrics is said to
    the agent by the pod's annotations `prometheus.io/…` (https://istio.io/latest/docs/ops/integrations/prometheus/).
    """

    def __init__(self, name: str, args: PodMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:PodMetrics", name, None, opts)
        endpoint = {
            "port": _DECLARED,
            "path": "/stats/prometheus",
            "interval": f"{args.interval_seconds}s",
            "relabelings": [
                {
                    "sourceLabels": ["__meta_kubernetes_pod_ip"],
                    "targetLabel": "__address__",
                    "replacement": f"$1:{PROXY_METRICS}",
                }
            ],
        }
        k8s.apiextensions.CustomResource(
            name,
            api_version="monitoring.coreos.com/v1",
            kind="PodMonitor",
            metadata={"name": POD_MONITOR, "namespace": args.namespace},
            spec={"selector": {}, "podMetricsEndpoints": [endpoint]},
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=["spec.podMetricsEndpoints"] if args.season_scaled else []
            ),
        )
        self.register_outputs({})
