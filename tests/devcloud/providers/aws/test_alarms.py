"""What watches and tells, through its whole life at the local endpoint: alarms, topics, budgets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from devcloud.providers.plugin import State

from .life import ALLOW, HOME, Case, Inputs, World, live_through
from .network_site import ACCOUNT

ALARM, COMPOSITE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TOPIC, TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
BUDGET = "aws:budgets/budget:Budget"


class Around(World):
    """A world with what is watched and told."""

    def topic(self) -> str:
        return self.make(TOPIC, {"name": f"{self.title}-{len(self.made)}"}).outputs["arn"]

    def alarm(self) -> str:
        return self.make(ALARM, alarm(f"{self.title}-{len(self.made)}")).identifier


def alarm(name: str) -> Inputs:
    return {
        "name": name,
        "namespace": "AWS/RDS",
        "metricName": "CPUUtilization",
        "dimensions": {"DBClusterIdentifier": "database"},
        "statistic": "Average",
        "period": 60,
        "threshold": 80,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 10,
        "datapointsToAlarm": 8,
    }


def calculated_alarm(around: Around) -> Inputs:
    metric = {"namespace": "AWS/States", "metricName": "ExecutionsFailed", "period": 60, "stat": "Sum"}
    return {
        "name": around.title,
        "metricQueries": [
            {"id": "failures", "expression": "SUM(METRICS())", "returnData": True},
            {"id": "failed", "metric": {**metric, "dimensions": {"StateMachineArn": "one"}}},
        ],
        "threshold": 0,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "treatMissingData": "notBreaching",
    }


def subscription(around: Around) -> Inputs:
    return {"topic": around.topic(), "protocol": "sqs", "endpoint": f"arn:aws:sqs:{HOME}:{ACCOUNT}:queue"}


def told(around: Around, *, at: float) -> Inputs:
    return {
        "notificationType": "ACTUAL",
        "comparisonOperator": "GREATER_THAN",
        "threshold": at,
        "thresholdType": "PERCENTAGE",
        "subscriberSnsTopicArns": [around.topic()],
    }


def budget(around: Around) -> Inputs:
    return {
        "name": around.title,
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "1000",
        "limitUnit": "USD",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:wedsync:stack$one"]}],
        "notifications": [told(around, at=80.0), told(around, at=100.0)],
    }


def live_alarm(around: Around, state: State) -> Any:
    found = around.client("cloudwatch").describe_alarms(
        AlarmNames=[state.identifier], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return (found["MetricAlarms"] + found["CompositeAlarms"])[0]


def live_topic(around: Around, state: State) -> Any:
    return around.client("sns").get_topic_attributes(TopicArn=state.identifier)["Attributes"]


def live_budget(around: Around, state: State) -> tuple[str, list[float]]:
    budgets = around.client("budgets")
    names = {"AccountId": ACCOUNT, "BudgetName": state.outputs["name"]}
    notifications = budgets.describe_notifications_for_budget(**names)["Notifications"]
    amount = budgets.describe_budget(**names)["Budget"]["BudgetLimit"]["Amount"]
    return amount, sorted(each["Threshold"] for each in notifications)


CASES: list[Case[Around]] = [
    Case(
        ALARM,
        lambda around: {**alarm(around.title), "alarmActions": [around.topic()]},
        lambda around: {"threshold": 90, "okActions": [around.topic()], "alarmActions": None},
        {"arn"},
        then=({"dimensions": {"DBClusterIdentifier": "other"}},),
        replaces={"name": "other"},
        asked=lambda around, state: [live_alarm(around, state)[name] for name in ("Threshold", "AlarmActions")],
        answer=[90.0, []],
    ),
    Case(
        ALARM,
        calculated_alarm,
        {"threshold": 1, "evaluationPeriods": 2},
        asked=lambda around, state: live_alarm(around, state)["EvaluationPeriods"],
        answer=2,
    ),
    Case(
        COMPOSITE,
        lambda around: {
            "alarmName": around.title,
            "alarmDescription": "both",
            "alarmRule": f'ALARM("{around.alarm()}") AND ALARM("{around.alarm()}")',
            "alarmActions": [around.topic()],
        },
        lambda around: {"alarmRule": f'OK("{around.alarm()}")', "alarmDescription": "none"},
        {"arn"},
        replaces={"alarmName": "other", "actionsEnabled": False},
        asked=lambda around, state: live_alarm(around, state)["AlarmRule"].startswith("OK"),
        answer=True,
    ),
    Case(
        TOPIC,
        lambda around: {"name": around.title, "kmsMasterKeyId": around.key(), "policy": ALLOW % "sns:Publish"},
        {"displayName": "pages", "policy": ALLOW % "sns:Subscribe"},
        {"arn", "owner"},
        then=({"kmsMasterKeyId": None},),
        replaces={"name": "other", "fifoTopic": True},
        asked=lambda around, state: live_topic(around, state)["DisplayName"],
        answer="pages",
    ),
    Case(
        TOPIC_POLICY,
        lambda around: {"arn": around.topic(), "policy": ALLOW % "sns:Publish"},
        {"policy": ALLOW % "sns:Subscribe"},
        {"owner"},
        replaces={"arn": f"arn:aws:sns:{HOME}:{ACCOUNT}:other"},
        asked=lambda around, state: json.loads(live_topic(around, state)["Policy"]),
        answer=json.loads(ALLOW % "sns:Subscribe"),
    ),
    Case(
        SUBSCRIPTION,
        subscription,
        {"filterPolicy": '{"severity":["page"]}', "rawMessageDelivery": True},
        {"arn", "ownerId", "pendingConfirmation"},
        then=({"rawMessageDelivery": None},),
        replaces={"protocol": "email", "endpoint": f"arn:aws:sqs:{HOME}:{ACCOUNT}:other"},
        asked=lambda around, state: (
            around.client("sns")
            .get_subscription_attributes(SubscriptionArn=state.identifier)["Attributes"]
            .get("FilterPolicy")
        ),
        answer='{"severity":["page"]}',
    ),
    Case(
        BUDGET,
        budget,
        lambda around: {"limitAmount": "2000", "notifications": [told(around, at=90.0)]},
        {"arn"},
        replaces={"name": "other"},
        asked=live_budget,
        answer=("2000", [90.0]),
    ),
]


@pytest.fixture
def around(aws: Any, resource: Any) -> Around:
    return Around(aws, resource)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, around: Around, case: Case[Around]) -> None:
    live_through(aws, resource, around, case)
