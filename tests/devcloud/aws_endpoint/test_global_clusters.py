"""A global cluster: a primary, secondaries that stream from it, and what moves between them."""

from __future__ import annotations

import itertools
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

SECONDARY = "eu-central-1"
CREDENTIALS = {"MasterUsername": None, "MasterUserPassword": None, "DatabaseName": None}
_NUMBERS = itertools.count(1)  # every test has a global cluster of its own in the module's endpoint


@pytest.fixture
def world(aws: Any) -> str:
    """A global cluster with a primary that has a writer instance, and a secondary with one; its identifier."""
    name = f"world-{next(_NUMBERS)}"
    aws.client("rds").create_global_cluster(GlobalClusterIdentifier=name, Engine="aurora-postgresql")
    aws.create_cluster(f"{name}-p", GlobalClusterIdentifier=name)
    aws.create_instance(f"{name}-p", f"{name}-p1")
    aws.create_cluster(f"{name}-s", region=SECONDARY, GlobalClusterIdentifier=name, **CREDENTIALS)
    aws.create_instance(f"{name}-s", f"{name}-s1", region=SECONDARY)
    return name


def _refused(code: str, call: Any, **parameters: Any) -> None:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response.get("Error", {}).get("Code") == code


def test_a_secondary_streams_and_refuses_writes(aws: Any, world: str) -> None:
    primary, secondary = aws.describe(f"{world}-p"), aws.describe(f"{world}-s", SECONDARY)
    aws.sql(primary, "CREATE TABLE guests AS SELECT 7 AS number")
    aws.reads(secondary, "SELECT number FROM guests", 7)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        aws.sql(secondary, "INSERT INTO guests VALUES (8)")
    assert [member["IsClusterWriter"] for member in secondary["DBClusterMembers"]] == [False]
    described = aws.client("rds").describe_global_clusters(GlobalClusterIdentifier=world)["GlobalClusters"]
    assert [(member["DBClusterArn"], member["IsWriter"]) for member in described[0]["GlobalClusterMembers"]] == [
        (primary["DBClusterArn"], True),
        (secondary["DBClusterArn"], False),
    ]


def test_a_second_instance_of_a_secondary_streams_too(aws: Any, world: str) -> None:
    aws.create_instance(f"{world}-s", f"{world}-s2", region=SECONDARY)
    aws.sql(aws.describe(f"{world}-p"), "CREATE TABLE guests AS SELECT 7 AS number")
    aws.reads(aws.describe(f"{world}-s", SECONDARY), "SELECT number FROM guests", 7)


def test_a_switchover_swaps_the_roles_and_loses_nothing(aws: Any, world: str) -> None:
    primary, secondary = aws.describe(f"{world}-p"), aws.describe(f"{world}-s", SECONDARY)
    aws.sql(primary, "CREATE TABLE guests AS SELECT 7 AS number")
    aws.client("rds").switchover_global_cluster(
        GlobalClusterIdentifier=world, TargetDbClusterIdentifier=secondary["DBClusterArn"]
    )
    aws.sql(secondary, "INSERT INTO guests VALUES (8)")
    aws.reads(primary, "SELECT count(*) FROM guests", 2)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        aws.sql(primary, "INSERT INTO guests VALUES (9)")


def test_a_password_survives_a_switchover(aws: Any, world: str) -> None:
    rds, secondary = aws.client("rds"), aws.describe(f"{world}-s", SECONDARY)
    rds.modify_db_cluster(DBClusterIdentifier=f"{world}-p", MasterUserPassword="second-p4ssword", ApplyImmediately=True)
    rds.switchover_global_cluster(GlobalClusterIdentifier=world, TargetDbClusterIdentifier=secondary["DBClusterArn"])
    assert aws.sql(secondary, "SELECT pg_is_in_recovery()", password="second-p4ssword") == (False,)


def test_removing_a_secondary_promotes_it(aws: Any, world: str) -> None:
    primary, secondary = aws.describe(f"{world}-p"), aws.describe(f"{world}-s", SECONDARY)
    aws.sql(primary, "CREATE TABLE guests AS SELECT 7 AS number")
    aws.reads(secondary, "SELECT number FROM guests", 7)
    remove = aws.client("rds", SECONDARY).remove_from_global_cluster
    _refused("InvalidGlobalClusterStateFault", remove, GlobalClusterIdentifier=world,
             DbClusterIdentifier=primary["DBClusterArn"])  # fmt: skip
    remove(GlobalClusterIdentifier=world, DbClusterIdentifier=secondary["DBClusterArn"])
    aws.sql(secondary, "INSERT INTO guests VALUES (8)")
    assert aws.sql(primary, "SELECT count(*) FROM guests") == (1,)


def test_a_global_cluster_is_taken_apart_from_the_leaves(aws: Any, world: str) -> None:
    rds, away = aws.client("rds"), aws.client("rds", SECONDARY)
    _refused("InvalidDBClusterStateFault", away.delete_db_cluster,
             DBClusterIdentifier=f"{world}-s", SkipFinalSnapshot=True)  # fmt: skip
    _refused("InvalidGlobalClusterStateFault", rds.delete_global_cluster, GlobalClusterIdentifier=world)
    for region, client, name in ((SECONDARY, away, f"{world}-s"), ("us-east-1", rds, f"{world}-p")):
        arn = aws.describe(name, region)["DBClusterArn"]
        client.remove_from_global_cluster(GlobalClusterIdentifier=world, DbClusterIdentifier=arn)
        client.delete_db_instance(DBInstanceIdentifier=f"{name}1", SkipFinalSnapshot=True)
        client.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    rds.delete_global_cluster(GlobalClusterIdentifier=world)
    _refused("GlobalClusterNotFoundFault", rds.describe_global_clusters, GlobalClusterIdentifier=world)
    assert [path.name for path in (aws.state / "postgres").iterdir() if world in path.name] == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"MasterUsername": "wed"}, "Cannot specify user name for cross region replication cluster"),
        ({"MasterUserPassword": "a-p4ssword"}, "Cannot specify password for cross region replication cluster"),
        ({"DatabaseName": "app"}, "Cannot specify database name for cross region replication cluster"),
        ({"ManageMasterUserPassword": True}, "not supported for members of a global cluster"),
    ],
)
def test_a_secondary_has_no_credentials(aws: Any, more: dict[str, Any], message: str) -> None:
    name = f"world-{next(_NUMBERS)}"
    aws.client("rds").create_global_cluster(GlobalClusterIdentifier=name, Engine="aurora-postgresql")
    aws.create_cluster(f"{name}-p", GlobalClusterIdentifier=name)
    aws.create_instance(f"{name}-p", f"{name}-p1")
    with pytest.raises(ClientError, match=message) as refused:
        aws.create_cluster(f"{name}-s", region=SECONDARY, GlobalClusterIdentifier=name, **(CREDENTIALS | more))
    assert refused.value.response.get("Error", {}).get("Code") == "InvalidParameterCombination"


def test_a_secondary_waits_for_the_writer_of_the_primary(aws: Any) -> None:
    aws.client("rds").create_global_cluster(GlobalClusterIdentifier="early", Engine="aurora-postgresql")
    aws.create_cluster("early-p", GlobalClusterIdentifier="early")
    with pytest.raises(ClientError, match="not valid for physical replication") as refused:
        aws.create_cluster("early-s", region=SECONDARY, GlobalClusterIdentifier="early", **CREDENTIALS)
    assert refused.value.response.get("Error", {}).get("Code") == "InvalidDBClusterStateFault"


def test_a_cluster_becomes_the_primary_of_a_new_global_cluster(aws: Any) -> None:
    rds = aws.client("rds", SECONDARY)
    arn = aws.create_cluster("first", region=SECONDARY)["DBClusterArn"]
    rds.create_global_cluster(
        GlobalClusterIdentifier="made-of", SourceDBClusterIdentifier=arn, Tags=[{"Key": "k", "Value": "v"}]
    )
    found = rds.describe_global_clusters(GlobalClusterIdentifier="made-of")["GlobalClusters"][0]
    assert found["GlobalClusterMembers"][0]["DBClusterArn"] == arn
    assert found["GlobalClusterMembers"][0]["IsWriter"] is True
    assert rds.list_tags_for_resource(ResourceName=found["GlobalClusterArn"])["TagList"] == [{"Key": "k", "Value": "v"}]


def test_a_protected_global_cluster_is_not_deleted(aws: Any) -> None:
    rds = aws.client("rds")
    rds.create_global_cluster(GlobalClusterIdentifier="guarded", Engine="aurora-postgresql", DeletionProtection=True)
    _refused("InvalidParameterCombination", rds.delete_global_cluster, GlobalClusterIdentifier="guarded")
    rds.modify_global_cluster(GlobalClusterIdentifier="guarded", DeletionProtection=False)
    rds.delete_global_cluster(GlobalClusterIdentifier="guarded")
