"""What RDS needs to report on a cluster: a log group for the server's log, and a role for the instances' metrics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope

_ROLE_NAME_LIMIT = 64


@dataclass(frozen=True)
class ClusterMonitoringArgs:
    """What a ClusterMonitoring needs. `group` is the cluster's replication group, `place` and `tags` are its own."""

    scope: Scope
    place: Place
    group: str
    cluster_identifier: str
    key_arn: pulumi.Input[str]
    log_retention_days: int
    tags: Mapping[str, str]
    protect: bool


class ClusterMonitoring(pulumi.ComponentResource):
    """The log group that a cluster's log is exported to, made before RDS would make it without a key and for ever, and
    the role with which RDS writes the metrics of the instances' operating systems.

    ClusterMonitoring("db", ClusterMonitoringArgs(scope, place, "worldwide", "wedsync-prod-eu", key.arn, 7, tags,
        protect=True))
    """

    log_group: aws.cloudwatch.LogGroup
    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:ClusterMonitoring", name, None, opts)
        log = f"/aws/rds/cluster/{args.cluster_identifier}/postgresql"
        self.log_group = aws.cloudwatch.LogGroup(
            name,
            name=log,
            kms_key_id=args.key_arn,
            retention_in_days=args.log_retention_days,
            tags={**args.tags, "Name": args.scope.name(f"{args.group}-log")},
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.role_arn = self._role(name, args)
        self.register_outputs({"role_arn": self.role_arn})

    def _role(self, name: str, args: ClusterMonitoringArgs) -> pulumi.Output[str]:
        title = args.scope.name(f"{args.group}-monitoring", _ROLE_NAME_LIMIT)
        role = aws.iam.Role(
            name,
            name=title,
            description="RDS writes the metrics of the instances' operating systems with it",
            assume_role_policy=_trust(args.place, args.cluster_identifier),
            tags={**args.tags, "Name": title},
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            name,
            name="allowed",
            role=role.name,
            policy=_writes_metrics(args.place),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # RDS tries the role when an instance is made.
        return pulumi.Output.all(role.arn, policy.id).apply(lambda known: known[0])


def _trust(place: Place, cluster_identifier: str) -> str:
    """The service, for instances of this cluster alone."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": place.account_id},
                        "ArnLike": {"aws:SourceArn": place.arn("rds", f"db:{cluster_identifier}-*")},
                    },
                }
            ],
        }
    )


def _writes_metrics(place: Place) -> str:
    """What AWS's own AmazonRDSEnhancedMonitoringRole allows, here alone: RDS writes to the log group RDSOSMetrics."""
    group = place.arn("logs", "log-group:RDS*")
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
                    "Resource": group,
                },
                {
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:GetLogEvents",
                        "logs:PutLogEvents",
                    ],
                    "Resource": f"{group}:log-stream:*",
                },
            ],
        }
    )
