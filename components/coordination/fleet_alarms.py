"""Who is told when regions stop serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope

METRICS_REGION = "us-east-1"
"""The AWS region in which Route 53 reports its health checks, and so where alarms on them are."""


@dataclass(frozen=True)
class FleetAlarmsArgs:
    """What FleetAlarms needs.

    `health_checks` are by region; `targets` are the regions that may take over from the writer. `page` and `warn` are
    ARNs of topics in METRICS_REGION.
    """

    scope: Scope
    health_checks: Mapping[str, pulumi.Input[str]]
    fleet_health_check: pulumi.Input[str]
    targets: Sequence[str]
    page: pulumi.Input[str]
    warn: pulumi.Input[str]


class FleetAlarms(pulumi.ComponentResource):
    """An alarm for each health check, and composite ones that notify: a warning for any region, a page for the worst.

    FleetAlarms("alarms", FleetAlarmsArgs(scope, health.regions, health.fleet, ["us-west-1"], page.arn, warn.arn))

    To be made with a provider in METRICS_REGION. Composite alarms follow alarms of their own AWS region alone, so lag
    is not among them: DatabaseAlarms are in each region.
    """

    def __init__(self, name: str, args: FleetAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:coordination:FleetAlarms", name, None, opts)
        self._name, self._args = name, args
        regions = {region: self._unhealthy(region, check) for region, check in args.health_checks.items()}
        fleet = self._unhealthy("fleet", args.fleet_health_check)
        self._composite("region-down", " OR ", [*regions.values()], args.warn, "A region does not serve")
        self._composite("fleet-down", " OR ", [fleet], args.page, "Too few regions serve")
        if targets := [regions[region] for region in args.targets]:
            what = "No region could take over from the writer's"
            self._composite("failover-impossible", " AND ", targets, args.page, what)
        self.register_outputs({})

    def _unhealthy(self, what: str, check: pulumi.Input[str]) -> aws.cloudwatch.MetricAlarm:
        title = self._args.scope.name(f"{what}-unhealthy", limit=255)
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{what}",
            name=title,
            alarm_description=f"Health check {what} of environment {self._args.scope.environment} fails",
            namespace="AWS/Route53",
            metric_name="HealthCheckStatus",
            dimensions={"HealthCheckId": check},
            statistic="Minimum",
            period=60,
            threshold=1,
            comparison_operator="LessThanThreshold",
            evaluation_periods=1,
            treat_missing_data="breaching",
            tags=self._args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _composite(
        self,
        what: str,
        operator: str,
        alarms: Sequence[aws.cloudwatch.MetricAlarm],
        topic: pulumi.Input[str],
        description: str,
    ) -> None:
        title = self._args.scope.name(what, limit=255)
        names = pulumi.Output.all(*[alarm.name for alarm in alarms])
        aws.cloudwatch.CompositeAlarm(
            f"{self._name}-{what}",
            alarm_name=title,
            alarm_description=description,
            alarm_rule=names.apply(lambda known: operator.join(f'ALARM("{each}")' for each in known)),
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self._args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )
