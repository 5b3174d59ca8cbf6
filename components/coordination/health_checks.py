"""Whether regions serve, as seen from the internet: one health check a region, and one of the fleet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.coordination.names import regional_api_name
from components.scope import Scope
from regions.model import Entry


@dataclass(frozen=True)
class HealthChecksArgs:
    """What HealthChecks needs. `path` answers 2xx or 3xx while a region can serve."""

    scope: Scope
    domain: str
    regions: Sequence[str]
    path: str
    entry: Entry


class HealthChecks(pulumi.ComponentResource):
    """An HTTPS health check of each region's ingress, and a calculated one that fails when too few regions are left.

    HealthChecks("health", HealthChecksArgs(Scope("prod"), "wedsync.example", ["us-east-1"], "/health/ready", entry))

    They ask for names, not addresses, so they exist before the regions do, and count as unhealthy until then.
    """

    regions: Mapping[str, pulumi.Output[str]]
    """Health checks by region."""
    fleet: pulumi.Output[str]

    def __init__(self, name: str, args: HealthChecksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:HealthChecks", name, None, opts)
        self._name, self._args = name, args
        self.regions = {region: self._region(region) for region in args.regions}
        self.fleet = self._fleet()
        self.register_outputs({"regions": dict(self.regions), "fleet": self.fleet})

    def _region(self, region: str) -> pulumi.Output[str]:
        args = self._args
        return aws.route53.HealthCheck(
            f"{self._name}-{region}",
            type="HTTPS",
            fqdn=regional_api_name(region, args.domain),
            port=443,
            enable_sni=True,
            resource_path=args.path,
            request_interval=args.entry.health_interval_seconds,
            failure_threshold=args.entry.health_failures,
            tags=args.scope.tags(args.scope.name(f"{region}-ingress")),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

    def _fleet(self) -> pulumi.Output[str]:
        return aws.route53.HealthCheck(
            self._name,
            type="CALCULATED",
            child_healthchecks=list(self.regions.values()),
            child_health_threshold=min(self._args.entry.healthy_regions, len(self.regions)),
            tags=self._args.scope.tags(self._args.scope.name("fleet")),
            opts=pulumi.ResourceOptions(parent=self),
        ).id
