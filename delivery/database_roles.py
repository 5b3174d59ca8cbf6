"""The roles of a database that are not its master: each may do what its workload needs, and nothing else.

They are made through SQL, with passwords from Secrets Manager, so no password is in any Pulumi state. The server is
told SCRAM verifiers that are computed here: a password is in none of its logs. Everything is one transaction and can
be repeated at any time: to pass a new password on, or after somebody took a grant away.

PgBouncer needs no role: it reads its users from a file, for Aurora lets nobody read pg_authid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection, sql

from components.security.secret_names import ROLES, database_role
from delivery.credentials import Credentials, credentials_secret, read_credentials
from delivery.stored_secrets import StoredSecret

APPLICATION_SCHEMA = "weddings"
"""Tables of the wedding-api."""
OPERATIONS_SCHEMA = "operations"
"""Tables of the platform itself: scaling events, locks, health checks."""

_STATISTICS = "pg_stat_statements"
# Any number: two runs at once would trip over each other's grants.
_LOCK = 7_305_114


def username(group: str, role: str) -> str:
    """The name of a role in the databases of a replication group, e.g. "resident_eu_app".

    With the group: PgBouncer knows the users of all its databases by name alone.
    """
    return f"{group}_{role}".replace("-", "_")


def role_secrets(secrets: Any, environment: str, group: str, replicas: Sequence[str], key: str) -> list[StoredSecret]:
    """The secret of every role of a group.

    Args:
        secrets: boto3 client "secretsmanager" of the bootstrap writer's region.
        replicas: AWS regions of the group's other members. Only those: a resident group's secrets stay in its
            jurisdiction.
        key: alias of the key that encrypts them.
    """
    return [
        credentials_secret(secrets, database_role(environment, group, role), username(group, role), replicas, key)
        for role in ROLES
    ]


def read_role_credentials(secrets: Any, environment: str, group: str) -> dict[str, Credentials]:
    """Credentials by role.

    Raises:
        NoCredentialsError: one of them was not made.
    """
    return {role: read_credentials(secrets, database_role(environment, group, role)) for role in ROLES}


def ensure_database_roles(
    connection: Connection[Any], group: str, credentials: Mapping[str, Credentials], extensions: Sequence[str]
) -> bool:
    """Make schemas, extensions and roles, and what each role may do. Returns whether a role was not there yet.

    Args:
        connection: the master user's, to the database on the writer; in autocommit or outside of a transaction.
        credentials: by role, for each of ROLES.
        extensions: the preloaded libraries that have an extension, where the server has them.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        owner = username(group, "owner")
        missing = not all(
            _exists(connection, name) for name in (owner, *(each.username for each in credentials.values()))
        )
        _closed_to_public(connection)
        _owner(connection, owner)
        _extensions(connection, extensions)
        for role in ROLES:
            _login(connection, credentials[role])
        _may_write(connection, credentials["app"].username, owner, APPLICATION_SCHEMA)
        _may_write(connection, credentials["coordinator"].username, owner, OPERATIONS_SCHEMA)
        _may_watch(connection, credentials["monitor"].username)
    return missing


def _closed_to_public(connection: Connection[Any]) -> None:
    """Nobody connects, makes temporary tables or uses the schema `public` but who is granted it."""
    owned = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user AND datallowconn"
    for (database,) in connection.execute(owned).fetchall():
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")


def _owner(connection: Connection[Any], owner: str) -> None:
    """The role that owns all tables, and that migrations become. It cannot log in."""
    name = sql.Identifier(owner)
    if not _exists(connection, owner):
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    # Functions are everybody's to call unless this is said, for all schemas.
    connection.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(name)
    )
    for schema in (APPLICATION_SCHEMA, OPERATIONS_SCHEMA):
        statement = sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}")
        connection.execute(statement.format(sql.Identifier(schema), name))


def _extensions(connection: Connection[Any], extensions: Sequence[str]) -> None:
    available = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s) ORDER BY name"
    for (extension,) in connection.execute(available, [list(extensions)]).fetchall():
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _login(connection: Connection[Any], credentials: Credentials) -> None:
    name = sql.Identifier(credentials.username)
    if not _exists(connection, credentials.username):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    verifier = connection.pgconn.encrypt_password(
        credentials.password.encode(), credentials.username.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {}").format(name, verifier))
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name))


def _may_write(connection: Connection[Any], user: str, owner: str, schema: str) -> None:
    """Rows, not structure: in the tables that are there, and in those that the owner will make."""
    names = {"user": sql.Identifier(user), "owner": sql.Identifier(owner), "schema": sql.Identifier(schema)}
    rights = (
        (sql.SQL("TABLES"), sql.SQL("SELECT, INSERT, UPDATE, DELETE")),
        (sql.SQL("SEQUENCES"), sql.SQL("USAGE, SELECT")),
        (sql.SQL("FUNCTIONS"), sql.SQL("EXECUTE")),
    )
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {user}").format(**names))
    for kind, allowed in rights:
        what = {**names, "kind": kind, "allowed": allowed}
        connection.execute(sql.SQL("GRANT {allowed} ON ALL {kind} IN SCHEMA {schema} TO {user}").format(**what))
        connection.execute(
            sql.SQL(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT {allowed} ON {kind} TO {user}"
            ).format(**what)
        )
    connection.execute(sql.SQL("ALTER ROLE {user} SET search_path = {schema}").format(**names))


def _may_watch(connection: Connection[Any], user: str) -> None:
    """Statistics and settings of the server, and no table of anybody.

    The view of statements is everybody's to read who may use its schema, which is the extension's own doing.
    """
    name = sql.Identifier(user)
    connection.execute(sql.SQL("GRANT pg_monitor TO {}").format(name))
    where = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = %s"
    for (schema,) in connection.execute(where, [_STATISTICS]).fetchall():
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema), name))


def _exists(connection: Connection[Any], role: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None
