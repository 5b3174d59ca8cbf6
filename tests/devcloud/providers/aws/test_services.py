"""Replicas of keys, names, and what is started by the clock, through their whole life at the local endpoint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from devcloud.providers.plugin import State

from .life import ABROAD, ALLOW, HOME, Case, Inputs, World, live_through
from .network_site import ACCOUNT

REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
HEALTH_CHECK, RECORD = "aws:route53/healthCheck:HealthCheck", "aws:route53/record:Record"
SCHEDULE_GROUP, SCHEDULE = "aws:scheduler/scheduleGroup:ScheduleGroup", "aws:scheduler/schedule:Schedule"
STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"


class Around(World):
    """A world with names, and something to start."""

    def zone(self) -> str:
        return self.make("aws:route53/zone:Zone", {"name": f"{self.title}.example"}).identifier

    def health_check(self) -> str:
        return self.make(HEALTH_CHECK, https(self)).identifier

    def machine(self) -> str:
        return self.make(STATE_MACHINE, machine(self)).outputs["arn"]


def https(around: Around) -> Inputs:
    return {
        "type": "HTTPS",
        "fqdn": "api.us-east-1.example",
        "port": 443,
        "enableSni": True,
        "resourcePath": "/healthz",
        "requestInterval": 10,
        "failureThreshold": 2,
        "tags": around.tags(f"check-{len(around.made)}"),
    }


def routed(around: Around) -> Inputs:
    return {
        "zoneId": around.zone(),
        "name": f"coordinator.{around.title}.example",
        "type": "CNAME",
        "ttl": 60,
        "records": ["us.example"],
        "setIdentifier": HOME,
        "failoverRoutingPolicies": [{"type": "PRIMARY"}],
        "healthCheckId": around.health_check(),
    }


def alias(around: Around) -> Inputs:
    zone = around.zone()
    return {
        "zoneId": zone,
        "name": f"api.{around.title}.example",
        "type": "A",
        "setIdentifier": HOME,
        "latencyRoutingPolicies": [{"region": HOME}],
        "aliases": [{"name": f"one.{around.title}.example", "zoneId": zone, "evaluateTargetHealth": True}],
    }


def schedule(around: Around) -> Inputs:
    role = around.role("scheduler.amazonaws.com").outputs["arn"]
    return {
        "name": around.title,
        "groupName": around.make(SCHEDULE_GROUP, {"name": around.title}).identifier,
        "description": "exports",
        "scheduleExpression": "cron(0 3 1 * ? *)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {"arn": around.machine(), "roleArn": role},
    }


def definition(comment: str) -> str:
    return json.dumps({"Comment": comment, "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


def machine(around: Around) -> Inputs:
    return {
        "name": f"{around.title}-{len(around.made)}",
        "roleArn": around.role("states.amazonaws.com").outputs["arn"],
        "definition": definition("before"),
        "loggingConfiguration": {
            "level": "ERROR",
            "includeExecutionData": True,
            "logDestination": f"{around.log_group()}:*",
        },
    }


def live_check(around: Around, state: State) -> Any:
    answer = around.client("route53").get_health_check(HealthCheckId=state.identifier)
    return answer["HealthCheck"]["HealthCheckConfig"]


def live_records(around: Around, state: State) -> list[Any]:
    answer = around.client("route53").list_resource_record_sets(HostedZoneId=state.outputs["zoneId"])
    return [each for each in answer["ResourceRecordSets"] if each["Type"] == state.outputs["type"]]


CASES: list[Case[Around]] = [
    Case(
        REPLICA_KEY,
        lambda around: {
            "primaryKeyArn": around.make(
                "aws:kms/key:Key", {"multiRegion": True, "region": ABROAD, "tags": around.tags("primary")}
            ).outputs["arn"],
            "description": "copy",
            "policy": ALLOW % "kms:*",
            "deletionWindowInDays": 7,
        },
        {"description": "another copy", "policy": ALLOW % "kms:D*", "enabled": False},
        {"arn", "keyId", "keySpec", "keyUsage"},
        replaces={"primaryKeyArn": f"arn:aws:kms:{ABROAD}:{ACCOUNT}:key/mrk-0"},
        asked=lambda around, state: around.client("kms").describe_key(KeyId=state.identifier)["KeyMetadata"]["Enabled"],
        answer=False,
    ),
    Case(
        HEALTH_CHECK,
        https,
        {"failureThreshold": 3, "resourcePath": "/readyz"},
        {"arn"},
        replaces={"requestInterval": 30, "type": "HTTP", "measureLatency": True},
        asked=lambda around, state: live_check(around, state)["ResourcePath"],
        answer="/readyz",
    ),
    Case(
        HEALTH_CHECK,
        lambda around: {
            "type": "CALCULATED",
            "childHealthchecks": [around.health_check(), around.health_check()],
            "childHealthThreshold": 2,
        },
        {"childHealthThreshold": 1},
        asked=lambda around, state: live_check(around, state)["HealthThreshold"],
        answer=1,
    ),
    Case(
        HEALTH_CHECK,
        lambda _: {
            "type": "CLOUDWATCH_METRIC",
            "cloudwatchAlarmName": "one",
            "cloudwatchAlarmRegion": HOME,
            "insufficientDataHealthStatus": "LastKnownStatus",
        },
        {"cloudwatchAlarmName": "other", "insufficientDataHealthStatus": "Unhealthy"},
        asked=lambda around, state: live_check(around, state)["AlarmIdentifier"],
        answer={"Region": HOME, "Name": "other"},
    ),
    Case(
        RECORD,
        routed,
        {"records": ["eu.example"], "ttl": 30, "healthCheckId": None},
        {"fqdn"},
        replaces={"setIdentifier": ABROAD, "type": "A", "name": "other.example"},
        asked=lambda around, state: [
            (each["TTL"], each["ResourceRecords"], "HealthCheckId" in each) for each in live_records(around, state)
        ],
        answer=[(30, [{"Value": "eu.example"}], False)],
    ),
    Case(
        RECORD,
        alias,
        lambda around: {"healthCheckId": around.health_check()},
        asked=lambda around, state: ["HealthCheckId" in each for each in live_records(around, state)],
        answer=[True],
    ),
    Case(
        SCHEDULE_GROUP,
        lambda around: {"name": around.title},
        {},
        {"arn", "creationDate", "state"},
        replaces={"name": "other"},
        asked=lambda around, state: {
            tag["Key"]: tag["Value"]
            for tag in around.client("scheduler").list_tags_for_resource(ResourceArn=state.outputs["arn"])["Tags"]
        }.get("team"),
        answer="database",
    ),
    Case(
        SCHEDULE,
        schedule,
        {"scheduleExpression": "cron(0 4 1 * ? *)", "state": "DISABLED"},
        {"arn"},
        replaces={"name": "other", "groupName": "default"},
        asked=lambda around, state: around.client("scheduler").get_schedule(
            Name=state.outputs["name"], GroupName=state.outputs["groupName"]
        )["ScheduleExpression"],
        answer="cron(0 4 1 * ? *)",
    ),
    Case(
        STATE_MACHINE,
        machine,
        {"definition": definition("after"), "loggingConfiguration": None},
        {"arn", "creationDate", "status"},
        replaces={"name": "other", "type": "EXPRESS"},
        asked=lambda around, state: json.loads(
            around.client("stepfunctions").describe_state_machine(stateMachineArn=state.identifier)["definition"]
        )["Comment"],
        answer="after",
    ),
]


@pytest.fixture
def around(aws: Any, resource: Any) -> Around:
    return Around(aws, resource)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, around: Around, case: Case[Around]) -> None:
    live_through(aws, resource, around, case)
