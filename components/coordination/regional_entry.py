"""The DNS records by which a region is found."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.coordination.names import api_name, east_west_name, regional_api_name


@dataclass(frozen=True)
class RegionalEntryArgs:
    """What a RegionalEntry needs.

    `ingress` and `east_west` are host names of the gateways' load balancers; `health_check_id` is that of the region's
    ingress, which the global stack has made.
    """

    zone_id: pulumi.Input[str]
    domain: str
    region: str
    aws_region: str
    ingress: pulumi.Input[str]
    east_west: pulumi.Input[str]
    health_check_id: pulumi.Input[str]
    ttl_seconds: int


class RegionalEntry(pulumi.ComponentResource):
    """`api.<domain>` by latency while healthy, `<region>.api.<domain>` always, and `eastwest.<region>.<domain>`.

    RegionalEntry("entry", RegionalEntryArgs(zone_id, "wedsync.example", "us-east-1", "us-east-1", ingress.hostname,
        east_west.hostname, health_check_id, ttl_seconds=5))
    """

    def __init__(self, name: str, args: RegionalEntryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:RegionalEntry", name, None, opts)
        self._args = args
        own = regional_api_name(args.region, args.domain)
        regional = self._record(f"{name}-regional", own, args.ingress)
        self._record(f"{name}-east-west", east_west_name(args.region, args.domain), args.east_west)
        aws.route53.Record(
            f"{name}-latency",
            zone_id=args.zone_id,
            name=api_name(args.domain),
            type="CNAME",
            ttl=args.ttl_seconds,
            records=[own],
            set_identifier=args.region,
            latency_routing_policies=[{"region": args.aws_region}],
            health_check_id=args.health_check_id,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[regional]),
        )
        self.register_outputs({})

    def _record(self, name: str, host: str, target: pulumi.Input[str]) -> aws.route53.Record:
        return aws.route53.Record(
            name,
            zone_id=self._args.zone_id,
            name=host,
            type="CNAME",
            ttl=self._args.ttl_seconds,
            records=[target],
            opts=pulumi.ResourceOptions(parent=self),
        )
