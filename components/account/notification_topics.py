"""Topics that alarms and budgets publish to, by how urgent a message is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope
from regions.model.alarms import Severity

Subject = Severity | Literal["cost"]
"""How urgent it is, or that it is the bill."""


@dataclass(frozen=True)
class NotificationTopicsArgs:
    """What NotificationTopics needs.

    `subjects` are the topics to make: alarms act in their own AWS region alone, so every region has its own page and
    warn. `key_arn` is a key that publishers may use (EncryptionKeyArgs.notifies).
    """

    scope: Scope
    place: Place
    key_arn: pulumi.Input[str]
    emails: Sequence[str]
    subjects: Sequence[Subject]


class NotificationTopics(pulumi.ComponentResource):
    """Encrypted SNS topics, and their subscribers by e-mail (who each confirm a message from AWS once).

    NotificationTopics("topics", NotificationTopicsArgs(scope, place, key.arn, ["oncall@wedsync.example"], ["page"]))
    """

    arns: Mapping[Subject, pulumi.Output[str]]

    def __init__(self, name: str, args: NotificationTopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:account:NotificationTopics", name, None, opts)
        self._name, self._args = name, args
        self.arns = {subject: self._topic(subject) for subject in args.subjects}
        self.register_outputs({"arns": dict(self.arns)})

    def _topic(self, subject: Subject) -> pulumi.Output[str]:
        args, child = self._args, pulumi.ResourceOptions(parent=self)
        title = args.scope.name(subject)
        topic = aws.sns.Topic(
            f"{self._name}-{subject}",
            name=title,
            kms_master_key_id=args.key_arn,
            tags=args.scope.tags(title),
            opts=child,
        )
        policy = topic.arn.apply(lambda arn: topic_policy(arn, args.place.account_id))
        aws.sns.TopicPolicy(f"{self._name}-{subject}", arn=topic.arn, policy=policy, opts=child)
        for email in args.emails:
            aws.sns.TopicSubscription(
                f"{self._name}-{subject}-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=child
            )
        return topic.arn


def topic_policy(topic_arn: str, account_id: str) -> str:
    """Which AWS services publish to a topic, on behalf of this account alone, as JSON; who else is up to IAM."""
    by_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    budgets = f"arn:aws:budgets::{account_id}:*"

    def publish(service: str, condition: dict[str, Any]) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": condition,
        }

    statements = [
        publish("cloudwatch", by_account),
        publish("budgets", {**by_account, "ArnLike": {"aws:SourceArn": budgets}}),
        {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
