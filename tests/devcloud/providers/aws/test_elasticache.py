"""The types of ElastiCache through their whole life at the local endpoint: create, no diff, change, delete."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.plugin import ProviderError, State

from .life import Case, Inputs, Life, World, live_through

USER = "aws:elasticache/user:User"
USER_GROUP = "aws:elasticache/userGroup:UserGroup"
SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETER_GROUP = "aws:elasticache/parameterGroup:ParameterGroup"
REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLOSED = {
    "userName": "default",
    "engine": "redis",
    "accessString": "off -@all",
    "authenticationMode": {"type": "no-password-required"},
}
SECRET, ANOTHER = "a-canary-password-0123", "another-canary-password"
POLICY, TIMEOUT = {"name": "maxmemory-policy", "value": "volatile-lru"}, {"name": "timeout", "value": "300"}


class Around(World):
    """A world with what a cache refers to."""

    def user(self, name: str = "default") -> str:
        inputs = {**CLOSED, "userId": f"{self.title}-{len(self.made)}", "userName": name}
        return self.make(USER, inputs).identifier

    def users(self) -> str:
        inputs = {"userGroupId": self.title, "engine": "redis", "userIds": [self.user()]}
        return self.make(USER_GROUP, inputs).identifier

    def cache_subnets(self) -> str:
        return self.make(SUBNET_GROUP, {"name": self.title, "subnetIds": self.subnets()}).identifier

    def parameters(self) -> str:
        inputs = {"name": self.title, "family": "redis7", "parameters": [POLICY]}
        return self.make(PARAMETER_GROUP, inputs).identifier

    def slow_log(self, kind: str = "slow-log", form: str = "json") -> Inputs:
        to = {"destination": f"/{self.title}/slow", "destinationType": "cloudwatch-logs"}
        return {**to, "logFormat": form, "logType": kind}


def replication_group(around: Around) -> Inputs:
    around.make("aws:cloudwatch/logGroup:LogGroup", {"name": f"/{around.title}/slow"})
    return {
        "replicationGroupId": around.title,
        "description": "of a test",
        "engine": "redis",
        "engineVersion": "7.1",
        "nodeType": "cache.t4g.small",
        "numCacheClusters": 2,
        "port": 6379,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "atRestEncryptionEnabled": True,
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "07:30-08:30",
        "maintenanceWindow": "wed:08:30-wed:09:30",
        "autoMinorVersionUpgrade": False,
        "applyImmediately": False,
        "subnetGroupName": around.cache_subnets(),
        "parameterGroupName": around.parameters(),
        "kmsKeyId": around.key(),
        "userGroupIds": [around.users()],
        "logDeliveryConfigurations": [around.slow_log()],
    }


def members(around: Around, state: State) -> list[str]:
    described = around.client("elasticache").describe_replication_groups(ReplicationGroupId=state.identifier)
    return described["ReplicationGroups"][0]["MemberClusters"]


CASES: list[Case[Around]] = [
    Case(
        USER,
        lambda around: {"userId": around.title, **CLOSED},
        {"accessString": "on ~* +@read"},
        {"arn"},
        replaces={"userName": "other", "userId": "other"},
        asked=lambda around, state: around.client("elasticache").describe_users(UserId=state.identifier)["Users"][0][
            "AccessString"
        ],
        answer="on ~* +@read",
    ),
    Case(
        USER_GROUP,
        lambda around: {"userGroupId": around.title, "engine": "redis", "userIds": [around.user()]},
        lambda around: {"userIds": [around.user("other"), around.user()]},
        {"arn"},
        replaces={"userGroupId": "others"},
        asked=lambda around, state: len(
            around.client("elasticache").describe_user_groups(UserGroupId=state.identifier)["UserGroups"][0]["UserIds"]
        ),
        answer=2,
    ),
    Case(
        SUBNET_GROUP,
        lambda around: {"name": around.title, "description": "of a test", "subnetIds": [around.subnet(1)]},
        lambda around: {"description": "changed", "subnetIds": [around.subnet(2), around.subnet(1)]},
        {"arn", "vpcId"},
        replaces={"name": "other"},
    ),
    Case(
        PARAMETER_GROUP,
        lambda around: {
            "name": around.title,
            "family": "redis7",
            "description": "of a test",
            "parameters": [POLICY],
        },
        {"parameters": [{**POLICY, "value": "allkeys-lru"}, TIMEOUT]},
        {"arn"},
        then=({"parameters": [TIMEOUT]}, {"parameters": None}),
        replaces={"family": "valkey8"},
    ),
    Case(
        REPLICATION_GROUP,
        replication_group,
        lambda around: {
            "numCacheClusters": 3,
            "description": "changed",
            "nodeType": "cache.r7g.large",
            "snapshotRetentionLimit": 3,
            "maintenanceWindow": "tue:08:30-tue:09:30",
            "parameterGroupName": "default.redis7",
            "logDeliveryConfigurations": [around.slow_log(form="text"), around.slow_log("engine-log")],
        },
        {"arn", "memberClusters", "primaryEndpointAddress", "readerEndpointAddress", "engineVersionActual"},
        then=(
            {"numCacheClusters": 1, "automaticFailoverEnabled": False, "multiAzEnabled": False},
            {"logDeliveryConfigurations": None, "snapshotRetentionLimit": None},
        ),
        replaces={"port": 6380, "subnetGroupName": "other", "transitEncryptionEnabled": False},
        asked=lambda around, state: len(members(around, state)),
        answer=1,
    ),
]


@pytest.fixture
def around(aws: Any, resource: Any) -> Around:
    return Around(aws, resource)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, around: Around, case: Case[Around]) -> None:
    live_through(aws, resource, around, case)


def test_a_users_password_is_written_and_never_kept(aws: Any, resource: Any) -> None:
    user = Life(aws, resource(USER, "writer"))
    inputs = {"userId": "user-writer", "userName": "writer", "engine": "redis", "accessString": "on ~* +@all"}
    user.create({**inputs, "passwordsWo": SECRET, "passwordsWoVersion": 1})
    assert ("CreateUser", [SECRET]) in [(name, sent.get("Passwords")) for name, sent in aws.calls]
    assert SECRET not in repr((user.state.inputs, user.state.outputs))
    before = len(aws.calls)
    user.change({"passwordsWo": ANOTHER, "passwordsWoVersion": 2})
    assert ("ModifyUser", {"UserId": "user-writer", "Passwords": [ANOTHER]}) in aws.calls[before:]
    user.delete()


def test_somebody_who_opens_a_closed_user_is_drift(aws: Any, resource: Any, around: Around) -> None:
    this, inputs = resource(USER, "drifting"), {"userId": "user-drifting", **CLOSED}
    state = aws.create(this, inputs)
    around.client("elasticache").modify_user(
        UserId="user-drifting", AccessString="on ~* +@all", Passwords=["somebodys-password"]
    )
    found = aws.refresh(this, state).inputs
    assert found["accessString"] == "on ~* +@all"
    assert found["authenticationMode"] == {"type": "password"}


def test_a_group_without_a_default_user_is_refused(around: Around) -> None:
    with pytest.raises(ProviderError, match="DefaultUserRequired"):
        around.make(USER_GROUP, {"userGroupId": "lonely", "engine": "redis", "userIds": [around.user("lonely")]})


def test_a_cache_keeps_its_endpoints_when_nodes_come(aws: Any, resource: Any, around: Around) -> None:
    group = Life(aws, resource(REPLICATION_GROUP, around.title))
    before = group.create(replication_group(around)).outputs
    assert before["memberClusters"] == [f"{around.title}-001", f"{around.title}-002"]
    assert before["primaryEndpointAddress"] != before["readerEndpointAddress"]
    assert before["engineVersionActual"] == "7.1.0"
    after = group.change({"numCacheClusters": 3}).outputs
    assert after["memberClusters"] == [*before["memberClusters"], f"{around.title}-003"]
    for endpoint in ("primaryEndpointAddress", "readerEndpointAddress"):
        assert after[endpoint] == before[endpoint]
