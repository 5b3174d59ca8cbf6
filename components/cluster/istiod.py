"""The mesh's control plane in one region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.cluster.release import release
from regions.model.cluster import IstioCharts
from regions.model.mesh import Mesh

_REPLICAS = 2
_PRIORITY = "system-cluster-critical"  # without it no pod of the mesh starts


@dataclass(frozen=True)
class IstiodArgs:
    """What an Istiod needs.

    `region` is the region's name: the mesh's name for its cluster and for its network. `local_services` are the host
    names of Services whose callers stay in their own cluster. `needs` must be there before: Istio's custom resources,
    and the authority that it signs with.
    """

    charts: IstioCharts
    mesh: Mesh
    region: str
    local_services: Sequence[str]
    needs: Sequence[pulumi.Resource]


class Istiod(pulumi.ComponentResource):
    """The release of istiod.

    Istiod("istiod", IstiodArgs(workloads.cluster.istio, workloads.mesh, "eu-central-1",
        [service_host("pgbouncer", "apps")], [trust]))
    """

    def __init__(self, name: str, args: IstiodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:Istiod", name, None, opts)
        chart = (args.charts.repository, "istiod", args.charts.version)
        values = _values(args)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.needs))
        release(name, "istiod", chart, args.mesh.control_namespace, values, child)
        self.register_outputs({})


def _values(args: IstiodArgs) -> dict[str, Any]:
    mesh, region = args.mesh, args.region
    requests, limits = mesh.sidecar.requests, mesh.sidecar.limits
    return {
        "pilot": {"cni": {"enabled": True}, "autoscaleMin": _REPLICAS},
        "meshConfig": {
            "trustDomain": mesh.trust_domain,
            # Services of one name and namespace are one Service of the whole mesh unless this is said of them.
            "serviceSettings": [{"settings": {"clusterLocal": True}, "hosts": list(args.local_services)}],
            "defaultConfig": {
                # Names of other regions' services are in no DNS: each pod's proxy answers for them.
                "proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true"},
                "holdApplicationUntilProxyStarts": True,
            },
        },
        "global": {
            "istioNamespace": mesh.control_namespace,
            "priorityClassName": _PRIORITY,
            "meshID": mesh.trust_domain,
            "multiCluster": {"clusterName": region},
            "network": region,
            "proxy": {
                "resources": {
                    "requests": {"cpu": requests.cpu, "memory": requests.memory},
                    "limits": {"cpu": limits.cpu, "memory": limits.memory},
                }
            },
        },
    }
