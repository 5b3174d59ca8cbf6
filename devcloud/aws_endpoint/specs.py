"""What should run: plain data between the API objects (which decide) and the processes (which follow)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True)
class Credentials:
    """What CreateDBCluster asked for. The password stays out of `repr`, and so out of messages."""

    username: str
    password: str = field(repr=False)
    database: str | None


@dataclass(frozen=True)
class ServerSpec:
    """One PostgreSQL server.

    Attributes:
        id: names its data directory; never reused.
        upstream: the server that it replicates from; None for a primary.
        settings: from the parameter groups, in postgresql.conf's own words.
        credentials: the master user of a primary; None on a standby, which replicates its users.
    """

    id: str
    address: Address
    upstream: str | None
    settings: tuple[tuple[str, str], ...]
    force_tls: bool
    credentials: Credentials | None


@dataclass(frozen=True)
class EndpointSpec:
    """A cluster endpoint: connections to `address` go to the targets in turn.

    Attributes:
        server: the cluster's writer, which is what cannot be reached when the endpoint cannot be opened.
        tls: the endpoint speaks TLS itself, for servers that do not.
    """

    address: Address
    server: str
    targets: tuple[Address, ...]
    tls: bool = False


@dataclass(frozen=True)
class Desired:
    servers: tuple[ServerSpec, ...]
    endpoints: tuple[EndpointSpec, ...]
