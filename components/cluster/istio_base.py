"""What everything of the mesh relies on: Istio's custom resources and its agent on the nodes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.cluster.release import release
from regions.model.cluster import IstioCharts
from regions.model.mesh import Mesh

# The agent needs rights on the nodes that Pod Security gives nowhere else.
_AGENT_NAMESPACE = "kube-system"


@dataclass(frozen=True)
class IstioBaseArgs:
    """What an IstioBase needs. The control plane's namespace must be there before."""

    charts: IstioCharts
    mesh: Mesh


class IstioBase(pulumi.ComponentResource):
    """Istio's custom resources, and the node agent: with it no pod must change its own network, which Pod Security
    `restricted` forbids.

    IstioBase("istio", IstioBaseArgs(workloads.cluster.istio, workloads.mesh))
    """

    def __init__(self, name: str, args: IstioBaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:IstioBase", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        charts, control = args.charts, args.mesh.control_namespace
        shared = {"global": {"istioNamespace": control}}
        definitions = (charts.repository, "base", charts.version)
        release(f"{name}-base", "istio-base", definitions, control, {**shared, "defaultRevision": "default"}, child)
        agent = (charts.repository, "cni", charts.version)
        release(f"{name}-cni", "istio-cni", agent, _AGENT_NAMESPACE, shared, child)
        self.register_outputs({})
