"""redis.conf and the users' file of a server. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from devcloud.aws_endpoint.cache_specs import AccessRule, CacheServerSpec
from devcloud.aws_endpoint.elasticache_groups import ONLY_ELASTICACHE
from devcloud.aws_endpoint.specs import Address

ADMIN = "elasticacheadmin"
USERS_FILE = "users.acl"

# Before the parameter groups: a laptop holds a dozen of these, and what is evicted when it is full can be seen.
_DEFAULTS = {"maxmemory": "64mb", "repl-diskless-sync-delay": "0"}
# Ours: how the server is reached, replicated and made durable.
_MANAGED = frozenset(
    {
        *("bind", "port", "unixsocket", "dir", "aclfile", "daemonize", "logfile", "requirepass", "masterauth"),
        *("masteruser", "replicaof", "slaveof", "protected-mode", "pidfile", "dbfilename", "cluster-enabled"),
    }
)
# ElastiCache keeps these for itself, whatever an access string says.
RESTRICTED = (
    "-acl|setuser -acl|deluser -acl|load -acl|save -bgrewriteaof -bgsave -config -debug -failover -migrate -module"
    " -psync -replicaof -save -shutdown -slaveof -sync"
)


def server_settings(group: Mapping[str, str]) -> dict[str, str]:
    """The part of a parameter group that Redis itself can take and that is not managed here."""
    return {name: value for name, value in sorted(group.items()) if name not in ONLY_ELASTICACHE | _MANAGED}


def redis_conf(spec: CacheServerSpec, secret: str) -> str:
    """The whole configuration file of one server."""
    managed = {
        "bind": spec.address.host,
        "port": str(spec.address.port),
        "protected-mode": "no",
        "aclfile": USERS_FILE,
        "appendonly": "yes",
        "save": '""',
        "masteruser": ADMIN,
        "masterauth": secret,
    }
    values = {**_DEFAULTS, **dict(spec.settings), **managed}
    if spec.upstream is not None:
        values["replicaof"] = f"{spec.upstream.host} {spec.upstream.port}"
    return settings_lines(values)


def settings_lines(values: Mapping[str, str]) -> str:
    """The lines of a configuration file."""
    return "".join(f"{name} {value}\n" for name, value in values.items())


def users_acl(users: tuple[AccessRule, ...], admin_hash: str) -> str:
    """The users' file: nobody gets in who is not in it."""
    lines = [f"user {ADMIN} on #{admin_hash} ~* &* +@all"]
    if all(user.name != "default" for user in users):
        lines.append("user default off resetpass -@all")
    for user in users:
        passwords = " ".join(f"#{each}" for each in user.password_hashes)
        login = "nopass" if user.open else passwords
        lines.append(" ".join(f"user {user.name} reset {login} {user.rules} {RESTRICTED}".split()))
    return "".join(f"{line}\n" for line in lines)


def host_port(address: Address) -> tuple[str, str]:
    """As REPLICAOF takes it."""
    return address.host, str(address.port)
