"""The region's part of the mesh: gateways, routes, and the way to the other regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi

from components.coordination.names import api_name, coordinator_name, east_west_name, regional_api_name
from components.kubernetes.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.kubernetes.openings import gateway_openings
from components.mesh.api_routes import ApiRoutes, ApiRoutesArgs
from components.mesh.mesh_gateway import MeshGateway, MeshGatewayArgs
from components.mesh.mesh_security import Admission, MeshSecurity, MeshSecurityArgs
from components.mesh.objects import service_host
from components.mesh.remote_regions import RemoteRegion, RemoteRegions, RemoteRegionsArgs
from components.security.secret_names import api_certificate, remote_access
from components.security.synced_secret import SyncedSecret, SyncedSecretArgs
from stacks.region.site import Site

_TLS_SECRET = "wedding-api-tls"  # noqa: S105 - a name


def mesh(site: Site) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Make it; returns the host names of the ingress and of the east-west gateway's load balancer."""
    specified, inside = site.workloads.mesh, site.in_cluster
    MeshSecurity("mesh-security", _security(site), inside)
    gateways = NetworkPoliciesArgs(specified.gateway_namespace, gateway_openings(site.fleet, site.region))
    NetworkPolicies("gateway-network", gateways, inside)
    certificate = SyncedSecretArgs(
        specified.gateway_namespace,
        _TLS_SECRET,
        {"certificate": api_certificate(site.environment.name)},
        properties=("tls.crt", "tls.key"),
    )
    SyncedSecret("ingress-certificate", certificate, inside)
    ingress = MeshGateway("ingress", _ingress(site), inside)
    east_west = MeshGateway("east-west", _east_west(site), inside)
    ApiRoutes("routes", _routes(site), inside)
    RemoteRegions("remote", _remote(site), inside)
    return ingress.hostname, east_west.hostname


def _hosts(site: Site) -> list[str]:
    """The names under which clients outside reach the region: the fleet's, and its own."""
    domain = site.environment.domain
    return [api_name(domain), regional_api_name(site.region.name, domain)]


def _security(site: Site) -> MeshSecurityArgs:
    workloads, mesh = site.workloads, site.workloads.mesh
    accounts = {
        each.name: f"{site.namespace}/{each.name}"
        for each in (workloads.performance_monitor, workloads.wedding_api, workloads.coordinator)
    }
    api, coordinator, pooler = workloads.wedding_api, workloads.coordinator, workloads.pooler
    ingress = f"{mesh.gateway_namespace}/{mesh.ingress.name}"
    # Callers from other regions keep their identity: their gateways do not open what they pass on.
    admissions = (
        Admission(api.name, (ingress, accounts[api.name]), (api.application[1].port,)),
        Admission(coordinator.name, (accounts[coordinator.name],), (coordinator.application[1].port,)),
        Admission(pooler.name, tuple(accounts.values()), (pooler.port,)),
    )
    return MeshSecurityArgs(site.namespace, mesh, admissions)


def _ingress(site: Site) -> MeshGatewayArgs:
    mesh = site.workloads.mesh
    tls = {"mode": "SIMPLE", "credentialName": _TLS_SECRET, "minProtocolVersion": "TLSV1_2"}
    listener: Mapping[str, Any] = {
        "port": {"number": mesh.ingress.port, "name": "https", "protocol": "HTTPS"},
        "hosts": _hosts(site),
        "tls": tls,
    }
    return _gateway(site, mesh.ingress, [listener], {"https": (443, mesh.ingress.port)}, public=True)


def _east_west(site: Site) -> MeshGatewayArgs:
    """For the fleet's regions, and two of their Services; the coordinating region comes in by it too."""
    workloads, gateway = site.workloads, site.workloads.mesh.east_west
    listener: Mapping[str, Any] = {
        "port": {"number": gateway.port, "name": "tls", "protocol": "TLS"},
        "hosts": [service_host(each.name, site.namespace) for each in (workloads.wedding_api, workloads.coordinator)],
        # The proxies' own encryption passes through, sent on by the server name that it begins with.
        "tls": {"mode": "AUTO_PASSTHROUGH"},
    }
    made = _gateway(site, gateway, [listener], {"tls": (gateway.port, gateway.port)}, public=False)
    return replace(made, clients=[each.network.vpc_cidr for each in site.fleet.regions.values()])


def _gateway(
    site: Site, gateway: Any, listeners: list[Mapping[str, Any]], ports: Mapping[str, tuple[int, int]], *, public: bool
) -> MeshGatewayArgs:
    return MeshGatewayArgs(
        namespace=site.workloads.mesh.gateway_namespace,
        gateway=gateway,
        network=site.region.name,
        public=public,
        listeners=listeners,
        ports=ports,
        priority_class=site.workloads.wedding_api.priority_class,
        annotations={
            "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
            "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags": ",".join(
                f"{key}={value}" for key, value in site.scope.tags(site.scope.name(gateway.name)).items()
            ),
        },
    )


def _routes(site: Site) -> ApiRoutesArgs:
    mesh, api = site.workloads.mesh, site.workloads.wedding_api
    order = [site.fleet.region(name).aws_region for name in site.region.replication.failover_order]
    return ApiRoutesArgs(
        namespace=site.namespace,
        service=api.name,
        port=api.application[1].port,
        hosts=_hosts(site),
        gateways=[f"{mesh.gateway_namespace}/{mesh.ingress.name}"],
        aws_region=site.region.aws_region,
        failover=order,
        canary_percent=site.environment.canary_percent,
        mesh=mesh,
    )


def _remote(site: Site) -> RemoteRegionsArgs:
    coordinator, domain = site.workloads.coordinator, site.environment.domain
    takes_over = site.region.replication.failover_order
    regions = [
        RemoteRegion(
            each.name,
            each.aws_region,
            east_west_name(each.name, domain),
            remote_access(site.environment.name, each.name) if each.name in takes_over else None,
        )
        for each in site.others
    ]
    return RemoteRegionsArgs(
        site.namespace,
        coordinator.name,
        coordinator.application[1].port,
        coordinator_name(domain),
        regions,
        site.workloads.mesh,
    )
