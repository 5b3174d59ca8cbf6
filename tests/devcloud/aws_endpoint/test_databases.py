"""Clusters are PostgreSQL: writer, readers, settings, passwords, failover, deletion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError


def test_a_cluster_answers_sql_on_the_endpoint_that_the_api_reports(aws: Any) -> None:
    cluster = aws.create_cluster("plain")
    assert cluster["Status"] == "available"
    assert cluster["EngineVersion"] == "16.4"
    assert aws.sql(cluster, "SELECT current_user, current_database()") == ("wed", "app")
    assert int(aws.sql(cluster, "SHOW server_version_num")[0]) >= 150000


def test_the_waiters_of_boto3_end(aws: Any) -> None:
    aws.create_cluster("waited")
    aws.create_instance("waited", "waited-1")
    rds = aws.client("rds")
    quick = {"Delay": 1, "MaxAttempts": 5}
    rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier="waited", WaiterConfig=quick)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="waited-1", WaiterConfig=quick)
    rds.delete_db_instance(DBInstanceIdentifier="waited-1", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="waited-1", WaiterConfig=quick)


def test_the_master_user_is_no_superuser_and_the_password_is_scram(aws: Any) -> None:
    cluster = aws.create_cluster("roles")
    assert aws.sql(cluster, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'wed'") == (False, True)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        aws.sql(cluster, "SELECT 1", password="not-the-password")


def test_the_second_instance_streams_behind_the_reader_endpoint(aws: Any) -> None:
    aws.create_cluster("streams")
    aws.create_instance("streams", "streams-1")
    aws.create_instance("streams", "streams-2")
    cluster = aws.describe("streams")
    assert [member["IsClusterWriter"] for member in cluster["DBClusterMembers"]] == [True, False]

    aws.sql(cluster, "CREATE TABLE guests AS SELECT 42 AS number")
    aws.reads(cluster, "SELECT number FROM guests", 42)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        aws.sql(cluster, "INSERT INTO guests VALUES (43)", reader=True)


def test_an_instance_endpoint_is_the_instance(aws: Any) -> None:
    aws.create_cluster("direct")
    aws.create_instance("direct", "direct-1")
    aws.create_instance("direct", "direct-2")
    instances = aws.client("rds").describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": ["direct"]}])
    recovery = {
        found["DBInstanceIdentifier"]: aws.sql(
            {"Endpoint": found["Endpoint"]["Address"], "Port": found["Endpoint"]["Port"]}, "SELECT pg_is_in_recovery()"
        )[0]
        for found in instances["DBInstances"]
    }
    assert recovery == {"direct-1": False, "direct-2": True}


def test_without_readers_the_reader_endpoint_serves_the_writer(aws: Any) -> None:
    cluster = aws.create_cluster("alone")
    assert aws.sql(cluster, "SELECT pg_is_in_recovery()", reader=True) == (False,)


def _parameter_group(aws: Any, name: str, values: dict[str, str]) -> None:
    rds = aws.client("rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql16", Description="test"
    )
    _set_parameters(aws, name, values)


def _set_parameters(aws: Any, name: str, values: dict[str, str]) -> None:
    parameters = [
        {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for key, value in values.items()
    ]
    aws.client("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=parameters)


def test_parameters_that_postgresql_knows_are_applied_and_changed(aws: Any) -> None:
    _parameter_group(
        aws,
        "settings",
        {
            "work_mem": "8192",
            "max_connections": "GREATEST({DBInstanceClassMemory/9531392},5000)",
            "shared_buffers": "99999999",
            "rds.logical_replication": "0",
            "listen_addresses": "*",
            "shared_preload_libraries": "pg_stat_statements,pg_cron",
        },
    )
    cluster = aws.create_cluster("tuned", DBClusterParameterGroupName="settings")
    aws.create_instance("tuned", "tuned-1")
    aws.create_instance("tuned", "tuned-2")
    assert aws.sql(cluster, "SHOW work_mem") == ("8MB",)
    assert aws.sql(cluster, "SHOW shared_buffers") == ("128MB",)
    assert aws.sql(cluster, "SHOW max_connections") == ("100",)

    _set_parameters(aws, "settings", {"work_mem": "16384", "max_connections": "150"})
    assert aws.sql(cluster, "SHOW work_mem") == ("16MB",)
    assert aws.sql(cluster, "SHOW max_connections", reader=True) == ("150",)
    # A standby may not have less than its primary: it is made anew.
    _set_parameters(aws, "settings", {"max_connections": "90"})
    assert aws.sql(cluster, "SHOW max_connections") == ("90",)
    assert aws.sql(cluster, "SHOW max_connections", reader=True) == ("90",)


def test_an_instance_has_its_own_parameter_group(aws: Any) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="slow-log", DBParameterGroupFamily="aurora-postgresql16", Description="test"
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName="slow-log",
        Parameters=[
            {"ParameterName": "log_min_duration_statement", "ParameterValue": "250", "ApplyMethod": "immediate"}
        ],
    )
    cluster = aws.create_cluster("logged")
    aws.create_instance("logged", "logged-1", DBParameterGroupName="slow-log")
    assert aws.sql(cluster, "SHOW log_min_duration_statement") == ("250ms",)
    rds.reset_db_parameter_group(DBParameterGroupName="slow-log", ResetAllParameters=True)
    assert aws.sql(cluster, "SHOW log_min_duration_statement") == ("-1",)


def test_a_group_that_forces_tls_refuses_plain_connections(aws: Any) -> None:
    _parameter_group(aws, "tls-only", {"rds.force_ssl": "1"})
    cluster = aws.create_cluster("encrypted", DBClusterParameterGroupName="tls-only")
    assert aws.sql(cluster, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == (True,)
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        aws.sql(cluster, "SELECT 1", sslmode="disable")


def test_values_that_postgresql_refuses_are_refused(aws: Any) -> None:
    with pytest.raises(ClientError, match="Available values: none, ddl, mod, all") as refused:
        _parameter_group(aws, "wrong", {"log_statement": "everything"})
    assert refused.value.response.get("Error", {}).get("Code") == "InvalidParameterValue"


def test_a_new_master_password_replaces_the_old_one(aws: Any) -> None:
    cluster = aws.create_cluster("changed")
    aws.client("rds").modify_db_cluster(
        DBClusterIdentifier="changed", MasterUserPassword="second-p4ssword", ApplyImmediately=True
    )
    assert aws.sql(cluster, "SELECT 1", password="second-p4ssword") == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        aws.sql(cluster, "SELECT 1")


def test_a_managed_password_is_in_the_secret_and_rotates(aws: Any) -> None:
    cluster = aws.create_cluster("managed", MasterUserPassword=None, ManageMasterUserPassword=True)
    secrets = aws.client("secretsmanager")

    def password() -> str:
        arn = cluster["MasterUserSecret"]["SecretArn"]
        secret = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        assert secret["username"] == "wed"
        return secret["password"]

    first = password()
    assert aws.sql(cluster, "SELECT 1", password=first) == (1,)
    aws.client("rds").modify_db_cluster(
        DBClusterIdentifier="managed", RotateMasterUserPassword=True, ApplyImmediately=True
    )
    assert password() != first
    assert aws.sql(cluster, "SELECT 1", password=password()) == (1,)


def test_no_password_is_in_a_log_or_an_argument_list(aws: Any) -> None:
    _parameter_group(aws, "log-all", {"log_statement": "all"})
    aws.create_cluster("discreet", DBClusterParameterGroupName="log-all", MasterUserPassword="never-written-down")
    aws.create_instance("discreet", "discreet-1")
    aws.create_instance("discreet", "discreet-2")
    admin = (aws.state / "rdsadmin.password").read_text()
    logs = [*(aws.state / "logs").iterdir(), aws.log]
    written = "".join(log.read_text() for log in logs)
    written += "".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in aws.postgres_processes())
    assert "never-written-down" not in written
    assert admin not in written


def test_a_failover_makes_the_reader_the_writer(aws: Any) -> None:
    aws.create_cluster("fails-over")
    aws.create_instance("fails-over", "fo-1")
    aws.create_instance("fails-over", "fo-2")
    cluster = aws.describe("fails-over")
    aws.sql(cluster, "CREATE TABLE guests AS SELECT 1 AS number")
    before = aws.sql(cluster, "SELECT inet_server_addr()")
    aws.client("rds").failover_db_cluster(DBClusterIdentifier="fails-over", TargetDBInstanceIdentifier="fo-2")

    assert aws.sql(cluster, "SELECT inet_server_addr()") != before
    aws.sql(cluster, "INSERT INTO guests VALUES (2)")
    aws.reads(cluster, "SELECT count(*) FROM guests", 2)
    assert aws.sql(cluster, "SELECT inet_server_addr()", reader=True) == before


def test_deleting_the_writer_promotes_a_reader_and_the_last_instance_leaves_the_data(aws: Any) -> None:
    aws.create_cluster("shrinks")
    aws.create_instance("shrinks", "sh-1")
    aws.create_instance("shrinks", "sh-2")
    cluster, rds = aws.describe("shrinks"), aws.client("rds")
    aws.sql(cluster, "CREATE TABLE guests AS SELECT 1 AS number")
    for gone in ("sh-1", "sh-2"):
        rds.delete_db_instance(DBInstanceIdentifier=gone, SkipFinalSnapshot=True)
        aws.sql(cluster, "INSERT INTO guests VALUES (1)")
    assert aws.sql(cluster, "SELECT count(*) FROM guests") == (3,)


def test_deleting_a_cluster_leaves_nothing(aws: Any) -> None:
    cluster, rds = aws.create_cluster("brief"), aws.client("rds")
    rds.delete_db_cluster(DBClusterIdentifier="brief", SkipFinalSnapshot=True)
    with pytest.raises(psycopg.OperationalError):
        aws.sql(cluster, "SELECT 1")
    left = [*(aws.state / "postgres").iterdir(), *(aws.state / "logs").iterdir()]
    assert [path.name for path in left if ".brief." in path.name] == []
    assert (
        rds.describe_db_cluster_snapshots(Filters=[{"Name": "db-cluster-id", "Values": ["brief"]}])[
            "DBClusterSnapshots"
        ]
        == []
    )


def test_a_requested_port_is_used(aws: Any) -> None:
    cluster = aws.create_cluster("ported", Port=15432)
    assert cluster["Port"] == 15432
    assert aws.sql(cluster, "SHOW port") == ("15432",)
