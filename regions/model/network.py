"""A region's network: one VPC, two or three zones, and the subnets that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from regions.model.base import AwsZone, Model, UniqueTuple, VpcCidr
from regions.model.database import LogRetentionDays

Tier = Literal["private", "public", "database"]


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of one tier in one zone."""

    tier: Tier
    zone: str
    cidr: str


class Network(Model):
    """Where a region's addresses come from.

    The subnets are derived from the VPC's range: three of its quarters are the private subnets (pods take an address
    each), and of the sixteen parts of the last quarter, 0-2 are public and 4-6 are for databases. A zone keeps its
    addresses when another zone is added after it.
    """

    vpc_cidr: VpcCidr = Field(description="The VPC's private IPv4 range, /16 to /22; no two regions overlap.")
    zones: UniqueTuple[AwsZone] = Field(
        min_length=2, max_length=3, description="Availability zones of the AWS region, two or three, e.g. 'us-east-1a'."
    )

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet: private, public and database, each in the order of the zones."""
        quarters = list(IPv4Network(self.vpc_cidr).subnets(prefixlen_diff=2))
        parts = list(quarters[3].subnets(prefixlen_diff=4))
        ranges: dict[Tier, list[IPv4Network]] = {
            "private": quarters[:3],
            "public": parts[0:3],
            "database": parts[4:7],
        }
        return tuple(
            Subnet(tier, zone, str(cidr))
            for tier, cidrs in ranges.items()
            for zone, cidr in zip(self.zones, cidrs, strict=False)
        )

    def subnets_of(self, tier: Tier) -> tuple[Subnet, ...]:
        """Return the subnets of one tier, in the order of the zones."""
        return tuple(subnet for subnet in self.subnets if subnet.tier == tier)


class NetworkStandard(Model):
    """What every region's network has alike."""

    flow_log_retention_days: LogRetentionDays = Field(description="Days that the VPC's flow logs are kept.")
