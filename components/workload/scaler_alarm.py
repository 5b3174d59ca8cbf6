"""Somebody is told when the season scaler no longer does its work, whatever keeps it from it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model.alarms import SCALER_CYCLES, SCALER_NAMESPACE, Alarm

_PERIOD = 60


@dataclass(frozen=True)
class ScalerAlarmArgs:
    """What a ScalerAlarm needs. `topic` is the ARN of the topic that is told."""

    scope: Scope
    alarm: Alarm
    topic: pulumi.Input[str]


class ScalerAlarm(pulumi.ComponentResource):
    """An alarm on the cycles that the scaler reports to CloudWatch.

    ScalerAlarm("scaler-alarm", ScalerAlarmArgs(scope, workloads.alarms.season_scaler, topic_arn))

    No report is no cycle: one alarm for inputs that cannot be read, for changes that fail or wait for too long, for
    pods that do not run and for a cluster that is away. The report is to AWS, for Prometheus and whoever it would tell
    are in that cluster.
    """

    def __init__(self, name: str, args: ScalerAlarmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:ScalerAlarm", name, None, opts)
        title = args.scope.name("season-scaler", 255)
        aws.cloudwatch.MetricAlarm(
            name,
            name=title,
            alarm_description=(
                f"The season scaler of {args.scope.stack} keeps to the plan: cycles without a failure, and without a"
                " database or node group that has waited for 10 minutes to be changed. Its log says which."
            ),
            namespace=SCALER_NAMESPACE,
            metric_name=SCALER_CYCLES,
            dimensions={"Stack": args.scope.stack},
            statistic="Sum",
            period=_PERIOD,
            threshold=args.alarm.threshold,
            comparison_operator="LessThanThreshold",
            evaluation_periods=args.alarm.minutes,
            datapoints_to_alarm=args.alarm.datapoints,
            treat_missing_data="breaching",
            alarm_actions=[args.topic],
            ok_actions=[args.topic],
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
