"""Monthly exports of a cluster's snapshots: the copies for longer than Aurora keeps backups (35 days)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database import export_workflow
from components.database.export_bucket import ExportBucket, ExportBucketArgs
from components.database.export_workflow import Export
from components.scope import Scope
from regions.model.database import LockMode, SnapshotExports

_ROLE_NAME_LIMIT = _GROUP_NAME_LIMIT = 64
_MACHINE_NAME_LIMIT = 80
_FAILURES = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
# A start that the schedule could not make; without them a schedule that never starts anything looks like a quiet one.
_MISSED_STARTS = ("TargetErrorCount", "InvocationDroppedCount")


@dataclass(frozen=True)
class SnapshotExportArgs:
    """What a SnapshotExport needs.

    `key_arn` is the cluster's own key, single-region. `lock_mode` says whether anybody may delete an export before its
    time. `actions` are ARNs of SNS topics that are told of failed exports.
    """

    scope: Scope
    group: str
    cluster_identifier: pulumi.Input[str]
    exports: SnapshotExports
    lock_mode: LockMode
    key_arn: pulumi.Input[str]
    log_retention_days: int
    protect: bool
    actions: Sequence[pulumi.Input[str]]


class SnapshotExport(pulumi.ComponentResource):
    """A bucket, and a state machine that a schedule starts: newest automated snapshot → export task → its end.

    SnapshotExport("export", SnapshotExportArgs(scope, "worldwide", database.cluster_identifier, exports, "COMPLIANCE",
        key.arn, 2557, protect=True, actions=[topic.arn]))
    """

    bucket: pulumi.Output[str]
    state_machine_arn: pulumi.Output[str]

    def __init__(self, name: str, args: SnapshotExportArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:SnapshotExport", name, None, opts)
        self._name, self._args = name, args
        bucket = self._bucket()
        writer = self._role(
            "writer",
            export_workflow.assumed_by("export.rds.amazonaws.com"),
            pulumi.Output.all(bucket.arn, args.key_arn).apply(lambda known: export_workflow.writes_exports(*known)),
        )
        machine = self._machine(bucket, writer)
        self._alarm(machine, self._schedule(machine))
        self.bucket, self.state_machine_arn = bucket.bucket, machine.arn
        self.register_outputs({"bucket": self.bucket, "state_machine_arn": self.state_machine_arn})

    def _title(self, what: str, limit: int) -> str:
        return self._args.scope.name(f"{self._args.group}-export{what}", limit)

    def _tags(self, name: str) -> dict[str, str]:
        return self._args.scope.tags(name) | {
            "wedsync:replication-group": self._args.group,
            "wedsync:pci-dss": "in-scope",
        }

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _bucket(self) -> ExportBucket:
        args = self._args
        bucket = ExportBucketArgs(
            args.scope, args.group, args.exports, args.lock_mode, args.key_arn, self._tags(""), args.protect
        )
        return ExportBucket(self._name, bucket, self._child())

    def _role(self, what: str, trust: pulumi.Input[str], policy: pulumi.Input[str]) -> pulumi.Output[str]:
        """The role's ARN, known once it may do what it is for: its service tries it as soon as it has it."""
        title = self._title(f"-{what}", _ROLE_NAME_LIMIT)
        role = aws.iam.Role(
            f"{self._name}-{what}",
            name=title,
            description=f"Exports of {self._args.scope.stack}, group {self._args.group}",
            assume_role_policy=trust,
            tags=self._tags(title),
            opts=self._child(),
        )
        allowed = aws.iam.RolePolicy(
            f"{self._name}-{what}", name="allowed", role=role.name, policy=policy, opts=self._child()
        )
        return pulumi.Output.all(role.arn, allowed.id).apply(lambda known: known[0])

    def _machine(self, bucket: ExportBucket, writer: pulumi.Output[str]) -> aws.sfn.StateMachine:
        args, title = self._args, self._title("", _MACHINE_NAME_LIMIT)
        known = pulumi.Output.all(args.cluster_identifier, bucket.bucket, writer, args.key_arn)
        runner = self._role(
            "runner",
            export_workflow.assumed_by("states.amazonaws.com"),
            pulumi.Output.all(writer, args.key_arn).apply(lambda arns: export_workflow.runs_exports(*arns)),
        )
        return aws.sfn.StateMachine(
            self._name,
            name=title,
            role_arn=runner,
            definition=known.apply(self._definition),
            logging_configuration={
                "level": "ERROR",
                # What is logged names snapshots, never data.
                "include_execution_data": True,
                "log_destination": self._log_group().arn.apply(lambda arn: f"{arn}:*"),
            },
            tags=self._tags(title),
            opts=self._child(),
        )

    def _definition(self, known: Sequence[str]) -> str:
        prefix = self._args.scope.name(self._args.group, export_workflow.TASK_PREFIX_LIMIT)
        return export_workflow.definition(Export(*known, task_prefix=prefix), self._args.exports)

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self._name,
            # The prefix that log deliveries of AWS services may write to without a policy for each.
            name=f"/aws/vendedlogs/states/{self._title('', _MACHINE_NAME_LIMIT)}",
            kms_key_id=self._args.key_arn,
            retention_in_days=self._args.log_retention_days,
            tags=self._tags(self._title("-log", _MACHINE_NAME_LIMIT)),
            opts=self._child(),
        )

    def _schedule(self, machine: aws.sfn.StateMachine) -> aws.scheduler.ScheduleGroup:
        title = self._title("", _GROUP_NAME_LIMIT)
        group = aws.scheduler.ScheduleGroup(self._name, name=title, tags=self._tags(title), opts=self._child())
        starter = self._role(
            "starter",
            group.arn.apply(
                lambda arn: export_workflow.assumed_by("scheduler.amazonaws.com", {"ArnEquals": {"aws:SourceArn": arn}})
            ),
            machine.arn.apply(export_workflow.starts_workflow),
        )
        aws.scheduler.Schedule(
            self._name,
            name=title,
            group_name=group.name,
            description=f"Exports of {self._args.scope.stack}, group {self._args.group}",
            schedule_expression=self._args.exports.schedule,
            schedule_expression_timezone="UTC",
            flexible_time_window={"mode": "OFF"},
            target={"arn": machine.arn, "role_arn": starter},
            opts=self._child(),
        )
        return group

    def _alarm(self, machine: aws.sfn.StateMachine, group: aws.scheduler.ScheduleGroup) -> None:
        title = self._title("-failed", 255)
        watched = [
            *(("AWS/States", metric, {"StateMachineArn": machine.arn}) for metric in _FAILURES),
            *(("AWS/Scheduler", metric, {"ScheduleGroup": group.name}) for metric in _MISSED_STARTS),
        ]
        failures = [
            {
                "id": f"m{number}",
                "return_data": False,
                "metric": {
                    "namespace": namespace,
                    "metric_name": metric,
                    "dimensions": dimensions,
                    "period": 300,
                    "stat": "Sum",
                },
            }
            for number, (namespace, metric, dimensions) in enumerate(watched)
        ]
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-failed",
            name=title,
            alarm_description=f"No complete export of {self._args.scope.stack}, group {self._args.group}",
            metric_queries=[
                {"id": "failures", "expression": "SUM(METRICS())", "return_data": True},
                *failures,  # pyright: ignore[reportArgumentType]
            ],
            threshold=0,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            # It runs once a month; silence is no failure.
            treat_missing_data="notBreaching",
            alarm_actions=list(self._args.actions),
            tags=self._tags(title),
            opts=self._child(),
        )
