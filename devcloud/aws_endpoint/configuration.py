"""postgresql.conf and pg_hba.conf of a server, and which parameters of a group get into them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from devcloud.aws_endpoint.specs import Address

ADMIN = "rdsadmin"
PASSWORD_FILE = "replication.pgpass"  # noqa: S105 - a file name, relative to the data directory

# Before the parameter groups: small enough for a dozen servers on a laptop.
_DEFAULTS = {"shared_buffers": "32MB", "max_connections": "100", "max_wal_size": "256MB", "min_wal_size": "32MB"}

# The one place that says what a parameter group may ask for at most, in each parameter's own unit. The API keeps and
# reports the group's value; the local server gets the smaller one.
CAPS: dict[str, int] = {
    "shared_buffers": 16384,  # 8 kB pages: 128 MB
    "effective_cache_size": 524288,  # 8 kB pages: 4 GB, only a planner's estimate
    "work_mem": 65536,  # kB: 64 MB
    "maintenance_work_mem": 131072,  # kB: 128 MB
    "autovacuum_work_mem": 131072,
    "logical_decoding_work_mem": 65536,
    "temp_buffers": 8192,  # 8 kB pages: 64 MB
    "wal_buffers": 2048,  # 8 kB pages: 16 MB
    "wal_keep_size": 1024,  # MB
    "max_wal_size": 1024,  # MB
    "min_wal_size": 256,  # MB
    "max_connections": 500,
    "max_worker_processes": 16,
    "max_locks_per_transaction": 1024,
    "max_prepared_transactions": 500,
    "min_dynamic_shared_memory": 64,  # MB
}

# Ours: how the server is reached, replicated and made durable.
MANAGED = frozenset(
    {
        "listen_addresses", "port", "unix_socket_directories", "unix_socket_permissions", "bonjour", "ssl",
        "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "data_directory", "hba_file", "ident_file",
        "external_pid_file", "password_encryption", "wal_level", "hot_standby", "max_wal_senders",
        "max_replication_slots", "fsync", "full_page_writes", "primary_conninfo", "primary_slot_name",
        "restore_command", "archive_mode", "archive_command", "archive_library", "synchronous_standby_names",
        "logging_collector", "log_destination", "log_directory", "log_filename", "event_source", "huge_pages",
        "cluster_name", "dynamic_library_path", "local_preload_libraries", "shared_memory_type",
        "dynamic_shared_memory_type", "recovery_target_timeline",
    }
)  # fmt: skip


def server_settings(group: Mapping[str, str], known: Collection[str], libraries: Collection[str]) -> dict[str, str]:
    """The part of a parameter group that this PostgreSQL can take.

    Left out: parameters that only Aurora has (rds.*, aurora.*), formulae over the instance class
    ({DBInstanceClassMemory/...}), what is managed here, and libraries that are not installed.

    Args:
        known: parameter names of this build.
        libraries: names that shared_preload_libraries may hold.
    """
    preloaded = [name for name in _words(group.get("shared_preload_libraries", "")) if name in libraries]
    settings: dict[str, str] = {}
    for name, value in sorted(group.items()):
        if "{" in value or name in MANAGED:
            continue
        if name == "shared_preload_libraries":
            settings[name] = ",".join(preloaded)
        elif name in known:
            settings[name] = _capped(name, value)
        elif "." in name and name.split(".", 1)[0] in preloaded:
            settings[name] = value
    return settings


def postgresql_conf(server: str, address: Address, settings: Mapping[str, str], upstream: Address | None) -> str:
    """The whole configuration file of one server."""
    managed = {
        "listen_addresses": address.host,
        "port": str(address.port),
        "unix_socket_directories": "",
        "cluster_name": server,
        "ssl": "on",
        "ssl_cert_file": "server.crt",
        "ssl_key_file": "server.key",
        "password_encryption": "scram-sha-256",
        "huge_pages": "off",
        "wal_level": "replica",
        "max_wal_senders": "32",
        "wal_retrieve_retry_interval": "500ms",
    }
    if upstream is not None:
        managed["primary_conninfo"] = (
            f"host={upstream.host} port={upstream.port} user={ADMIN} sslmode=require "
            f"passfile={PASSWORD_FILE} application_name={server}"
        )
    # A standby that was down for a moment must find what it missed.
    values = {**_DEFAULTS, "wal_keep_size": "128MB", **settings, **managed}
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in values.items())


def pg_hba_conf(*, force_tls: bool) -> str:
    """Who may connect: everybody on this machine with a password; the superuser only over TLS."""
    kind = "hostssl" if force_tls else "host"
    return (
        f"hostssl replication {ADMIN} 127.0.0.0/8 scram-sha-256\n"
        f"hostssl all {ADMIN} 127.0.0.0/8 scram-sha-256\n"
        f"{kind} all all 127.0.0.0/8 scram-sha-256\n"
    )


def _capped(name: str, value: str) -> str:
    limit = CAPS.get(name)
    return str(limit) if limit is not None and value.isdecimal() and int(value) > limit else value


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _words(value: str) -> list[str]:
    return [word for word in value.replace(" ", "").split(",") if word]
