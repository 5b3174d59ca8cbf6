"""A region's Kubernetes cluster, where it is not of its own, and what the clusters of all regions have alike."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from regions.model.base import Count, DnsLabel, Model, Port, Quantity, Text
from regions.model.database import LogRetentionDays
from regions.model.kubernetes import Resources

# What EKS takes: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
_SERVICE_PREFIXES = range(12, 25)


def _service_cidr(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError as error:
        raise PydanticCustomError(
            "cidr", "must be an IPv4 network such as '172.20.0.0/16' ({reason})", {"reason": str(error)}
        ) from error
    if network.prefixlen not in _SERVICE_PREFIXES or not network.is_private:
        raise PydanticCustomError("cidr", "must be a private network from /12 to /24, such as '172.20.0.0/16'")
    return text


ServiceCidr = Annotated[str, AfterValidator(_service_cidr)]

ClusterName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"), Field(examples=["wedding-eu"])
]
InstanceType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$"), Field(examples=["m6i.2xlarge"])]
ChartVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$"), Field(examples=["1.31.4"])]
Repository = Annotated[
    str, StringConstraints(pattern=r"^https://[a-z0-9./-]+$"), Field(examples=["https://charts.external-secrets.io"])
]


class ExistingCluster(Model):
    """An EKS cluster that somebody else made: it gets no control plane, no nodes and no networking of ours.

    Its nodes are in the region's VPC and carry the region's security group `data-clients`; pods that need AWS get
    identities, and add-ons are installed, as in a cluster of our own.
    """

    existing: ClusterName = Field(description="Name of an EKS cluster in the region's account and AWS region.")


class NodeCapacity(Model):
    """CPU, memory and pods: of an instance, or taken from it."""

    cpu: Quantity = Field(description="CPU, e.g. '8' or '500m'.")
    memory: Quantity = Field(description="Memory, e.g. '32Gi'.")
    pods: Count = Field(description="Pods, e.g. 58.")


class NodePool(Model):
    """Nodes of one kind; how many there are follows from the workloads, in regions/capacity.py."""

    instance_type: InstanceType = Field(description="EC2 instance type of every node, e.g. 'm6i.2xlarge'.")
    instance: NodeCapacity = Field(description="What an instance of that type has.")
    volume_gb: int = Field(ge=20, le=1000, description="Size of a node's disk: images, logs, scratch space, GB.")


class NodePools(Model):
    """The pools of a cluster; a pod's node labels say which one it goes to."""

    general: NodePool = Field(description="Nodes for everything that names no labels.")
    wedding_optimised: NodePool = Field(
        description="Nodes for wedding-api: they carry its node_labels, and as a taint as well."
    )


class Chart(Model):
    """An add-on's official Helm chart."""

    repository: Repository = Field(description="The project's chart repository.")
    chart: DnsLabel = Field(description="The chart's name in it; also the release's.")
    version: ChartVersion = Field(description="The chart's version, quoted, e.g. '3.13.0'.")


class IstioCharts(Model):
    """Istio's charts, which have one version together."""

    repository: Repository = Field(description="The project's chart repository.")
    version: ChartVersion = Field(description="Version of all its charts, quoted.")


class Charts(Model):
    """The other add-ons that are installed from charts."""

    load_balancers: Chart = Field(description="AWS Load Balancer Controller: the gateways' network load balancers.")
    external_secrets: Chart = Field(description="External Secrets.")
    metrics_server: Chart = Field(description="metrics.k8s.io.")
    monitoring: Chart = Field(description="Prometheus with its operator: the workloads' metrics.")
    custom_metrics: Chart = Field(description="custom.metrics.k8s.io, from Prometheus.")
    node_autoscaler: Chart = Field(description="Cluster Autoscaler.")
    file_storage: Chart = Field(description="EFS driver.")
    block_storage: Chart = Field(description="EBS driver.")


class Prometheus(Model):
    """Where custom metrics come from; it runs in the mesh's metrics_namespace."""

    service: DnsLabel = Field(description="Its Service.")
    port: Port = Field(description="The Service's port.")
    retention_hours: Count = Field(description="Hours that metrics are kept.")
    resources: Resources = Field(description="What each of its pods is promised and may take at most.")


class ClusterStandard(Model):
    """What the clusters of all regions have alike."""

    kubernetes_version: Text = Field(
        pattern=r"^1\.[0-9]{2}$", description="Version of Kubernetes, quoted, e.g. '1.35'."
    )
    service_cidr: ServiceCidr = Field(
        description="Where Services have their addresses, /12 to /24; overlaps with no region's VPC."
    )
    log_retention_days: LogRetentionDays = Field(description="Days that the control plane's logs are kept.")
    pools: NodePools = Field(description="Its nodes.")
    node_reserve: NodeCapacity = Field(description="What a node's own system and its DaemonSets take of every node.")
    add_on_reserve: NodeCapacity = Field(description="What the other pods of the add-ons are promised together.")
    prometheus: Prometheus = Field(description="Where custom metrics come from.")
    istio: IstioCharts = Field(description="Istio.")
    charts: Charts = Field(description="The other add-ons.")
