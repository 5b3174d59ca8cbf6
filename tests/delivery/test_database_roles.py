"""The database's roles, on a real PostgreSQL behind the Aurora API: what each may do, and what it may not."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import errors

from components.security.secret_names import ROLES
from delivery.credentials import Credentials
from delivery.database_roles import ensure_database_roles, username
from tests.devcloud.aws_endpoint.conftest import DATABASE, PASSWORD, USER, LocalAws, start_local_aws

pytestmark = pytest.mark.cluster

GROUP = "worldwide"
PASSWORDS = {role: f"canary-password-of-{role}-0123456789" for role in ROLES}
EXTENSIONS = ["pg_stat_statements", "pgaudit"]


class Database:
    """One cluster, with a table in each schema."""

    def __init__(self, aws: LocalAws, cluster: dict[str, Any]) -> None:
        self.aws, self._cluster = aws, cluster

    def connect(self, user: str, password: str, database: str = DATABASE) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=self._cluster["Endpoint"],
            port=self._cluster["Port"],
            user=user,
            password=password,
            dbname=database,
            sslmode="require",
            connect_timeout=10,
            autocommit=True,
        )

    def master(self) -> psycopg.Connection[tuple[Any, ...]]:
        return self.connect(USER, PASSWORD)

    def ensure_roles(self, passwords: dict[str, str]) -> None:
        credentials = {role: Credentials(username(GROUP, role), passwords[role], "1") for role in ROLES}
        with self.master() as connection:
            ensure_database_roles(connection, GROUP, credentials, EXTENSIONS)

    def run(self, role: str, statement: LiteralString) -> list[tuple[Any, ...]]:
        """What a role gets for a statement."""
        with self.connect(username(GROUP, role), PASSWORDS[role]) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def logs(self) -> str:
        return "".join(file.read_text() for file in (self.aws.state / "logs").glob("*.log"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Generator[Database]:
    aws = start_local_aws(tmp_path_factory.mktemp("aws"))
    rds = aws.client("rds")
    group = {"DBClusterParameterGroupName": "logs-everything"}
    rds.create_db_cluster_parameter_group(**group, DBParameterGroupFamily="aurora-postgresql15", Description="Loud")
    rds.modify_db_cluster_parameter_group(
        **group,
        Parameters=[
            {"ParameterName": "log_statement", "ParameterValue": "all", "ApplyMethod": "immediate"},
            {
                "ParameterName": "shared_preload_libraries",
                "ParameterValue": "pg_stat_statements",
                "ApplyMethod": "pending-reboot",
            },
        ],
    )
    cluster = aws.create_cluster("roles", EngineVersion="15.10", **group)
    made = Database(aws, cluster)
    made.ensure_roles(PASSWORDS)
    with made.master() as connection:
        connection.execute("SET ROLE worldwide_owner")
        connection.execute("CREATE TABLE weddings.booking (id bigserial PRIMARY KEY, couple text)")
        connection.execute("CREATE TABLE operations.lock (id int PRIMARY KEY)")
        connection.execute("CREATE FUNCTION weddings.today() RETURNS date LANGUAGE sql AS 'SELECT current_date'")
    yield made
    aws.stop()


def test_the_application_writes_rows_of_tables_that_were_made_later(database: Database) -> None:
    database.run("app", "INSERT INTO booking (couple) VALUES ('A and B')")
    database.run("app", "UPDATE booking SET couple = 'C and D'")
    assert database.run("app", "SELECT couple FROM weddings.booking") == [("C and D",)]
    database.run("app", "SELECT today()")
    database.run("app", "DELETE FROM booking")


def test_the_coordinator_writes_the_platforms_own_tables(database: Database) -> None:
    database.run("coordinator", "INSERT INTO lock VALUES (1)")
    database.run("coordinator", "DELETE FROM operations.lock")


def test_the_monitor_sees_all_statements_and_all_sessions(database: Database) -> None:
    database.run("app", "SELECT 'something of the application'")
    statements = database.run("monitor", "SELECT query FROM pg_stat_statements WHERE query LIKE 'SELECT $1'")
    assert set(statements) == {("SELECT $1",)}
    assert database.run("monitor", "SELECT count(*) FROM pg_stat_activity WHERE usename IS NOT NULL")[0][0] >= 1
    assert database.run("monitor", "SHOW shared_preload_libraries") == [("pg_stat_statements",)]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        *((role, "CREATE TABLE weddings.mine (id int)") for role in ROLES),
        *((role, "CREATE TABLE public.mine (id int)") for role in ROLES),
        *((role, "CREATE TEMPORARY TABLE mine (id int)") for role in ROLES),
        *((role, "CREATE SCHEMA mine") for role in ROLES),
        *((role, "CREATE DATABASE mine") for role in ROLES),
        *((role, "CREATE ROLE mine") for role in ROLES),
        *((role, "ALTER ROLE wed PASSWORD 'mine'") for role in ROLES),
        *((role, "SET ROLE worldwide_owner") for role in ROLES),
        *((role, "SELECT rolpassword FROM pg_authid") for role in ROLES),
        *((role, "COPY (SELECT 1) TO PROGRAM 'true'") for role in ROLES),
        *((role, "SELECT pg_read_file('/etc/hostname')") for role in ROLES),
        ("app", "TRUNCATE weddings.booking"),
        ("app", "DROP TABLE weddings.booking"),
        ("app", "ALTER TABLE weddings.booking ADD card text"),
        ("app", "SELECT * FROM operations.lock"),
        ("app", "SELECT * FROM public.pg_stat_statements"),
        ("coordinator", "SELECT * FROM weddings.booking"),
        ("coordinator", "SELECT weddings.today()"),
        ("coordinator", "DROP TABLE operations.lock"),
        ("coordinator", "SELECT * FROM public.pg_stat_statements"),
        ("monitor", "SELECT * FROM weddings.booking"),
        ("monitor", "SELECT weddings.today()"),
        ("monitor", "INSERT INTO operations.lock VALUES (2)"),
        ("monitor", "SELECT pg_stat_statements_reset()"),
    ],
)
def test_no_role_may_do_more(role: str, statement: LiteralString, database: Database) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        database.run(role, statement)


@pytest.mark.parametrize("role", ["monitor", "coordinator"])
def test_no_role_ends_anothers_session(role: str, database: Database) -> None:
    with (
        database.connect(username(GROUP, "app"), PASSWORDS["app"]) as victim,
        database.connect(username(GROUP, role), PASSWORDS[role]) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT pg_terminate_backend(%s)", [victim.info.backend_pid])


def test_the_owner_cannot_log_in(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        database.connect("worldwide_owner", PASSWORDS["app"])
    with database.master() as connection:
        can = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'worldwide_owner'").fetchone()
    assert can == (False,)


def test_a_role_that_nobody_granted_anything_cannot_connect(database: Database) -> None:
    with database.master() as connection:
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        database.connect("stranger", "stranger")


def test_a_second_run_changes_nothing_and_a_new_password_is_passed_on(database: Database) -> None:
    database.ensure_roles(PASSWORDS)
    assert database.run("app", "SELECT 1") == [(1,)]
    database.ensure_roles(PASSWORDS | {"app": "another-canary-password-0123456789"})
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        database.run("app", "SELECT 1")
    database.ensure_roles(PASSWORDS)
    assert database.run("app", "SELECT 1") == [(1,)]


def test_a_grant_that_was_taken_away_comes_back(database: Database) -> None:
    with database.master() as connection:
        connection.execute("SET ROLE worldwide_owner")
        connection.execute("REVOKE ALL ON weddings.booking FROM worldwide_app")
    with pytest.raises(errors.InsufficientPrivilege):
        database.run("app", "SELECT * FROM weddings.booking")
    database.ensure_roles(PASSWORDS)
    database.run("app", "SELECT * FROM weddings.booking")


def test_no_password_is_in_a_log_that_has_every_statement(database: Database) -> None:
    logs = database.logs()
    assert "ALTER ROLE" in logs
    assert "SCRAM-SHA-256$" in logs  # the search would find what was sent
    assert not [password for password in PASSWORDS.values() if password in logs]
