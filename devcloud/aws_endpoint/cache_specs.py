"""What Redis should run: plain data between ElastiCache's objects (which decide) and the processes (which follow)."""

from __future__ import annotations

from dataclasses import dataclass, field

from devcloud.aws_endpoint.specs import Address, EndpointSpec


@dataclass(frozen=True)
class AccessRule:
    """A user of Redis. Of the passwords there are only hashes, which is all that Redis needs.

    Attributes:
        rules: the access string.
        password_hashes: SHA-256, in hexadecimal.
        open: lets everybody in who gives the name.
    """

    name: str
    rules: str
    password_hashes: tuple[str, ...] = field(default=(), repr=False)
    open: bool = False


@dataclass(frozen=True)
class CacheServerSpec:
    """One Redis.

    Attributes:
        id: names its directory; never reused.
        upstream: where its primary is; None for a primary.
        settings: of the parameter group, in redis.conf's own words.
    """

    id: str
    address: Address
    upstream: Address | None
    settings: tuple[tuple[str, str], ...]
    users: tuple[AccessRule, ...]


@dataclass(frozen=True)
class CacheDesired:
    servers: tuple[CacheServerSpec, ...]
    endpoints: tuple[EndpointSpec, ...]
