"""The region's network: the VPC, what is written down of it, and its ways to AWS and to the other regions."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.network.backbone_attachment import BackboneAttachment, BackboneAttachmentArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.regional_network import RegionalNetwork, RegionalNetworkArgs
from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from components.security.encryption_key import EncryptionKey
from stacks.region.site import Site
from stacks.shared.backbone import TRANSIT_GATEWAYS


@dataclass(frozen=True)
class Paths:
    """The region's VPC, and the list of the other regions' address ranges; None for a region that is alone."""

    vpc: RegionalNetwork
    other_regions: pulumi.Output[str] | None


def network(site: Site, key: EncryptionKey) -> Paths:
    """The region's VPC and everything around it; a region that is alone is on no backbone."""
    made = RegionalNetwork("network", RegionalNetworkArgs(site.scope, site.region.network), site.in_aws)
    _flow_logs(site, made, key)
    _endpoints(site, made)
    return Paths(made, _backbone(site, made) if site.others else None)


def _flow_logs(site: Site, network: RegionalNetwork, key: EncryptionKey) -> None:
    retention = site.workloads.network.flow_log_retention_days
    FlowLogs("flow-logs", FlowLogsArgs(site.scope, site.place, network.vpc_id, key.arn, retention), site.in_aws)


def _endpoints(site: Site, network: RegionalNetwork) -> None:
    args = VpcEndpointsArgs(
        scope=site.scope,
        place=site.place,
        vpc_id=network.vpc_id,
        vpc_cidr=site.region.network.vpc_cidr,
        subnet_ids=network.private_subnet_ids,
        route_table_ids=list(network.private_route_table_ids.values()),
    )
    VpcEndpoints("endpoints", args, site.in_aws)


def _backbone(site: Site, network: RegionalNetwork) -> pulumi.Output[str]:
    """Databases use the path too: poolers of other regions write to wherever the writer is."""
    args = BackboneAttachmentArgs(
        scope=site.scope,
        vpc_id=network.vpc_id,
        transit_gateway_id=site.of_global(TRANSIT_GATEWAYS, site.region.name),
        subnet_ids=network.private_subnet_ids,
        route_table_ids={**network.private_route_table_ids, "database": network.database_route_table_id},
        remote_ranges={other.name: other.network.vpc_cidr for other in site.others},
    )
    return BackboneAttachment("backbone", args, site.in_aws).remote_prefix_list_id
