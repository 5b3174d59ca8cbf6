"""What is used, where it cannot be read from a resource: costs/usage.yaml."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from costs.data_file import read_model
from regions.model.base import FrozenMapping, Model

FILE = Path(__file__).resolve().parent / "usage.yaml"

Amount = Annotated[Decimal, Field(ge=0)]
Part = Annotated[Decimal, Field(ge=0, le=100)]


class DatabaseUse(Model):
    """Of the databases."""

    storage_gb: Amount = Field(description="Data of a worldwide cluster, GB; each member has all of it.")
    resident_storage_gb: Amount = Field(description="Data of a resident cluster, GB.")
    requests_per_operation: Amount = Field(description="I/O requests that a database operation becomes.")
    write_percent: Part = Field(description="Operations that write, %.")
    resident_percent: Part = Field(description="A region's operations that go to its resident cluster, %.")
    capacity_factor: Annotated[Decimal, Field(ge=1)] = Field(
        description="Capacity in use, as a multiple of the season plan's floors."
    )
    changed_percent_a_day: Part = Field(description="Data that a day changes, % of all: what backups keep of it.")
    monitoring_gb: Amount = Field(description="Metrics of an instance's operating system, GB a month.")


class ExportUse(Model):
    """Of the monthly exports of snapshots."""

    size_percent: Part = Field(description="Size of an export, % of the data.")
    kept: int = Field(ge=0, le=84, description="Monthly exports that lie in the bucket; 84 after seven years.")
    objects: Amount = Field(description="Objects of an export.")
    transitions: Amount = Field(description="State transitions of an export's state machine.")


class NetworkUse(Model):
    """GB a month of the whole fleet; a region's part is its share of the traffic."""

    internet_gb: Amount = Field(description="Sent to the internet.")
    nat_gb: Amount = Field(description="Through NAT gateways.")
    cross_zone_gb: Amount = Field(description="Between zones of a region, counted once.")
    endpoints_gb: Amount = Field(description="Through interface endpoints.")
    backbone_gb: Amount = Field(description="From a region to others, over the transit gateways.")
    replication_gb: Amount = Field(description="Database changes from the writer's region to each other one.")
    load_balancer_units: Amount = Field(description="Mean load balancer capacity units of the public entries.")
    internal_load_balancer_units: Amount = Field(description="Mean units of one entry for other regions.")


class FileUse(Model):
    """Of the shared volumes; GB a month of the whole fleet."""

    used_percent: Part = Field(description="Data in a volume, % of what its claim asks for.")
    infrequent_percent: Part = Field(description="Of that, what lies in infrequent access, %.")
    read_gb: Amount
    written_gb: Amount


class LogUse(Model):
    """Of CloudWatch Logs."""

    ingested_gb: FrozenMapping[Amount] = Field(
        description="GB a month of the whole fleet, by the last part of a group's name; 'other' for the rest."
    )
    stored_percent: Part = Field(description="Size at rest, % of what was taken in.")


class TableUse(Model):
    """Of a DynamoDB table, a month."""

    writes_million: Amount
    reads_million: Amount
    storage_gb: Amount


class OptimisationUse(Model):
    """What could be used less of, and by how much."""

    cacheable_percent: Part = Field(description="Reads that a cache may answer, %.")
    hit_percent: Part = Field(description="Of those, the ones that it does answer, %.")
    query_capacity_percent: Part = Field(description="Database capacity that better queries do without, %.")
    infrequent_percent: Part = Field(description="Files that a lifecycle policy would move to infrequent access, %.")


class Usage(Model):
    """All that is used without a resource that says so. Each value is an assumption until bills exist."""

    database: DatabaseUse
    exports: ExportUse
    network: NetworkUse
    files: FileUse
    cache_snapshot_gb: Amount = Field(description="Size of a cache snapshot, GB.")
    logs: LogUse
    queries_million: Amount = Field(description="DNS queries of the whole fleet, millions a month.")
    key_requests: Amount = Field(description="Requests to a KMS key a month.")
    tables: TableUse
    repository_gb: Amount = Field(description="Images of a repository, GB.")
    emails: Amount = Field(description="E-mails of a subscription a month.")
    optimisations: OptimisationUse


def load_usage(file: Path = FILE) -> Usage:
    """Read a usage file.

    Raises:
        CostDataError: with all its mistakes.
    """
    return read_model(Usage, file)
