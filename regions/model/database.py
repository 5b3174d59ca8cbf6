"""A region's databases: the worldwide member, the resident cluster, and how both are tuned."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.base import (
    Acu,
    AwsRegion,
    DnsLabel,
    EngineVersion,
    FrozenMapping,
    Identifier,
    Jurisdiction,
    Model,
    RegionName,
    Text,
    UniqueTuple,
)

ParameterName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$")]
# query_timeout_ms is the one place for it; a parameter of that name would be a second.
_OWNED_PARAMETERS = {
    "statement_timeout": "query_timeout_ms",
    "rds.force_ssl": "the component",
    "shared_preload_libraries": "preload_libraries",
}
# CloudWatch Logs keeps logs for one of these numbers of days
# (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
LogRetentionDays = Literal[30, 90, 180, 365, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
LockMode = Literal["COMPLIANCE", "GOVERNANCE"]
StorageClass = Literal["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
DailyWindow = Annotated[str, StringConstraints(pattern=rf"^{_TIME}-{_TIME}$")]
# The day after Saturday's block has ended everywhere, to the day before the next begins anywhere.
WeekdayWindow = Annotated[str, StringConstraints(pattern=rf"^(mon|tue|wed|thu):{_TIME}-(mon|tue|wed|thu):{_TIME}$")]


def _not_owned(parameters: dict[str, str]) -> dict[str, str]:
    for name, owner in _OWNED_PARAMETERS.items():
        if name in parameters:
            raise PydanticCustomError("owned", "must not set {name}: {owner} does", {"name": name, "owner": owner})
    return parameters


class Replication(Model):
    """A cluster's place in a replication group: one writer, the others follow it."""

    group: DnsLabel = Field(
        description="The replication group (an Aurora global cluster); its members are alike in data."
    )
    bootstrap_writer: bool = Field(
        description="Whether the first writer of the group is created here. After that, who writes is runtime state."
    )
    failover_target: bool = Field(description="Whether the group's writer may move here.")
    failover_order: UniqueTuple[RegionName] = Field(
        description="Regions that take over from this one, the first healthy one first; failover targets of the group."
    )


class Residency(Model):
    """A law that keeps the personal data of a region's residents in its jurisdiction."""

    jurisdiction: Jurisdiction = Field(description="Where the data must stay, e.g. 'EU'.")
    law: Text = Field(description="The rule, e.g. 'GDPR'.")
    aws_regions: UniqueTuple[AwsRegion] = Field(
        min_length=1,
        description="AWS regions inside the jurisdiction: no other may hold a replica, backup, log or export.",
    )
    resident_cluster: Replication | None = Field(
        default=None, description="The second cluster, for residents' personal data, in a replication group of its own."
    )


class Database(Model):
    """How a region's Aurora PostgreSQL clusters are sized and tuned."""

    engine_version: EngineVersion = Field(
        description="Aurora PostgreSQL version, 15 or newer, quoted (15.10 as a number would be 15.1)."
    )
    min_acu: Acu = Field(description="Serverless v2 floor in Aurora capacity units (2 GiB each), in steps of 0.5.")
    max_acu: Acu = Field(description="Serverless v2 ceiling in Aurora capacity units, in steps of 0.5.")
    readers: int = Field(ge=1, le=15, description="Reader instances beside the first instance of the cluster.")
    pool_size: int = Field(ge=1, le=5000, description="Server connections that the region's pool may hold open.")
    query_timeout_ms: int = Field(ge=100, le=300_000, description="A statement that runs longer is cancelled, ms.")
    backup_retention_days: int = Field(
        ge=1, le=35, description="Days of point-in-time recovery; Aurora keeps at most 35."
    )
    backup_window: DailyWindow = Field(description="Daily automated backup, UTC, e.g. '06:30-07:00'.")
    maintenance_window: WeekdayWindow = Field(
        description="Weekly maintenance, UTC, e.g. 'tue:08:00-tue:08:30'; Monday to Thursday, never on a Saturday."
    )
    cluster_parameters: FrozenMapping[str] = Field(
        description="Cluster parameters by name, as strings in PostgreSQL's units; those that need no restart."
    )
    instance_parameters: FrozenMapping[str] = Field(
        description="Instance parameters by name, as strings in PostgreSQL's units; those that need no restart."
    )

    @field_validator("max_acu")
    @classmethod
    def _not_below_the_floor(cls, max_acu: float, info: ValidationInfo) -> float:
        min_acu = info.data.get("min_acu")
        if min_acu is not None and max_acu < min_acu:
            raise PydanticCustomError("range", "must not be below min_acu ({min_acu})", {"min_acu": min_acu})
        return max_acu

    @field_validator("cluster_parameters", "instance_parameters")
    @classmethod
    def _stated_once(cls, parameters: dict[str, str]) -> dict[str, str]:
        return _not_owned(parameters)

    @property
    def parameter_group_family(self) -> str:
        """The RDS parameter group family, e.g. "aurora-postgresql15"."""
        return f"aurora-postgresql{self.engine_version.split('.')[0]}"


class Transition(Model):
    """When an export moves to a cheaper storage class."""

    days: int = Field(ge=0, le=3653, description="Age of the export, days.")
    storage_class: StorageClass = Field(description="Where it moves to.")


class LockModes(Model):
    """Who may delete an export before its time: nobody (COMPLIANCE), or a named role (GOVERNANCE)."""

    worldwide: LockMode = Field(description="Exports of the worldwide cluster.")
    resident: LockMode = Field(description="Exports of residents' clusters, which a person's erasure may reach.")


class SnapshotExports(Model):
    """Copies of snapshots in S3, for as long as Aurora itself does not keep them."""

    schedule: Text = Field(
        pattern=r"^cron\([^()]+\)$", description="When, as an EventBridge cron expression in UTC; not on a Saturday."
    )
    retention_years: int = Field(ge=1, le=10, description="Years that an export cannot be deleted; then it is.")
    lock_modes: LockModes = Field(description="How strictly it cannot be deleted.")
    transitions: tuple[Transition, ...] = Field(description="Storage classes by age, the youngest first.")
    poll_minutes: int = Field(ge=1, le=120, description="How often a running export is looked at, minutes.")
    timeout_hours: int = Field(ge=1, le=240, description="An export that takes longer has failed, hours.")

    @field_validator("transitions")
    @classmethod
    def _in_order(cls, transitions: tuple[Transition, ...]) -> tuple[Transition, ...]:
        days = [each.days for each in transitions]
        if days != sorted(set(days)):
            raise PydanticCustomError("range", "must be in the order of days, each later than the one before")
        return transitions


class DatabaseStandard(Model):
    """What every database cluster of the fleet has alike."""

    log_retention_days: LogRetentionDays = Field(description="Days that the server's log, with the audit, is kept.")
    insights_retention_days: Literal[465] = Field(
        description="Days that Database Insights are kept; its advanced mode has this one."
    )
    monitoring_interval_seconds: Literal[1, 5, 10, 15, 30, 60] = Field(
        description="How often the operating system's metrics are taken, s."
    )
    preload_libraries: UniqueTuple[Identifier] = Field(description="Libraries that the server starts with.")
    cluster_parameters: FrozenMapping[str] = Field(
        description="Cluster parameters by name, as strings in PostgreSQL's units, besides the region's own; those that"
        " need no restart."
    )
    exports: SnapshotExports = Field(description="The copies that outlive Aurora's backups.")

    @field_validator("cluster_parameters")
    @classmethod
    def _stated_once(cls, parameters: dict[str, str]) -> dict[str, str]:
        return _not_owned(parameters)
