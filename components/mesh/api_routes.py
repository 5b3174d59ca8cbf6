"""How requests reach wedding-api: canary weights, timeouts, retries, and the next region when this one fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from components.mesh.objects import NETWORKING, istio_object, service_host
from components.workload.deployment import CANARY, STABLE, TRACK_LABEL
from regions.model.mesh import Mesh, Route


@dataclass(frozen=True)
class ApiRoutesArgs:
    """What ApiRoutes need.

    `hosts` are the names that clients outside use, `gateways` (namespace/name) where they enter. `failover` are AWS
    regions: who takes over from `aws_region`, and in which order. `canary_percent` of the requests go to the canary's
    pods (components/workload/canary.py), where it is more than 0.
    """

    namespace: str
    service: str
    port: int
    hosts: Sequence[str]
    gateways: Sequence[str]
    aws_region: str
    failover: Sequence[str]
    canary_percent: int
    mesh: Mesh


class ApiRoutes(pulumi.ComponentResource):
    """A VirtualService and a DestinationRule.

    Of the order of regions Istio keeps this much: first the region itself, then the first of `failover`, then all
    others that istiod knows pods of, side by side. So an order of two is kept exactly, and of a longer one its first;
    and istiod must know no other regions' pods (RemoteRegion.access_secret).

    ApiRoutes("routes", ApiRoutesArgs("apps", "wedding-api", 8080, ["api.wedsync.example"], ["istio-ingress/ingress"],
        "us-east-1", ["us-west-1", "eu-central-1"], canary_percent=5, mesh=workloads.mesh))
    """

    def __init__(self, name: str, args: ApiRoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:ApiRoutes", name, None, opts)
        host = service_host(args.service, args.namespace)
        kind = (NETWORKING, "VirtualService")
        istio_object(self, f"{name}-routes", kind, args.service, args.namespace, _routes(args, host))
        kind = (NETWORKING, "DestinationRule")
        istio_object(self, f"{name}-destination", kind, args.service, args.namespace, _destination(args, host))
        self.register_outputs({})


def retries(route: Route) -> Mapping[str, object]:
    """Tries after the first; of what failed before it did anything, or can be repeated."""
    return {
        "attempts": route.retries.attempts,
        "perTryTimeout": f"{route.retries.per_try_timeout_seconds}s",
        "retryOn": "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes,reset-before-request",
        # The next try goes to where no other one failed, in another region if need be.
        "retryRemoteLocalities": True,
    }


def traffic_policy(mesh: Mesh, failover: Mapping[str, str] = MappingProxyType({})) -> Mapping[str, object]:
    """Limits, outlier detection, and failover. `distribute` is never set: it switches failover off.

    Args:
        failover: AWS region by the one that it takes over from. A proxy reads only the entry of its own region.
    """
    connections, outliers = mesh.connections, mesh.outlier_detection
    locality: dict[str, object] = {"enabled": True}
    if failover:
        locality["failover"] = [{"from": source, "to": target} for source, target in failover.items()]
    return {
        "connectionPool": {
            "tcp": {
                "maxConnections": connections.max_connections,
                "connectTimeout": f"{connections.connect_timeout_seconds}s",
            },
            "http": {
                "http1MaxPendingRequests": connections.max_pending_requests,
                "maxRequestsPerConnection": connections.max_requests_per_connection,
            },
        },
        "outlierDetection": {
            "consecutive5xxErrors": outliers.consecutive_errors,
            "consecutiveGatewayErrors": outliers.consecutive_errors,
            "interval": f"{outliers.interval_seconds}s",
            "baseEjectionTime": f"{outliers.ejection_seconds}s",
            "maxEjectionPercent": outliers.max_ejection_percent,
        },
        "loadBalancer": {"simple": "LEAST_REQUEST", "localityLbSetting": locality},
    }


def _weights(args: ApiRoutesArgs) -> Mapping[str, int]:
    """Percent of the requests by track; a track without pods gets none, or they would fail."""
    canary = {CANARY: args.canary_percent} if args.canary_percent else {}
    return {STABLE: 100 - args.canary_percent, **canary}


def _routes(args: ApiRoutesArgs, host: str) -> Mapping[str, object]:
    port = {"number": args.port}
    route = args.mesh.wedding_api
    return {
        "hosts": [*args.hosts, host],
        "gateways": [*args.gateways, "mesh"],
        "http": [
            {
                "name": "wedding-api",
                "route": [
                    {"destination": {"host": host, "subset": subset, "port": port}, "weight": weight}
                    for subset, weight in _weights(args).items()
                ],
                "timeout": f"{route.timeout_seconds}s",
                "retries": dict(retries(route)),
            }
        ],
    }


def _destination(args: ApiRoutesArgs, host: str) -> Mapping[str, object]:
    # Pods of another region in the same AWS region are as near as its own: there is nothing to fail over to.
    nearest = next((region for region in args.failover if region != args.aws_region), None)
    policy = traffic_policy(args.mesh, {args.aws_region: nearest} if nearest else {})
    return {
        "host": host,
        "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}, **policy},
        "subsets": [{"name": track, "labels": {TRACK_LABEL: track}} for track in _weights(args)],
    }
