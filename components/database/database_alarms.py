"""Alarms of a database cluster: lag, load, connections, memory, deadlocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model import Database
from regions.model.alarms import Alarm, DatabaseThresholds, Severity

_NAMESPACE = "AWS/RDS"
_PERIOD = 60  # seconds; Aurora reports once a minute
_ACU_BYTES = 2 * 1024**3  # an Aurora capacity unit comes with about 2 GiB

Missing = Literal["breaching", "notBreaching", "missing"]


class _Watched(NamedTuple):
    """A metric of the cluster's instances, and when it is too much (or too little)."""

    metric: str
    statistic: Literal["Maximum", "Minimum", "Sum"]
    alarm: Alarm
    threshold: float
    missing: Missing
    below: bool = False


@dataclass(frozen=True)
class DatabaseAlarmsArgs:
    """What DatabaseAlarms needs.

    `most_connections` is what all poolers together open to it. `replicated` says whether the group has members in other
    regions. `topics` are ARNs of SNS topics by who is told there when an alarm goes off and when it is over.
    """

    scope: Scope
    group: str
    cluster_identifier: pulumi.Input[str]
    database: Database
    most_connections: int
    thresholds: DatabaseThresholds
    replicated: bool
    topics: Mapping[Severity, pulumi.Input[str]]


class DatabaseAlarms(pulumi.ComponentResource):
    """One CloudWatch alarm for each threshold.

    DatabaseAlarms("alarms", DatabaseAlarmsArgs(scope, "worldwide", database.cluster_identifier, region.database, 300,
        workloads.alarms.database, replicated=True, topics=topics.arns))

    They are the same in every member: who writes is runtime state, and lag is reported by those that do not.
    """

    def __init__(self, name: str, args: DatabaseAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:DatabaseAlarms", name, None, opts)
        self._name, self._args = name, args
        for what, watched in self._load().items():
            self._on_instances(what, watched)
        if args.replicated:
            self._on_lag("replication-lag", "AuroraGlobalDBReplicationLag", args.thresholds.replication_lag_ms)
            self._on_lag("rpo-lag", "AuroraGlobalDBRPOLag", args.thresholds.rpo_lag_ms)
        self.register_outputs({})

    def _load(self) -> dict[str, _Watched]:
        database, thresholds = self._args.database, self._args.thresholds
        cpu, capacity, memory = thresholds.cpu_percent, thresholds.capacity_percent, thresholds.free_memory_percent
        connections, deadlocks, lag = (
            thresholds.connections_percent,
            thresholds.deadlocks_per_second,
            thresholds.replica_lag_ms,
        )
        pool = self._args.most_connections * connections.threshold / 100
        free = database.max_acu * _ACU_BYTES * memory.threshold / 100
        return {
            # An instance that runs reports its CPU: no value is no instance.
            "cpu": _Watched("CPUUtilization", "Maximum", cpu, cpu.threshold, "breaching"),
            # No value of these says no more than the CPU's does; their state shows it, nobody is told twice.
            "capacity": _Watched("ACUUtilization", "Maximum", capacity, capacity.threshold, "missing"),
            "connections": _Watched("DatabaseConnections", "Sum", connections, pool, "missing"),
            "free-memory": _Watched("FreeableMemory", "Minimum", memory, free, "missing", below=True),
            "replica-lag": _Watched("AuroraReplicaLag", "Maximum", lag, lag.threshold, "missing"),
            # No value is no deadlock.
            "deadlocks": _Watched("Deadlocks", "Sum", deadlocks, deadlocks.threshold, "notBreaching"),
        }

    def _on_instances(self, what: str, watched: _Watched) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{what}",
            name=self._title(what),
            alarm_description=f"{watched.metric} of {self._args.scope.stack}'s cluster in group {self._args.group}",
            namespace=_NAMESPACE,
            metric_name=watched.metric,
            dimensions={"DBClusterIdentifier": self._args.cluster_identifier},
            statistic=watched.statistic,
            period=_PERIOD,
            threshold=watched.threshold,
            comparison_operator="LessThanThreshold" if watched.below else "GreaterThanThreshold",
            evaluation_periods=watched.alarm.minutes,
            datapoints_to_alarm=watched.alarm.datapoints,
            treat_missing_data=watched.missing,
            alarm_actions=[self._args.topics[watched.alarm.severity]],
            ok_actions=[self._args.topics[watched.alarm.severity]],
            tags=self._tags(what),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _on_lag(self, what: str, metric: str, alarm: Alarm) -> None:
        """Asked by query: the metric's dimensions name the writer's region, which a failover changes."""
        query = pulumi.Output.concat(
            # Both are constants of this file.
            f'SELECT MAX({metric}) FROM "{_NAMESPACE}" WHERE DBClusterIdentifier = ',  # noqa: S608
            "'",
            self._args.cluster_identifier,
            "'",
        )
        aws.cloudwatch.MetricAlarm(
            f"{self._name}-{what}",
            name=self._title(what),
            alarm_description=f"{metric} of {self._args.scope.stack}'s member of group {self._args.group}, in ms",
            metric_queries=[{"id": "lag", "expression": query, "period": _PERIOD, "return_data": True}],
            threshold=alarm.threshold,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=alarm.minutes,
            datapoints_to_alarm=alarm.datapoints,
            # The member that writes has no lag to report.
            treat_missing_data="notBreaching",
            alarm_actions=[self._args.topics[alarm.severity]],
            ok_actions=[self._args.topics[alarm.severity]],
            tags=self._tags(what),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _title(self, what: str) -> str:
        return self._args.scope.name(f"{self._args.group}-{what}", limit=255)

    def _tags(self, what: str) -> dict[str, str]:
        return self._args.scope.tags(self._title(what)) | {"wedsync:replication-group": self._args.group}
