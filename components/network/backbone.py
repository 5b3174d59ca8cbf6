"""The path between regions: a transit gateway in each, every two of them peered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from components.scope import Scope


@dataclass(frozen=True)
class BackboneEnd:
    """A region of the backbone: its AWS region, its VPC's range, and the options that put a resource there."""

    aws_region: str
    vpc_cidr: str
    options: pulumi.ResourceOptions


@dataclass(frozen=True)
class BackboneArgs:
    """What a Backbone needs. `ends` are by region name."""

    scope: Scope
    account_id: str
    ends: Mapping[str, BackboneEnd]


class Peering(NamedTuple):
    """Two regions, by name: the one that asks and the one that accepts."""

    requester: str
    accepter: str


def peerings(regions: Iterable[str]) -> list[Peering]:
    """Every pair of the regions once; none for a single one.

    Who asks is settled by name, so that the order of the regions and new ones among them change no pair that there is.
    """
    return [Peering(*pair) for pair in combinations(sorted(regions), 2)]


class Backbone(pulumi.ComponentResource):
    """Transit gateways, their peerings, and on each the routes to the others' VPCs.

    Backbone("backbone", BackboneArgs(Scope("prod"), "123456789012", {
        "us-east-1": BackboneEnd("us-east-1", "10.10.0.0/16", there), "eu-central-1": ...}))

    A region attaches its own VPC (BackboneAttachment): nothing here knows of the regions' stacks. Where there is one
    region there is nowhere to go, and nothing is made. See docs/decisions/0009-path-between-regions.md.
    """

    transit_gateway_ids: dict[str, pulumi.Output[str]]
    """By region name; empty where there is one region."""

    def __init__(self, name: str, args: BackboneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:Backbone", name, None, opts)
        self._name, self._args = name, args
        pairs = peerings(args.ends)
        self._gateways = {region: self._gateway(region) for region in args.ends} if pairs else {}
        for pair in pairs:
            self._peered(pair)
        self.transit_gateway_ids = {region: gateway.id for region, gateway in self._gateways.items()}
        self.register_outputs({"transit_gateway_ids": self.transit_gateway_ids})

    def _in(self, region: str, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        here = pulumi.ResourceOptions(parent=self, depends_on=list(after))
        return pulumi.ResourceOptions.merge(self._args.ends[region].options, here)

    def _tags(self, what: str) -> dict[str, str]:
        return self._args.scope.tags(self._args.scope.name(f"backbone-{what}", 255))

    def _gateway(self, region: str) -> aws.ec2transitgateway.TransitGateway:
        """Attachments use its default route table; the VPC's own range gets into that by itself."""
        return aws.ec2transitgateway.TransitGateway(
            f"{self._name}-{region}",
            description=f"Path of {region} to the other regions of {self._args.scope.stack}",
            auto_accept_shared_attachments="disable",
            default_route_table_association="enable",
            default_route_table_propagation="enable",
            tags=self._tags(region),
            opts=self._in(region),
        )

    def _peered(self, pair: Peering) -> None:
        what, there = f"{pair.requester}-{pair.accepter}", self._args.ends[pair.accepter]
        attachment = aws.ec2transitgateway.PeeringAttachment(
            f"{self._name}-{what}",
            transit_gateway_id=self._gateways[pair.requester].id,
            peer_transit_gateway_id=self._gateways[pair.accepter].id,
            peer_region=there.aws_region,
            peer_account_id=self._args.account_id,
            tags=self._tags(what),
            opts=self._in(pair.requester),
        )
        accepted = aws.ec2transitgateway.PeeringAttachmentAccepter(
            f"{self._name}-{what}",
            transit_gateway_attachment_id=attachment.id,
            tags=self._tags(what),
            opts=self._in(pair.accepter),
        )
        self._route(pair.requester, pair.accepter, accepted)
        self._route(pair.accepter, pair.requester, accepted)

    def _route(self, region: str, other: str, peering: aws.ec2transitgateway.PeeringAttachmentAccepter) -> None:
        """Peerings exchange no routes by themselves."""
        aws.ec2transitgateway.Route(
            f"{self._name}-{region}-to-{other}",
            transit_gateway_route_table_id=self._gateways[region].association_default_route_table_id,
            destination_cidr_block=self._args.ends[other].vpc_cidr,
            transit_gateway_attachment_id=peering.transit_gateway_attachment_id,
            opts=self._in(region),
        )
