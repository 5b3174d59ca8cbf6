"""What we remember about an API object: kept as attribute `devcloud` of moto's objects, so it is saved with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class InstanceRecord:
    """The server that a DB instance is, and the address where it listens."""

    server: str
    host: str


@dataclass
class ClusterRecord:
    """The endpoints of a cluster and the server that holds its data.

    Attributes:
        writer: in a cluster without instances, its only server; else the one of the writer instance. In a secondary
            of a global cluster it takes the writer's place, and is a standby.
        next_number: numbers the cluster's servers.
    """

    writer_host: str
    reader_host: str
    writer: InstanceRecord
    next_number: int = 2


def record_of(resource: Any) -> Any:
    """The record of a moto cluster (ClusterRecord) or instance (InstanceRecord); None before it has one."""
    return getattr(resource, "devcloud", None)
