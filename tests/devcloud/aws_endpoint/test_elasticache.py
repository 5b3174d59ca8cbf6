"""ElastiCache over real Redis: who gets in, what is replicated, what outlives a kill."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.scope import Scope
from components.security.secret_names import cache_user
from delivery import cache_access
from delivery.cache_access import ensure_cache_access
from delivery.credentials import read_credentials
from devcloud.aws_endpoint.resp import RedisError
from tests.devcloud.aws_endpoint.caching import (
    PASSWORD,
    REGION,
    cache,
    closed_user,
    connect,
    described,
    members,
    redis_processes,
    user,
    user_group,
)
from tests.devcloud.aws_endpoint.conftest import LocalAws


def test_the_applications_user_gets_in_and_nobody_else(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the region stack makes the cache and `delivery.cache_access` opens it."""
    monkeypatch.setattr(cache_access, "_POLL_SECONDS", 0.05)
    scope = Scope("local", REGION)
    users = user_group(aws, cache_access.user_group_id(scope), closed_user(aws, "access-default"))
    group = cache(aws, "access", UserGroupIds=[users])
    secrets, elasticache = aws.client("secretsmanager", REGION), aws.client("elasticache", REGION)
    assert ensure_cache_access(elasticache, secrets, scope) is True
    assert ensure_cache_access(elasticache, secrets, scope) is False
    password = read_credentials(secrets, cache_user("local", REGION)).password

    with connect(group, cache_access.USERNAME, password) as client:
        assert client.send("SET", "guests", "150") == "OK"
        assert client.send("GET", "guests") == "150"
        assert "redis_version:" in str(client.send("INFO", "server"))
        for forbidden in ("FLUSHALL", "KEYS *", "CONFIG GET dir", "ACL LIST", "SHUTDOWN"):
            with pytest.raises(RedisError, match="NOPERM"):
                client.send(*forbidden.split())
    with pytest.raises(RedisError, match="WRONGPASS"):
        connect(group, cache_access.USERNAME, "not-the-password")
    with connect(group) as client, pytest.raises(RedisError, match="NOAUTH"):
        client.send("GET", "guests")
    with pytest.raises(RedisError, match="WRONGPASS"):
        connect(group, "default", "any-password-at-all")

    secrets.put_secret_value(
        SecretId=cache_user("local", REGION),
        SecretString='{"username": "application", "password": "another-canary-password-0123456789"}',
    )
    assert ensure_cache_access(elasticache, secrets, scope) is True
    for valid in (password, "another-canary-password-0123456789"):
        with connect(group, cache_access.USERNAME, valid) as client:
            assert client.send("GET", "guests") == "150"


def test_the_endpoint_speaks_tls_where_it_was_asked_for(aws: LocalAws) -> None:
    encrypted, plain = cache(aws, "encrypted"), cache(aws, "plain", TransitEncryptionEnabled=False)
    for group, tls in ((encrypted, True), (plain, False)):
        with connect(group, tls=tls) as client:
            assert client.send("PING") == "PONG"
    with connect(encrypted, tls=False) as client, pytest.raises(ConnectionError):
        client.send("PING")


def test_writes_are_read_on_the_reader_endpoint_and_not_taken_there(aws: LocalAws, within: Any) -> None:
    group = cache(aws, "replicated", NumCacheClusters=3)
    with connect(group) as primary, connect(group, reader=True) as reader:
        primary.send("SET", "a", "1")
        within(lambda: reader.send("GET", "a") == "1", "the write is on a replica")
        with pytest.raises(RedisError, match="READONLY"):
            reader.send("SET", "a", "2")


def test_a_failover_keeps_the_data_and_the_endpoint(aws: LocalAws, within: Any) -> None:
    group = cache(aws, "failing-over")
    with connect(group) as primary:
        primary.send("SET", "a", "1")
    with connect(group, reader=True) as reader:
        within(lambda: reader.send("GET", "a") == "1", "the write is on the replica")
    elasticache = aws.client("elasticache", REGION)
    elasticache.test_failover(ReplicationGroupId="failing-over", NodeGroupId="0001")
    after = described(aws, "failing-over")
    assert members(after) == {"failing-over-001": "replica", "failing-over-002": "primary"}
    assert after["NodeGroups"][0]["PrimaryEndpoint"] == group["NodeGroups"][0]["PrimaryEndpoint"]
    with connect(after) as primary:
        assert primary.send("GET", "a") == "1"
        primary.send("SET", "a", "2")
    with connect(after, reader=True) as reader:
        within(lambda: reader.send("GET", "a") == "2", "the former primary follows")


def test_replicas_come_and_go(aws: LocalAws, within: Any) -> None:
    group = cache(aws, "resized")
    elasticache = aws.client("elasticache", REGION)
    with connect(group) as primary:
        primary.send("SET", "a", "1")
    before = len(redis_processes(aws))
    elasticache.increase_replica_count(ReplicationGroupId="resized", NewReplicaCount=2, ApplyImmediately=True)
    assert list(members(described(aws, "resized"))) == ["resized-001", "resized-002", "resized-003"]
    assert len(redis_processes(aws)) == before + 1
    elasticache.decrease_replica_count(ReplicationGroupId="resized", NewReplicaCount=1, ApplyImmediately=True)
    assert members(described(aws, "resized")) == {"resized-001": "primary", "resized-002": "replica"}
    within(lambda: len(redis_processes(aws)) == before, "the replica's process ended")
    elasticache.delete_replication_group(ReplicationGroupId="resized")
    assert len(redis_processes(aws)) == before - 2
    with pytest.raises(OSError, match="refused"):
        connect(group)


def test_a_parameter_group_reaches_the_servers(aws: LocalAws) -> None:
    elasticache = aws.client("elasticache", REGION)
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName="small", CacheParameterGroupFamily="redis7", Description="small"
    )

    def set_parameters(**values: str) -> None:
        elasticache.modify_cache_parameter_group(
            CacheParameterGroupName="small",
            ParameterNameValues=[
                {"ParameterName": name.replace("_", "-"), "ParameterValue": value} for name, value in values.items()
            ],
        )

    set_parameters(maxmemory_policy="volatile-lru", reserved_memory_percent="25")
    group = cache(aws, "tuned", CacheParameterGroupName="small")
    with connect(group) as client:
        client.send("SET", "kept", "1")
        assert "maxmemory_policy:volatile-lru" in str(client.send("INFO", "memory"))
    set_parameters(maxmemory_policy="allkeys-lfu")
    with connect(group) as client:
        assert "maxmemory_policy:allkeys-lfu" in str(client.send("INFO", "memory"))
        assert client.send("GET", "kept") == "1"
    for wrong in ({"maxmemory_policy": "often"}, {"no_such_parameter": "1"}):
        with pytest.raises(ClientError, match=r"InvalidParameterValue.*(often|no-such-parameter)"):
            set_parameters(**wrong)
    with pytest.raises(ClientError, match=r"InvalidCacheParameterGroupState.*used by replication group tuned"):
        elasticache.delete_cache_parameter_group(CacheParameterGroupName="small")


def test_what_redis_refuses_is_undone(aws: LocalAws) -> None:
    users = user_group(aws, "strict", closed_user(aws, "strict-default"))
    group = cache(aws, "strict", UserGroupIds=[users])
    wrong = user(aws, "wrong", "on +@no-such-category")
    elasticache = aws.client("elasticache", REGION)
    with pytest.raises(ClientError, match=r"RedisFailed.*ModifyUserGroup was undone.*no-such-category"):
        elasticache.modify_user_group(UserGroupId="strict", UserIdsToAdd=[wrong])
    assert elasticache.describe_user_groups(UserGroupId="strict")["UserGroups"][0]["UserIds"] == ["strict-default"]
    assert described(aws, "strict")["Status"] == "available"
    elasticache.modify_user_group(UserGroupId="strict", UserIdsToAdd=[user(aws, "right")])
    with connect(group, "right", PASSWORD) as client:
        assert client.send("PING") == "PONG"
        with pytest.raises(RedisError, match="NOPERM"):  # ElastiCache's own, whatever the access string says
            client.send("CONFIG", "GET", "dir")


def test_an_auth_token_lets_in_and_is_rotated(aws: LocalAws) -> None:
    group = cache(aws, "tokens", AuthToken=PASSWORD)
    elasticache = aws.client("elasticache", REGION)

    def opens(token: str) -> bool:
        try:
            with connect(group, "default", token) as client:
                return client.send("PING") == "PONG"
        except RedisError:
            return False

    assert [opens(PASSWORD), opens("no-canary-password")] == [True, False]
    for strategy, both in (("ROTATE", True), ("SET", False)):
        elasticache.modify_replication_group(
            ReplicationGroupId="tokens",
            AuthToken="second-canary-password",
            AuthTokenUpdateStrategy=strategy,
            ApplyImmediately=True,
        )
        assert [opens(PASSWORD), opens("second-canary-password")] == [both, True]


def _cache_with_everything(aws: LocalAws) -> dict[str, Any]:
    users = user_group(aws, "kept", closed_user(aws, "kept-default"), user(aws, "kept-user"))
    group = cache(aws, "kept", UserGroupIds=[users], Tags=[{"Key": "Name", "Value": "kept"}])
    with connect(group, "kept-user", PASSWORD) as client:
        client.send("SET", "a", "1")
    return group


def _inventory(aws: LocalAws) -> dict[str, Any]:
    elasticache = aws.client("elasticache", REGION)
    group = described(aws, "kept")
    return {
        "group": group,
        "tags": elasticache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"],
        "nodes": elasticache.describe_cache_clusters()["CacheClusters"],
        "users": elasticache.describe_users()["Users"],
        "user groups": elasticache.describe_user_groups()["UserGroups"],
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_objects_and_data(own_aws: Any, within: Any, number: signal.Signals) -> None:
    aws = own_aws("restarted")
    group = _cache_with_everything(aws)
    before = _inventory(aws)
    aws.signal(number)
    within(lambda: redis_processes(aws) == [], "Redis ended with the endpoint")
    aws.start()
    assert _inventory(aws) == before
    with connect(group, "kept-user", PASSWORD) as client:
        assert client.send("GET", "a") == "1"


def test_a_redis_that_is_killed_comes_back(own_aws: Any, within: Any) -> None:
    aws = own_aws("crashed")
    group = _cache_with_everything(aws)
    for pid in redis_processes(aws):
        os.kill(pid, signal.SIGKILL)

    def answers() -> bool:
        try:
            with connect(group, "kept-user", PASSWORD) as client:
                return client.send("GET", "a") == "1"
        except OSError:
            return False

    within(answers, "the killed server answers again")


def test_no_password_is_on_the_disk_of_redis(own_aws: Any) -> None:
    aws = own_aws("quiet")
    _cache_with_everything(aws)
    files = [file for file in (aws.state / "redis").rglob("*") if file.is_file()]
    assert any(file.name == "users.acl" for file in files)
    assert not [file for file in files if PASSWORD.encode() in file.read_bytes()]
