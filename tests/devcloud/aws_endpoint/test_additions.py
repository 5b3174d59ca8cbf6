"""What is added to moto where the platform needs more of a service: asked as any client asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

HOME, ABROAD = "us-east-1", "eu-central-1"
ACCOUNT = "123456789012"
PERIOD = {"Start": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}


def refused(code: str, call: Callable[..., object], **parameters: Any) -> None:
    with pytest.raises(ClientError, match=code):
        call(**parameters)


# Budgets


def _budget(aws: Any, name: str) -> Any:
    budgets = aws.client("budgets")
    budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=budget | {"BudgetLimit": {"Amount": "10", "Unit": "USD"}, "TimePeriod": PERIOD},
        ResourceTags=[{"Key": "team", "Value": "platform"}, {"Key": "stage", "Value": "test"}],
    )
    return budgets


def test_a_changed_budget_keeps_its_period(aws: Any) -> None:
    budgets = _budget(aws, "changed")

    def described() -> Any:
        return budgets.describe_budget(AccountId=ACCOUNT, BudgetName="changed")["Budget"]

    limit = {"Amount": "20", "Unit": "USD"}
    wanted = {"BudgetName": "changed", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=wanted)
    assert described()["BudgetLimit"] == limit
    assert described()["TimePeriod"]["Start"] == PERIOD["Start"]
    refused("NotFoundException", budgets.update_budget, AccountId=ACCOUNT, NewBudget=wanted | {"BudgetName": "none"})


def test_a_notification_tells_its_subscribers(aws: Any) -> None:
    budgets = _budget(aws, "told")
    of: dict[str, Any] = {"AccountId": ACCOUNT, "BudgetName": "told"}
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "somebody@wedsync.example"}]
    budgets.create_notification(**of, Notification=notification, Subscribers=subscribers)
    ask = budgets.describe_subscribers_for_notification
    assert ask(**of, Notification=notification)["Subscribers"] == subscribers
    refused("NotFoundException", ask, **of, Notification=notification | {"Threshold": 90.0})


def test_a_budget_has_tags(aws: Any) -> None:
    budgets = _budget(aws, "tagged")
    of = {"ResourceARN": f"arn:aws:budgets::{ACCOUNT}:budget/tagged"}
    budgets.tag_resource(**of, ResourceTags=[{"Key": "team", "Value": "database"}])
    budgets.untag_resource(**of, ResourceTagKeys=["stage"])
    assert budgets.list_tags_for_resource(**of)["ResourceTags"] == [{"Key": "team", "Value": "database"}]


# CloudWatch


def _alarm(aws: Any, name: str) -> Any:
    cloudwatch = aws.client("cloudwatch")
    metric = {"Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60}
    when = {"Threshold": 80, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    cloudwatch.put_metric_alarm(AlarmName=name, **metric, **when)
    return cloudwatch


@pytest.mark.parametrize("form", ["ALARM({})", 'OK("{}")', "NOT INSUFFICIENT_DATA('{}')", "ALARM(arn:aws:x:alarm:{})"])
def test_a_composite_alarm_follows_alarms_that_exist(aws: Any, form: str) -> None:
    cloudwatch = _alarm(aws, "known")
    rule = f"{form.format('known')} OR ALARM(known)"
    cloudwatch.put_composite_alarm(AlarmName="of-known", AlarmRule=rule, AlarmDescription="one")
    kinds = ["CompositeAlarm"]
    (made,) = cloudwatch.describe_alarms(AlarmNames=["of-known"], AlarmTypes=kinds)["CompositeAlarms"]
    assert (made["AlarmRule"], made["AlarmDescription"]) == (rule, "one")

    rule = f"ALARM(known) AND {form.format('unknown')}"
    refused("do not exist: unknown", cloudwatch.put_composite_alarm, AlarmName="of-unknown", AlarmRule=rule)
    assert cloudwatch.describe_alarms(AlarmNames=["of-unknown"], AlarmTypes=kinds)["CompositeAlarms"] == []


def test_a_composite_alarm_follows_at_most_a_hundred(aws: Any) -> None:
    names = [f"many-{number}" for number in range(101)]
    for name in names:
        _alarm(aws, name)
    put = aws.client("cloudwatch").put_composite_alarm
    rule = [f"ALARM({name})" for name in names]
    put(AlarmName="of-many", AlarmRule=" OR ".join(rule[:100]))
    refused("at most 100", put, AlarmName="of-more", AlarmRule=" OR ".join(rule))


# KMS


def _primary(aws: Any) -> tuple[str, Any, Any]:
    """A multi-region key's id, and clients for both regions."""
    here, there = aws.client("kms", HOME), aws.client("kms", ABROAD)
    made = here.create_key(MultiRegion=True, Description="primary", Tags=[{"TagKey": "Name", "TagValue": "primary"}])
    return made["KeyMetadata"]["KeyId"], here, there


def test_a_replica_key_has_settings_of_its_own(aws: Any) -> None:
    key, here, there = _primary(aws)
    tags = [{"TagKey": "Name", "TagValue": "replica"}]
    here.replicate_key(KeyId=key, ReplicaRegion=ABROAD, Description="replica", Policy='{"Statement":[]}', Tags=tags)
    there.disable_key(KeyId=key)
    for client, kind, name, enabled in ((here, "PRIMARY", "primary", True), (there, "REPLICA", "replica", False)):
        metadata = client.describe_key(KeyId=key)["KeyMetadata"]
        assert metadata["MultiRegionConfiguration"]["MultiRegionKeyType"] == kind
        assert (metadata["Description"], metadata["Enabled"]) == (name, enabled)
        assert client.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "Name", "TagValue": name}]
    assert there.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == '{"Statement":[]}'
    assert here.get_key_policy(KeyId=key, PolicyName="default")["Policy"] != '{"Statement":[]}'


def test_what_a_key_encrypts_its_replica_decrypts(aws: Any) -> None:
    key, here, there = _primary(aws)
    here.replicate_key(KeyId=key, ReplicaRegion=ABROAD)
    secret = here.encrypt(KeyId=key, Plaintext=b"vow")["CiphertextBlob"]
    for client in (here, there):
        assert client.decrypt(KeyId=key, CiphertextBlob=secret)["Plaintext"] == b"vow"


def test_only_a_multi_region_key_is_replicated_and_once_a_region(aws: Any) -> None:
    key, here, _ = _primary(aws)
    here.replicate_key(KeyId=key, ReplicaRegion=ABROAD)
    refused("AlreadyExistsException", here.replicate_key, KeyId=key, ReplicaRegion=ABROAD)
    single = here.create_key()["KeyMetadata"]["KeyId"]
    refused("not a multi-region key", here.replicate_key, KeyId=single, ReplicaRegion=ABROAD)


# Route 53


def _check(aws: Any, **configuration: Any) -> tuple[Any, str]:
    route53 = aws.client("route53")
    made = route53.create_health_check(CallerReference=repr(configuration), HealthCheckConfig=configuration)
    return route53, made["HealthCheck"]["Id"]


def _changed(route53: Any, check: str, **changes: Any) -> Any:
    route53.update_health_check(HealthCheckId=check, **changes)
    return route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]


def test_a_health_check_keeps_the_alarm_that_it_follows(aws: Any) -> None:
    one, other = ({"Region": HOME, "Name": name} for name in ("one", "other"))
    follows = {"AlarmIdentifier": one, "InsufficientDataHealthStatus": "Unhealthy"}
    route53, check = _check(aws, Type="CLOUDWATCH_METRIC", **follows)
    assert _changed(route53, check, Inverted=True) | follows | {"Inverted": True} == _changed(route53, check)
    changed = _changed(route53, check, AlarmIdentifier=other)
    assert (changed["AlarmIdentifier"], changed["InsufficientDataHealthStatus"]) == (other, "Unhealthy")


def test_an_update_that_names_no_children_leaves_them(aws: Any) -> None:
    regions = ["eu-west-1", "us-east-1", "us-west-1"]
    target: dict[str, Any] = {"Type": "TCP", "Port": 443, "Regions": regions}
    (route53, one), (_, other) = (_check(aws, **target, IPAddress=f"192.0.2.{number}") for number in (1, 2))
    assert _changed(route53, one, FailureThreshold=5)["Regions"] == regions
    _, fleet = _check(aws, Type="CALCULATED", ChildHealthChecks=[one, other], HealthThreshold=2)
    assert _changed(route53, fleet, HealthThreshold=1)["ChildHealthChecks"] == [one, other]
    assert _changed(route53, fleet, ChildHealthChecks=[other])["ChildHealthChecks"] == [other]
    refused("NoSuchHealthCheck", route53.update_health_check, HealthCheckId=one[::-1], Port=1)


# EC2


def test_rules_that_let_groups_or_lists_in_tell_their_descriptions(aws: Any) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    into, source = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("into", "source")
    )
    ranges = ec2.create_managed_prefix_list(PrefixListName="ranges", MaxEntries=1, AddressFamily="IPv4")["PrefixList"][
        "PrefixListId"
    ]
    ports = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    permissions = [
        ports | {"UserIdGroupPairs": [{"GroupId": source, "Description": "a group"}]},
        ports | {"IpRanges": [{"CidrIp": "10.6.0.0/16", "Description": "a range"}]},
        ports | {"PrefixListIds": [{"PrefixListId": ranges, "Description": "a list"}]},
    ]
    ec2.authorize_security_group_ingress(GroupId=into, IpPermissions=permissions)
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [into]}])["SecurityGroupRules"]
    assert {rule["Description"] for rule in found if not rule["IsEgress"]} == {"a group", "a range", "a list"}
