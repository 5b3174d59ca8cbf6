"""A region's VPC: subnets of three tiers, and the ways out that each of them has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model import Network
from regions.model.network import Subnet, Tier

ANYWHERE = "0.0.0.0/0"

# Where the AWS load balancer controller puts load balancers that face the internet, and those that do not.
_ROLES: Mapping[Tier, Mapping[str, str]] = {
    "public": {"kubernetes.io/role/elb": "1"},
    "private": {"kubernetes.io/role/internal-elb": "1"},
    "database": {},
}


@dataclass(frozen=True)
class RegionalNetworkArgs:
    """What a RegionalNetwork needs."""

    scope: Scope
    network: Network


class RegionalNetwork(pulumi.ComponentResource):
    """A VPC with a public, a private and a database subnet in each zone.

    RegionalNetwork("network", RegionalNetworkArgs(Scope("prod", "us-east-1"), region.network))

    Public subnets reach the internet, and are reached where a load balancer is in them. Private ones reach it through
    the NAT gateway of their own zone: one that is lost takes no other zone along. Database subnets have no way out.
    What carries no security group of its own can talk to nobody: the VPC's default group is empty.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]
    database_subnet_ids: list[pulumi.Output[str]]
    private_route_table_ids: dict[str, pulumi.Output[str]]
    """By zone."""
    database_route_table_id: pulumi.Output[str]

    def __init__(self, name: str, args: RegionalNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:RegionalNetwork", name, None, opts)
        self._name, self._args = name, args
        self._vpc = self._made_vpc()
        self._close_default_group()
        public, private, database = (self._subnets(tier) for tier in ("public", "private", "database"))

        internet = self._internet_gateway()
        self._public_routes(public, internet)
        tables = {zone: self._private_routes(zone, private[zone], public[zone], internet) for zone in private}
        database_table = self._route_table("database", "database", database)

        self.vpc_id = self._vpc.id
        self.public_subnet_ids = [each.id for each in public.values()]
        self.private_subnet_ids = [each.id for each in private.values()]
        self.database_subnet_ids = [each.id for each in database.values()]
        self.private_route_table_ids = {zone: table.id for zone, table in tables.items()}
        self.database_route_table_id = database_table.id
        self.register_outputs({"vpc_id": self.vpc_id, "database_subnet_ids": self.database_subnet_ids})

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _tags(self, what: str = "") -> dict[str, str]:
        return self._args.scope.tags(self._args.scope.name(what, 255))

    def _made_vpc(self) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            self._name,
            cidr_block=self._args.network.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(),
            opts=self._child(),
        )

    def _close_default_group(self) -> None:
        """The VPC comes with a group that lets its members talk to each other and to anywhere: without rules."""
        aws.ec2.DefaultSecurityGroup(
            self._name, vpc_id=self._vpc.id, ingress=[], egress=[], tags=self._tags("default"), opts=self._child()
        )

    def _subnets(self, tier: Tier) -> dict[str, aws.ec2.Subnet]:
        """The tier's subnets by zone."""
        return {subnet.zone: self._subnet(subnet) for subnet in self._args.network.subnets_of(tier)}

    def _subnet(self, subnet: Subnet) -> aws.ec2.Subnet:
        what = f"{subnet.tier}-{subnet.zone}"
        return aws.ec2.Subnet(
            f"{self._name}-{what}",
            vpc_id=self._vpc.id,
            availability_zone=subnet.zone,
            cidr_block=subnet.cidr,
            map_public_ip_on_launch=False,
            tags={**self._tags(what), **_ROLES[subnet.tier]},
            opts=self._child(),
        )

    def _internet_gateway(self) -> aws.ec2.InternetGateway:
        return aws.ec2.InternetGateway(self._name, vpc_id=self._vpc.id, tags=self._tags("internet"), opts=self._child())

    def _public_routes(self, subnets: Mapping[str, aws.ec2.Subnet], internet: aws.ec2.InternetGateway) -> None:
        table = self._route_table("public", "public", subnets)
        aws.ec2.Route(
            f"{self._name}-public",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=internet.id,
            opts=self._child(),
        )

    def _private_routes(
        self, zone: str, private: aws.ec2.Subnet, public: aws.ec2.Subnet, internet: aws.ec2.InternetGateway
    ) -> aws.ec2.RouteTable:
        """The zone's own NAT gateway, and the table that sends what leaves the zone's private subnet to it."""
        nat = self._nat_gateway(zone, public, internet)
        table = self._route_table(f"private-{zone}", "private", {zone: private})
        aws.ec2.Route(
            f"{self._name}-private-{zone}",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=nat.id,
            opts=self._child(),
        )
        return table

    def _nat_gateway(self, zone: str, public: aws.ec2.Subnet, internet: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        # AWS refuses a NAT gateway, and to detach the internet gateway from under an address that is in use.
        address = aws.ec2.Eip(
            f"{self._name}-{zone}", domain="vpc", tags=self._tags(f"nat-{zone}"), opts=self._child(internet)
        )
        return aws.ec2.NatGateway(
            f"{self._name}-{zone}",
            allocation_id=address.allocation_id,
            subnet_id=public.id,
            tags=self._tags(f"nat-{zone}"),
            opts=self._child(internet),
        )

    def _route_table(self, what: str, tier: Tier, subnets: Mapping[str, aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        """A table for these subnets (by zone), which knows the way to the VPC's own addresses alone."""
        table = aws.ec2.RouteTable(
            f"{self._name}-{what}", vpc_id=self._vpc.id, tags=self._tags(what), opts=self._child()
        )
        for zone, subnet in subnets.items():
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{tier}-{zone}",
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self._child(),
            )
        return table
