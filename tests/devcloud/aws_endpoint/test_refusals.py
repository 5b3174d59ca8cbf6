"""A PostgreSQL that fails: what was asked for is undone or reported, and others do not notice."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError

# Each is valid by itself, so the API takes them; PostgreSQL refuses to start with both.
_UNSTARTABLE = {"max_connections": "20", "superuser_reserved_connections": "30"}
_REASON = "superuser_reserved_connections .* must be less than max_connections"


@pytest.fixture(scope="module", autouse=True)
def groups(aws: Any) -> None:
    """A cluster's and an instance's parameter group, both called "unstartable"."""
    family = {"DBParameterGroupFamily": "aurora-postgresql16", "Description": "test"}
    rds = aws.client("rds")
    rds.create_db_cluster_parameter_group(DBClusterParameterGroupName="unstartable", **family)
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName="unstartable", Parameters=_parameters())
    rds.create_db_parameter_group(DBParameterGroupName="unstartable", **family)
    rds.modify_db_parameter_group(DBParameterGroupName="unstartable", Parameters=_parameters())


def _parameters() -> list[dict[str, str]]:
    return [
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for name, value in _UNSTARTABLE.items()
    ]


def _traces(aws: Any, name: str) -> list[str]:
    """What a cluster has on disk."""
    files = [*(aws.state / "postgres").iterdir(), *(aws.state / "logs").iterdir()]
    return [file.name for file in files if f".{name}." in file.name]


def _refused() -> Any:
    return pytest.raises(ClientError, match=f"(?s)PostgreSQLFailed.*was undone.*{_REASON}")


def _secrets(aws: Any) -> list[str]:
    return [secret["Name"] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]]


@pytest.mark.parametrize(
    "credentials", [{}, {"MasterUserPassword": None, "ManageMasterUserPassword": True}], ids=["own", "managed"]
)
def test_a_refused_cluster_leaves_nothing_and_its_name_is_free(aws: Any, credentials: dict[str, Any]) -> None:
    name = f"refused-{len(credentials)}"
    secrets = _secrets(aws)
    with _refused():
        aws.create_cluster(name, DBClusterParameterGroupName="unstartable", **credentials)

    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        aws.describe(name)
    assert _traces(aws, name) == []
    assert _secrets(aws) == secrets
    again = aws.create_cluster(name)
    assert again["Status"] == "available"
    assert aws.sql(again, "SELECT 1") == (1,)
    aws.client("rds").delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    assert _traces(aws, name) == []


def test_a_refused_secondary_leaves_its_global_cluster_as_it_was(aws: Any) -> None:
    primary = aws.create_cluster("at-home")
    aws.create_instance("at-home", "at-home-1")
    rds, abroad = aws.client("rds"), aws.client("rds", "eu-central-1")
    rds.create_global_cluster(GlobalClusterIdentifier="wide", SourceDBClusterIdentifier=primary["DBClusterArn"])
    group = {"DBClusterParameterGroupName": "unstartable"}
    abroad.create_db_cluster_parameter_group(DBParameterGroupFamily="aurora-postgresql16", Description="test", **group)
    abroad.modify_db_cluster_parameter_group(Parameters=_parameters(), **group)
    secondary: dict[str, Any] = {"MasterUsername": None, "MasterUserPassword": None, "DatabaseName": None}
    secondary |= {"region": "eu-central-1", "GlobalClusterIdentifier": "wide"}
    with _refused():
        aws.create_cluster("abroad", **secondary, **group)

    (found,) = rds.describe_global_clusters(GlobalClusterIdentifier="wide")["GlobalClusters"]
    assert [member["DBClusterArn"] for member in found["GlobalClusterMembers"]] == [primary["DBClusterArn"]]
    assert _traces(aws, "abroad") == []
    assert aws.create_cluster("abroad", **secondary)["Status"] == "available"
    aws.sql(primary, "CREATE TABLE guests AS SELECT 7 AS number")
    aws.reads(aws.describe("abroad", "eu-central-1"), "SELECT number FROM guests", 7)


@pytest.mark.parametrize("healthy", [0, 1], ids=["writer", "reader"])
def test_a_refused_instance_leaves_nothing_and_its_cluster_works(aws: Any, healthy: int) -> None:
    name = f"members-{healthy}"
    cluster = aws.create_cluster(name)
    for number in range(healthy):
        aws.create_instance(name, f"{name}-{number}")
    aws.sql(cluster, "CREATE TABLE guests AS SELECT 42 AS number")
    before = _traces(aws, name)
    with _refused():
        aws.create_instance(name, f"{name}-refused", DBParameterGroupName="unstartable")

    after = aws.describe(name)
    assert after["Status"] == "available"
    assert [member["DBInstanceIdentifier"] for member in after["DBClusterMembers"]] == [
        f"{name}-{number}" for number in range(healthy)
    ]
    assert sorted(_traces(aws, name)) == sorted(before)
    assert aws.sql(cluster, "SELECT number FROM guests") == (42,)
    aws.create_instance(name, f"{name}-refused")
    aws.reads(cluster, "SELECT number FROM guests", 42)


def test_a_refused_modify_of_a_cluster_does_not_stick(aws: Any) -> None:
    before = aws.create_cluster("keeps")
    aws.sql(before, "CREATE TABLE guests AS SELECT 42 AS number")
    with _refused():
        aws.client("rds").modify_db_cluster(
            DBClusterIdentifier="keeps",
            DBClusterParameterGroupName="unstartable",
            MasterUserPassword="second-p4ssword",
            ApplyImmediately=True,
        )

    after = aws.describe("keeps")
    assert after["Status"] == "available"
    assert after["DBClusterParameterGroup"] == before["DBClusterParameterGroup"]
    assert aws.sql(after, "SELECT number FROM guests") == (42,)


def test_a_refused_modify_of_a_parameter_group_does_not_stick(aws: Any) -> None:
    rds, name = aws.client("rds"), {"DBClusterParameterGroupName": "in-use"}
    rds.create_db_cluster_parameter_group(DBParameterGroupFamily="aurora-postgresql16", Description="test", **name)
    cluster = aws.create_cluster("tuned", **name)
    with _refused():
        rds.modify_db_cluster_parameter_group(Parameters=_parameters(), **name)

    values = rds.describe_db_cluster_parameters(Source="user", **name)["Parameters"]
    assert _UNSTARTABLE.keys().isdisjoint(found["ParameterName"] for found in values)
    assert aws.sql(cluster, "SHOW superuser_reserved_connections") == ("3",)
    assert aws.describe("tuned")["Status"] == "available"


def test_what_was_undone_stays_so_after_a_kill(own_aws: Any) -> None:
    aws = own_aws("undone")
    aws.client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName="bad", DBParameterGroupFamily="aurora-postgresql16", Description="test"
    )
    aws.client("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName="bad", Parameters=_parameters())
    with _refused():
        aws.create_cluster("gone", DBClusterParameterGroupName="bad")
    aws.signal(signal.SIGKILL)
    aws.start()
    assert aws.client("rds").describe_db_clusters()["DBClusters"] == []
    assert aws.create_cluster("gone")["Status"] == "available"


def test_a_cluster_that_fails_meanwhile_does_not_fail_the_change_of_another(own_aws: Any, within: Any) -> None:
    aws = own_aws("ruined")
    aws.create_cluster("broken")
    (directory,) = (aws.state / "postgres").iterdir()
    (directory / "global" / "pg_control").unlink()
    os.kill(int((directory / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)

    other = aws.create_cluster("healthy")
    assert other["Status"] == "available"
    assert aws.sql(other, "SELECT 1") == (1,)
    within(lambda: aws.describe("broken")["Status"] == "failed", "the broken cluster says so")
    assert "pg_control" in aws.log.read_text()
    aws.create_instance("healthy", "healthy-1")
    _replace(aws, "broken")


@pytest.mark.parametrize("endpoint", ["instance", "cluster"])
def test_an_occupied_address_fails_its_cluster_alone(own_aws: Any, endpoint: str) -> None:
    aws = own_aws("occupied")
    found = aws.create_cluster("squatted")
    aws.create_instance("squatted", "squatted-1")
    (instance,) = aws.client("rds").describe_db_instances()["DBInstances"]
    host = instance["Endpoint"]["Address"] if endpoint == "instance" else found["Endpoint"]
    aws.signal(signal.SIGTERM)
    with socket.create_server((host, found["Port"])):
        aws.start()
        assert aws.describe("squatted")["Status"] == "failed"
        assert aws.create_cluster("next-door")["Status"] == "available"
        aws.client("rds").delete_db_instance(DBInstanceIdentifier="squatted-1", SkipFinalSnapshot=True)
        _replace(aws, "squatted")


def _replace(aws: Any, name: str) -> None:
    """Delete a failed cluster and make another one of its name."""
    aws.client("rds").delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    assert _traces(aws, name) == []
    again = aws.create_cluster(name)
    assert again["Status"] == "available"
    assert aws.sql(again, "SELECT 1") == (1,)
