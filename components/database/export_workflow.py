"""The state machine that exports a cluster's newest snapshot, and what it is allowed. Pure.

Written in JSONata; the services' members have the capitals of Step Functions' SDK integrations
(https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from regions.model.database import SnapshotExports

_SDK = "arn:aws:states:::aws-sdk:rds"
_ALREADY_EXISTS = "Rds.ExportTaskAlreadyExistsException"
# RDS takes an export task's identifier of 60 characters; the snapshot's day is the last eleven.
TASK_PREFIX_LIMIT = 60 - len("-2026-11-03")


@dataclass(frozen=True)
class Export:
    """What is exported, whereto, and with which rights. `task_prefix` begins the names of the export tasks."""

    cluster_identifier: str
    bucket: str
    role_arn: str
    key_arn: str
    task_prefix: str


def definition(export: Export, exports: SnapshotExports) -> str:
    """The state machine, as JSON. It ends well when the export is complete, badly in every other case."""
    states = {
        "FindSnapshot": _find_snapshot(export),
        "StartExport": _start_export(export),
        "Wait": {"Type": "Wait", "Seconds": exports.poll_minutes * 60, "Next": "Look"},
        "Look": _look(),
        "Decide": _decide(),
        "Complete": {"Type": "Succeed"},
        "Failed": {"Type": "Fail", "Error": "ExportFailed", "Cause": "{% $reason %}"},
    }
    machine = {
        "Comment": f"Exports the newest automated snapshot of {export.cluster_identifier}",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": exports.timeout_hours * 3600,
        "StartAt": "FindSnapshot",
        "States": states,
    }
    return json.dumps(machine, indent=1)


def _find_snapshot(export: Export) -> dict[str, Any]:
    """Without a snapshot there is nothing to assign, and the execution fails."""
    newest_first = "function($a, $b) { $a.SnapshotCreateTime < $b.SnapshotCreateTime }"
    newest = f"$sort($states.result.DbClusterSnapshots[Status = 'available'], {newest_first})[0]"
    return {
        "Type": "Task",
        "Resource": f"{_SDK}:describeDBClusterSnapshots",
        "Arguments": {"DbClusterIdentifier": export.cluster_identifier, "SnapshotType": "automated"},
        "Assign": {
            "snapshot": f"{{% {newest}.DbClusterSnapshotArn %}}",
            "day": f"{{% $substring({newest}.SnapshotCreateTime, 0, 10) %}}",
        },
        "Next": "StartExport",
    }


def _start_export(export: Export) -> dict[str, Any]:
    """Named by the snapshot's day: an execution that is started twice finds the first one's export."""
    return {
        "Type": "Task",
        "Resource": f"{_SDK}:startExportTask",
        "Arguments": {
            "ExportTaskIdentifier": f"{{% '{export.task_prefix}-' & $day %}}",
            "SourceArn": "{% $snapshot %}",
            "S3BucketName": export.bucket,
            "S3Prefix": "{% $substring($day, 0, 4) %}",
            "IamRoleArn": export.role_arn,
            "KmsKeyId": export.key_arn,
        },
        "Assign": {"task": f"{{% '{export.task_prefix}-' & $day %}}"},
        # An account may run five exports at once: others are let through first.
        "Retry": [
            {"ErrorEquals": [_ALREADY_EXISTS], "MaxAttempts": 0},
            {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 600, "MaxAttempts": 5, "BackoffRate": 2},
        ],
        "Catch": [
            {
                "ErrorEquals": [_ALREADY_EXISTS],
                "Assign": {"task": f"{{% '{export.task_prefix}-' & $day %}}"},
                "Next": "Wait",
            }
        ],
        "Next": "Wait",
    }


def _look() -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"{_SDK}:describeExportTasks",
        "Arguments": {"ExportTaskIdentifier": "{% $task %}"},
        "Assign": {
            "status": "{% $uppercase($states.result.ExportTasks[0].Status) %}",
            "reason": "{% $string($states.result.ExportTasks[0].FailureCause) & ' (' & $task & ')' %}",
        },
        "Next": "Decide",
    }


def _decide() -> dict[str, Any]:
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $status = 'COMPLETE' %}", "Next": "Complete"},
            {"Condition": "{% $status in ['FAILED', 'CANCELED', 'CANCELING'] %}", "Next": "Failed"},
        ],
        "Default": "Wait",
    }


def assumed_by(service: str, condition: dict[str, Any] | None = None) -> str:
    """The trust policy of a role that one service takes."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return _policy([{**statement, "Condition": condition} if condition else statement])


def writes_exports(bucket_arn: str, key_arn: str) -> str:
    """What RDS needs to write an export
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html)."""
    return _policy(
        [
            _allow(["s3:ListBucket", "s3:GetBucketLocation"], bucket_arn),
            _allow(["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"], f"{bucket_arn}/*"),
            _allow(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"], key_arn),
        ]
    )


def runs_exports(export_role_arn: str, key_arn: str) -> str:
    """What the state machine needs: to find snapshots, to start exports as the role above, and to log."""
    return _policy(
        [
            # None of these can be limited to a cluster's own snapshots, whose names are not known before.
            _allow(["rds:DescribeDBClusterSnapshots", "rds:DescribeExportTasks", "rds:StartExportTask"], "*"),
            {
                **_allow(["iam:PassRole"], export_role_arn),
                "Condition": {"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}},
            },
            _allow(["kms:DescribeKey"], key_arn),
            {
                **_allow(["kms:CreateGrant"], key_arn),
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
            # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
            _allow(
                [
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeLogGroups",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                ],
                "*",
            ),
        ]
    )


def starts_workflow(machine_arn: str) -> str:
    """What the schedule needs."""
    return _policy([_allow(["states:StartExecution"], machine_arn)])


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
