"""The openings of the namespaces: what each workload and each gateway needs, and no more."""

from __future__ import annotations

from components.database.regional_database import PORT as DATABASE_PORT
from components.kubernetes.network_policies import Opening, addresses, labelled, pods
from components.kubernetes.pod_metrics import PROXY_METRICS
from components.workload.seasonal_scaler import NAME as SEASON_SCALER
from regions.fleet import Fleet
from regions.model import Region

CACHE_PORT = 6379
HTTPS, _HTTP = 443, 80
_ANYWHERE = "0.0.0.0/0"
# Of the agent on each node that gives pods their roles in AWS.
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-config.html
_IDENTITY_AGENT = "169.254.170.23/32"
_DNS = {"k8s-app": "kube-dns"}
_ISTIOD, _ISTIOD_PORTS = {"app": "istiod"}, (15012,)


def openings(fleet: Fleet, region: Region) -> list[Opening]:
    """The openings in `region`; what reaches over to other regions names those of `fleet`."""
    return [*_platform(fleet), *_scaler(fleet), *_requests(fleet, region), *_data(fleet, region)]


def gateway_openings(fleet: Fleet, region: Region) -> list[Opening]:
    """The openings of the gateways' namespace in `region`: who comes in, and where its routes lead."""
    workloads, others = fleet.workloads, _other_vpcs(fleet, region)
    mesh, api, coordinator = workloads.mesh, workloads.wedding_api, workloads.coordinator
    ingress, east_west, namespace = mesh.ingress, mesh.east_west, workloads.namespace.name
    # Load balancers have addresses in the VPC, for their health checks and in place of clients that they do not name.
    neighbours = addresses(region.network.vpc_cidr, *others)
    to_api, to_coordinator = pods(api.name, namespace=namespace), pods(coordinator.name, namespace=namespace)
    both = (ingress.name, east_west.name)
    found = [
        *_platform(fleet),
        Opening("clients-to-ingress", "Ingress", (ingress.name,), addresses(_ANYWHERE), (ingress.port,)),
        Opening("regions-to-east-west", "Ingress", (east_west.name,), neighbours, (east_west.port,)),
        Opening("gateways-to-wedding-api", "Egress", both, to_api, (api.application[1].port,)),
        Opening(
            "east-west-to-coordinator", "Egress", (east_west.name,), to_coordinator, (coordinator.application[1].port,)
        ),
    ]
    if others:  # where requests go when this region's wedding-api fails
        found.append(Opening("ingress-to-regions", "Egress", (ingress.name,), addresses(*others), (east_west.port,)))
    return found


def _platform(fleet: Fleet) -> list[Opening]:
    """What every pod needs of the cluster."""
    mesh = fleet.workloads.mesh
    return [
        Opening("dns", "Egress", (), labelled(_DNS, "kube-system"), (53,), ("UDP", "TCP")),
        Opening("mesh-control", "Egress", (), labelled(_ISTIOD, mesh.control_namespace), _ISTIOD_PORTS),
        Opening("metrics", "Ingress", (), labelled({}, mesh.metrics_namespace), (PROXY_METRICS,)),
    ]


def _scaler(fleet: Fleet) -> list[Opening]:
    """The season scaler has no proxy to be asked through."""
    reader = labelled({}, fleet.workloads.mesh.metrics_namespace)
    port = fleet.workloads.season_scaler.application[1].port
    return [Opening("metrics-of-season-scaler", "Ingress", (SEASON_SCALER,), reader, (port,))]


def _requests(fleet: Fleet, region: Region) -> list[Opening]:
    """Requests from outside and from other regions, which enter through gateways."""
    workloads = fleet.workloads
    mesh, api, coordinator = workloads.mesh, workloads.wedding_api, workloads.coordinator
    api_port, coordinator_port = api.application[1].port, coordinator.application[1].port
    gateway_port = (mesh.east_west.port,)
    ingress = pods(mesh.ingress.name, namespace=mesh.gateway_namespace)
    east_west = pods(mesh.east_west.name, namespace=mesh.gateway_namespace)
    found = [
        Opening("ingress-to-wedding-api", "Ingress", (api.name,), (*ingress, *east_west), (api_port,)),
        Opening("regions-to-coordinator", "Ingress", (coordinator.name,), east_west, (coordinator_port,)),
        # The coordinating region has one name, and that may be of this region's gateway.
        Opening("to-own-east-west", "Egress", (coordinator.name,), addresses(region.network.vpc_cidr), gateway_port),
    ]
    if others := _other_vpcs(fleet, region):
        callers, gateways = (coordinator.name, api.name), addresses(*others)
        found.append(Opening("coordinator-to-regions", "Egress", callers, gateways, gateway_port))
    return found


def _data(fleet: Fleet, region: Region) -> list[Opening]:
    """Databases through the pooler, Redis, and the cloud's APIs."""
    workloads = fleet.workloads
    clients = (workloads.performance_monitor.name, workloads.wedding_api.name, workloads.coordinator.name)
    callers = (SEASON_SCALER, workloads.coordinator.name)
    pooler, ports = workloads.pooler.name, (workloads.pooler.port,)
    data = addresses(*_databases(region))
    # Worldwide data is written to wherever its writer is.
    all_data = addresses(*_databases(region), *(cidr for each in _others(fleet, region) for cidr in _databases(each)))
    return [
        Opening("clients-to-pooler", "Egress", clients, pods(pooler), ports),
        Opening("pooler-from-clients", "Ingress", (pooler,), pods(*clients), ports),
        Opening("pooler-to-databases", "Egress", (pooler,), all_data, (DATABASE_PORT,)),
        Opening("clients-to-cache", "Egress", clients, data, (CACHE_PORT,)),
        # The API server by its Service's address or, where that is replaced before policies are asked, by its own in
        # the VPC; RDS, EKS, and DynamoDB, here and where the locks' other replicas are, by public ones. Anywhere covers
        # them all.
        Opening("to-apis", "Egress", callers, addresses(_ANYWHERE), (HTTPS,)),
        Opening("to-identities", "Egress", callers, addresses(_IDENTITY_AGENT), (_HTTP,)),
    ]


def _databases(region: Region) -> list[str]:
    return [subnet.cidr for subnet in region.network.subnets_of("database")]


def _others(fleet: Fleet, region: Region) -> list[Region]:
    return [each for each in fleet.regions.values() if each.name != region.name]


def _other_vpcs(fleet: Fleet, region: Region) -> list[str]:
    return [each.network.vpc_cidr for each in _others(fleet, region)]
