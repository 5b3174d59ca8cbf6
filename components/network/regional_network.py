"""A region's VPC and the subnets of its databases."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model import Network


@dataclass(frozen=True)
class RegionalNetworkArgs:
    """What a RegionalNetwork needs."""

    scope: Scope
    network: Network


class RegionalNetwork(pulumi.ComponentResource):
    """A VPC with one database subnet per zone, none of which has a way to the internet.

    RegionalNetwork("network", RegionalNetworkArgs(Scope("prod", "us-east-1"), region.network))
    """

    vpc_id: pulumi.Output[str]
    database_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: RegionalNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:RegionalNetwork", name, None, opts)
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.network.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=args.scope.tags(args.scope.name()),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.vpc_id = vpc.id
        self.database_subnet_ids = self._database_subnets(name, args, vpc)
        self.register_outputs({"vpc_id": self.vpc_id, "database_subnet_ids": self.database_subnet_ids})

    def _database_subnets(self, name: str, args: RegionalNetworkArgs, vpc: aws.ec2.Vpc) -> list[pulumi.Output[str]]:
        return [
            aws.ec2.Subnet(
                f"{name}-database-{subnet.zone}",
                vpc_id=vpc.id,
                availability_zone=subnet.zone,
                cidr_block=subnet.cidr,
                map_public_ip_on_launch=False,
                tags=args.scope.tags(args.scope.name(f"database-{subnet.zone}")),
                opts=pulumi.ResourceOptions(parent=self),
            ).id
            for subnet in args.network.subnets_of("database")
        ]
