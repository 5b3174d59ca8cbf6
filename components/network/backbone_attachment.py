"""A region's end of the path between regions: its VPC on the transit gateway, and the way there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope

# Wherever the list is named, AWS counts this many: of the 60 rules of a security group, of the routes of a table.
_MOST_REGIONS = 40


@dataclass(frozen=True)
class BackboneAttachmentArgs:
    """What a BackboneAttachment needs.

    `subnet_ids`, one a zone, are where the gateway has its addresses; `route_table_ids`, by what they are of, are
    those of who may use the path; `remote_ranges` are the other regions' VPC ranges by region name.
    """

    scope: Scope
    vpc_id: pulumi.Input[str]
    transit_gateway_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Mapping[str, pulumi.Input[str]]
    remote_ranges: Mapping[str, str]


class BackboneAttachment(pulumi.ComponentResource):
    """The attachment, one list of the other regions' addresses, and a route to it in each table.

    BackboneAttachment("backbone", BackboneAttachmentArgs(scope, network.vpc_id, gateway_id,
        network.private_subnet_ids, {"database": table.id}, {"eu-central-1": "10.30.0.0/16"}))

    A region that comes or goes changes an entry of the list: the number of resources is the same in any fleet.
    """

    remote_prefix_list_id: pulumi.Output[str]
    """The other regions, for the security groups of what they may reach."""

    def __init__(self, name: str, args: BackboneAttachmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:BackboneAttachment", name, None, opts)
        self._name, self._args = name, args
        attachment = self._attachment()
        remote = self._remote_regions()
        for who in args.route_table_ids:
            self._route(who, remote, attachment)
        self.remote_prefix_list_id = remote.id
        self.register_outputs({"remote_prefix_list_id": self.remote_prefix_list_id})

    def _attachment(self) -> aws.ec2transitgateway.VpcAttachment:
        title = self._args.scope.name("backbone", 255)
        return aws.ec2transitgateway.VpcAttachment(
            self._name,
            transit_gateway_id=self._args.transit_gateway_id,
            vpc_id=self._args.vpc_id,
            subnet_ids=list(self._args.subnet_ids),
            tags=self._args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _remote_regions(self) -> aws.ec2.ManagedPrefixList:
        title = self._args.scope.name("other-regions", 255)
        ranges = self._args.remote_ranges
        return aws.ec2.ManagedPrefixList(
            self._name,
            name=title,
            address_family="IPv4",
            max_entries=_MOST_REGIONS,
            entries=[{"cidr": ranges[region], "description": region} for region in sorted(ranges)],
            tags=self._args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _route(
        self, who: str, remote: aws.ec2.ManagedPrefixList, attachment: aws.ec2transitgateway.VpcAttachment
    ) -> None:
        aws.ec2.Route(
            f"{self._name}-{who}",
            route_table_id=self._args.route_table_ids[who],
            destination_prefix_list_id=remote.id,
            transit_gateway_id=self._args.transit_gateway_id,
            # AWS refuses a route to a gateway that the VPC is not on.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment]),
        )
