"""The master user and the first database of a cluster, made as Aurora makes them. Every step can be repeated."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

from devcloud.aws_endpoint.specs import Credentials

_GROUP = "rds_superuser"


def ensure(connection: Connection[Any], credentials: Credentials) -> None:
    """Bring roles, password and database to what `credentials` say.

    The master user is no superuser, as in Aurora: it owns the databases, may make roles and databases, and monitors.
    """
    _ensure_role(connection, _GROUP)
    _ensure_role(connection, "rds_iam")
    connection.execute(
        sql.SQL("GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO {} WITH ADMIN OPTION").format(
            sql.Identifier(_GROUP)
        )
    )
    user = sql.Identifier(credentials.username)
    _ensure_role(connection, credentials.username)
    # The verifier, not the password, goes over the wire: so the password can be in no log.
    verifier = connection.pgconn.encrypt_password(
        credentials.password.encode(), credentials.username.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}").format(user, verifier))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(_GROUP), user))
    if credentials.database is not None:
        _ensure_database(connection, credentials.database, user)


def ensure_extensions(connection: Connection[Any]) -> None:
    """Make, in the database of the connection, what Aurora's master user could make itself and PostgreSQL's cannot."""
    available = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
    if connection.execute(available).fetchone() is not None:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def _ensure_role(connection: Connection[Any], name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))


def _ensure_database(connection: Connection[Any], name: str, owner: sql.Identifier) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), owner))
