"""The environment's DNS zone: every region's endpoints are names in it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope


@dataclass(frozen=True)
class DnsZoneArgs:
    """What a DnsZone needs. `domain` without a trailing dot."""

    scope: Scope
    domain: str
    protect: bool


class DnsZone(pulumi.ComponentResource):
    """A public hosted zone.

    DnsZone("zone", DnsZoneArgs(Scope("prod"), "wedsync.example", protect=True))

    The delegation from the parent domain is made by whoever owns that, from `name_servers`.
    """

    id: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]

    def __init__(self, name: str, args: DnsZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:DnsZone", name, None, opts)
        zone = aws.route53.Zone(
            name,
            name=args.domain,
            comment=f"Names of environment {args.scope.environment}",
            tags=args.scope.tags(args.scope.name("zone")),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.id = zone.zone_id
        self.name_servers = pulumi.Output.from_input(zone.name_servers).apply(list)
        self.register_outputs({"id": self.id, "name_servers": self.name_servers})
