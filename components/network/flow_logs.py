"""Who talked to whom in a region's VPC, and who was refused."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope

_ROLE_NAME_LIMIT = 64


@dataclass(frozen=True)
class FlowLogsArgs:
    """What FlowLogs need. `place` is the VPC's."""

    scope: Scope
    place: Place
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    retention_days: int


class FlowLogs(pulumi.ComponentResource):
    """All traffic of a VPC, accepted or not, in an encrypted log group of the region.

    FlowLogs("flow-logs", FlowLogsArgs(scope, place, network.vpc_id, key.arn, retention_days=365))
    """

    log_group_arn: pulumi.Output[str]

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:network:FlowLogs", name, None, opts)
        self._name, self._args = name, args
        group = self._log_group()
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=self._role(group),
            tags=args.scope.tags(args.scope.name("flow-logs", 255)),
            opts=self._child(),
        )
        self.log_group_arn = group.arn
        self.register_outputs({"log_group_arn": self.log_group_arn})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self._name,
            name=f"/wedsync/{self._args.scope.stack}/flow-logs",
            kms_key_id=self._args.key_arn,
            retention_in_days=self._args.retention_days,
            tags=self._args.scope.tags(self._args.scope.name("flow-logs", 255)),
            opts=self._child(),
        )

    def _role(self, group: aws.cloudwatch.LogGroup) -> pulumi.Output[str]:
        title = self._args.scope.name("flow-logs", _ROLE_NAME_LIMIT)
        role = aws.iam.Role(
            self._name,
            name=title,
            description="VPC flow logs are written with it",
            assume_role_policy=_trust(self._args.place),
            tags=self._args.scope.tags(title),
            opts=self._child(),
        )
        policy = aws.iam.RolePolicy(
            self._name, name="allowed", role=role.name, policy=group.arn.apply(_writes), opts=self._child()
        )
        # Logs whose role may not write yet fail, and say so an hour later.
        return pulumi.Output.all(role.arn, policy.id).apply(lambda known: known[0])


def _trust(place: Place) -> str:
    """The service, for this account's flow logs of this region alone."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": place.account_id},
                        "ArnLike": {"aws:SourceArn": place.arn("ec2", "vpc-flow-log/*")},
                    },
                }
            ],
        }
    )


def _writes(group_arn: str) -> str:
    """Streams of one group. The service looks groups and streams up before it writes."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    "Resource": [group_arn, f"{group_arn}:*"],
                },
                {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
            ],
        }
    )
