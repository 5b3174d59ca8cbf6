"""Check: names and defaults filled in, wrong inputs named."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.aws.provider import AwsProvider
from devcloud.providers.aws.writeonly import MARKER
from devcloud.providers.plugin import ProviderError
from devcloud.providers.properties import UNKNOWN

CLUSTER = "aws:rds/cluster:Cluster"
GOOD = {"engine": "aurora-postgresql", "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8}}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> AwsProvider:
    """Configured with an endpoint that nobody serves: Check makes no calls."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    provider = AwsProvider()
    provider.configure({"region": "us-east-1", "defaultTags": '{"tags":{"team":"platform"}}'})
    return provider


def failures(provider: AwsProvider, resource: Any, pulumi_type: str, news: dict[str, Any]) -> list[tuple[str, str]]:
    return provider.check(resource(pulumi_type), {}, news, b"seed").failures


def test_a_name_is_made_up_once_and_kept(provider: AwsProvider, resource: Any) -> None:
    first = provider.check(resource(CLUSTER, "db"), {}, GOOD, b"seed").inputs
    assert first["clusterIdentifier"].startswith("db-")
    assert len(first["clusterIdentifier"]) == len("db-") + 7
    assert provider.check(resource(CLUSTER, "db"), {}, GOOD, b"seed").inputs == first
    assert provider.check(resource(CLUSTER, "db"), first, GOOD, b"other").inputs == first
    assert provider.check(resource(CLUSTER, "db"), {}, GOOD, b"other").inputs != first


def test_a_made_up_name_respects_the_limit_and_the_prefix(provider: AwsProvider, resource: Any) -> None:
    long = provider.check(resource(CLUSTER, "d" * 80), {}, GOOD, b"seed").inputs["clusterIdentifier"]
    assert len(long) == 63
    inputs = provider.check(resource(CLUSTER), {}, {**GOOD, "clusterIdentifierPrefix": "blue-"}, b"seed").inputs
    assert inputs["clusterIdentifier"].startswith("blue-")
    alias = provider.check(resource("aws:kms/alias:Alias", "key"), {}, {"targetKeyId": "1"}, b"seed").inputs
    assert alias["name"].startswith("alias/key-")


def test_defaults_region_and_default_tags_are_filled_in(provider: AwsProvider, resource: Any) -> None:
    inputs = provider.check(resource(CLUSTER), {}, {**GOOD, "tags": {"team": "db", "a": "b"}}, b"seed").inputs
    assert inputs["backupRetentionPeriod"] == 1
    assert inputs["skipFinalSnapshot"] is False
    assert inputs["region"] == "us-east-1"
    assert inputs["tags"] == {"team": "db", "a": "b"}
    assert provider.check(resource(CLUSTER), {}, GOOD, b"seed").inputs["tags"] == {"team": "platform"}


@pytest.mark.parametrize(
    ("news", "path", "reason"),
    [
        ({"engin": "x"}, "engin", "did you mean 'engine'"),
        ({"backupRetentionPeriod": "7"}, "backupRetentionPeriod", "Invalid type"),
        ({"backupRetentionPeriod": True}, "backupRetentionPeriod", "a whole number, not True"),
        ({"skipFinalSnapshot": "yes"}, "skipFinalSnapshot", "must be true or false, not 'yes'"),
        (
            {"serverlessv2ScalingConfiguration": {"minCapacty": 1}},
            "serverlessv2ScalingConfiguration.minCapacty",
            "'minCapacity'",
        ),
        ({"availabilityZones": ["a", 1]}, "availabilityZones[1]", "Invalid type"),
        ({"masterPassword": "a", "masterPasswordWo": "b"}, "masterPasswordWo", "conflicts with masterPassword"),
    ],
)
def test_a_wrong_input_is_named(
    provider: AwsProvider, resource: Any, news: dict[str, Any], path: str, reason: str
) -> None:
    found = failures(provider, resource, CLUSTER, {**GOOD, **news})
    assert [name for name, _ in found] == [path]
    assert reason in found[0][1]


def test_members_of_blocks_without_a_shape_are_checked(provider: AwsProvider, resource: Any) -> None:
    table = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "billingMode": "PAY_PER_REQUEST"}
    wrong = {**table, "pointInTimeRecovery": {"enabeld": True}, "attributes": [{"name": 7, "type": "S"}]}
    assert failures(provider, resource, "aws:dynamodb/table:Table", table) == []
    assert sorted(failures(provider, resource, "aws:dynamodb/table:Table", wrong)) == [
        ("attributes[0].name", "must be text, not 7"),
        ("pointInTimeRecovery.enabeld", "there is no such property; did you mean 'enabled'?"),
    ]


def test_a_missing_required_parameter_is_told(provider: AwsProvider, resource: Any) -> None:
    found = failures(provider, resource, "aws:rds/clusterInstance:ClusterInstance", {"clusterIdentifier": "c"})
    assert any('"DBInstanceClass"' in reason for _, reason in found)


def test_unknowns_are_taken_as_right(provider: AwsProvider, resource: Any) -> None:
    news = {**GOOD, "kmsKeyId": UNKNOWN, "serverlessv2ScalingConfiguration": {"minCapacity": UNKNOWN, "maxCapacity": 1}}
    assert failures(provider, resource, CLUSTER, news) == []


def test_a_write_only_value_is_checked_and_hidden(provider: AwsProvider, resource: Any) -> None:
    checked = provider.check(resource(CLUSTER), {}, {**GOOD, "masterPasswordWo": "hunter2"}, b"seed")
    assert checked.inputs["masterPasswordWo"] == MARKER
    assert "hunter2" not in repr(checked)
    found = failures(provider, resource, CLUSTER, {**GOOD, "masterPasswordWo": 424242})
    assert found[0][0] == "masterPasswordWo"
    assert "424242" not in repr(found)


def test_a_type_outside_the_table_is_refused_with_a_hint(provider: AwsProvider, resource: Any) -> None:
    with pytest.raises(ProviderError, match=r"did you mean 'aws:rds/cluster:Cluster'"):
        failures(provider, resource, "aws:rds/clutser:Cluster", {})
