"""The API server of a region's cluster: the one that EKS made, or the one of a kubeconfig's context."""

from __future__ import annotations

import json

from components.cluster.control_plane import cluster_name
from components.cluster.kubeconfig import kubeconfig
from components.scope import Scope
from delivery.aws import Clients
from delivery.kubeconfig import ApiServer, api_server, read_kubeconfig
from delivery.steps import StepError
from regions.model import Region
from stacks.environment import Environment


def cluster_of(environment: Environment, region: Region, clients: Clients) -> ApiServer:
    """Find it, and log in.

    Raises:
        StepError: there is none yet, or nobody lets us in.
    """
    context = environment.context_of(region.name)
    if context is not None:
        return api_server(read_kubeconfig(), context)
    eks, name = clients("eks", region.aws_region), cluster_name(Scope(environment.name, region.name))
    try:
        found = eks.describe_cluster(name=name)["cluster"]
    except eks.exceptions.ResourceNotFoundException as error:
        raise StepError(f"There is no EKS cluster {name}: `pulumi up` the region's stack first.") from error
    if found["status"] not in ("ACTIVE", "UPDATING"):
        raise StepError(f"The EKS cluster {name} is {found['status']}: wait for it.")
    authority = found["certificateAuthority"]["data"]
    return api_server(json.loads(kubeconfig(name, found["endpoint"], authority, region.aws_region)), name)
