"""PgBouncer: many clients of a region share the few server connections that its databases are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.database.regional_database import DATABASE_NAME, PORT
from components.security.synced_secret import SyncedSecret, SyncedSecretArgs
from components.workload.replicated_workload import ReplicatedWorkload, ReplicatedWorkloadArgs
from regions.model import Database
from regions.model.workloads import Pooler

_USERS_FILE = "userlist.txt"
# Where the image keeps the certificates of RDS, public and the same in every region.
_AUTHORITIES = "/etc/ssl/certs/rds-global-bundle.pem"


@dataclass(frozen=True)
class PooledDatabase:
    """A name that clients connect to, and the host that it stands for."""

    name: str
    host: pulumi.Input[str]


@dataclass(frozen=True)
class ConnectionPoolerArgs:
    """What a ConnectionPooler needs.

    `users` are the AWS secrets ({"username", "password"}) of everybody who may log in, by alias; `image` is by digest.
    """

    namespace: pulumi.Input[str]
    pooler: Pooler
    database: Database
    databases: Sequence[PooledDatabase]
    users: Mapping[str, str]
    image: str


class ConnectionPooler(pulumi.ComponentResource):
    """PgBouncer's configuration, its users, its replicas, and the Service that clients connect to.

    ConnectionPooler("pooler", ConnectionPoolerArgs("apps", workloads.pooler, region.database,
        [PooledDatabase("wedsync", database.endpoint)], {"app": "wedsync/prod/database/app"}, image))
    """

    def __init__(self, name: str, args: ConnectionPoolerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:ConnectionPooler", name, None, opts)
        container, _ = args.pooler.application
        title, data = _mounted(args.pooler, "config_map"), {"pgbouncer.ini": _configuration(args)}
        config_map = k8s.core.v1.ConfigMap(
            name,
            metadata={"name": title, "namespace": args.namespace},
            data=data,
            opts=pulumi.ResourceOptions(parent=self),
        )
        ReplicatedWorkload(
            name,
            ReplicatedWorkloadArgs(
                args.namespace,
                args.pooler,
                {container: args.image},
                {title: data},
                replicas=args.pooler.replicas,
                needs=[config_map, self._users(name, args)],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _users(self, name: str, args: ConnectionPoolerArgs) -> SyncedSecret:
        lines = [f'"{{{{ .{alias}_username }}}}" "{{{{ .{alias}_password }}}}"' for alias in args.users]
        return SyncedSecret(
            f"{name}-users",
            SyncedSecretArgs(
                args.namespace,
                _mounted(args.pooler, "secret"),
                args.users,
                template={_USERS_FILE: "\n".join(lines) + "\n"},
            ),
            pulumi.ResourceOptions(parent=self),
        )


def _configuration(args: ConnectionPoolerArgs) -> pulumi.Output[str]:
    hosts = pulumi.Output.all(**{each.name: each.host for each in args.databases})
    return hosts.apply(lambda known: configuration(args.pooler, args.database, known))


def connections_each(pooler: Pooler, database: Database, databases: int) -> int:
    """Server connections that one replica may hold to one database.

    All replicas together stay within the region's pool, whichever databases are busy.
    """
    return max(1, database.pool_size // (pooler.replicas * databases))


def configuration(pooler: Pooler, database: Database, hosts: Mapping[str, str]) -> str:
    """pgbouncer.ini (https://www.pgbouncer.org/config.html).

    Args:
        hosts: by the name that clients connect to.
    """
    directory = pooler.application[1].volumes["users"].mount_path
    most = connections_each(pooler, database, len(hosts))
    lines = [
        "[databases]",
        *(f"{name} = host={host} port={PORT} dbname={DATABASE_NAME}" for name, host in sorted(hosts.items())),
        "",
        "[pgbouncer]",
        "listen_addr = 0.0.0.0",
        f"listen_port = {pooler.port}",
        "auth_type = scram-sha-256",
        f"auth_file = {directory}/{_USERS_FILE}",
        "pool_mode = transaction",
        f"max_client_conn = {pooler.max_client_connections}",
        f"default_pool_size = {most}",
        f"max_db_connections = {most}",
        # Drivers prepare statements; in transaction mode PgBouncer has to keep them apart.
        "max_prepared_statements = 200",
        # After the server's own, which ends a statement, says so, and leaves the connection to others.
        f"query_timeout = {database.query_timeout_ms / 1000 + pooler.query_timeout_margin_seconds:g}",
        "query_wait_timeout = 10",
        "server_idle_timeout = 30",
        "server_connect_timeout = 2",
        # A failed-over writer is found by its name: look again soon.
        "dns_max_ttl = 5",
        # By authority: the write endpoint is a name of ours, which no certificate of RDS has.
        "server_tls_sslmode = verify-ca",
        f"server_tls_ca_file = {_AUTHORITIES}",
        # Clients come through the mesh, which encrypts and authenticates.
        "client_tls_sslmode = disable",
        "ignore_startup_parameters = extra_float_digits",
        "logfile =",
        "pidfile =",
    ]
    return "\n".join(lines) + "\n"


def _mounted(pooler: Pooler, kind: str) -> str:
    """The name of the one ConfigMap or Secret that its container mounts."""
    return next(found for each in pooler.application[1].volumes.values() if (found := getattr(each, kind)) is not None)
