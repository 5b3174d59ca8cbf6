"""What makes the regions one fleet: tables, health checks, and names that follow failovers."""

from __future__ import annotations

from collections.abc import Mapping

from components.coordination.audit_table import AuditTable
from components.coordination.coordinator_endpoint import CoordinatorEndpoint, CoordinatorEndpointArgs
from components.coordination.fleet_alarms import METRICS_REGION, FleetAlarms, FleetAlarmsArgs
from components.coordination.health_checks import HealthChecks, HealthChecksArgs
from components.coordination.lock_table import LockTable
from components.coordination.replicated_table import ReplicatedTableArgs
from components.coordination.write_endpoint import WriteEndpoint, WriteEndpointArgs
from components.database.global_database import GlobalDatabase, GlobalDatabaseArgs
from components.network.dns_zone import DnsZone
from stacks.shared.account import Topics
from stacks.shared.ground import Ground


def tables(ground: Ground) -> tuple[LockTable, AuditTable]:
    """Locks and audit trail, with a replica in every AWS region of the environment."""
    replicas = {aws_region: ground.keys[aws_region] for aws_region in ground.elsewhere}
    args = ReplicatedTableArgs(ground.scope, ground.keys[ground.home], replicas, ground.protect)
    return LockTable("locks", args, ground.at_home), AuditTable("audit", args, ground.at_home)


def databases(ground: Ground) -> dict[str, GlobalDatabase]:
    """A global cluster for each worldwide group, in the AWS region of its bootstrap writer.

    Worldwide groups alone: nothing here knows of residents' clusters (docs/decisions/0008-resident-cluster.md).
    """
    made: dict[str, GlobalDatabase] = {}
    for group in dict.fromkeys(region.replication.group for region in ground.fleet.regions.values()):
        writer = ground.fleet.bootstrap_writer(group)
        args = GlobalDatabaseArgs(ground.scope, group, writer.database.engine_version, ground.protect)
        made[group] = GlobalDatabase(group, args, ground.options[writer.aws_region])
    return made


def health(ground: Ground, topics: Topics) -> HealthChecks:
    """Whether regions serve, and who is told when they do not."""
    workloads, regions = ground.workloads, tuple(ground.fleet.regions)
    path = workloads.wedding_api.health_path
    args = HealthChecksArgs(ground.scope, ground.environment.domain, regions, path, workloads.entry)
    checks = HealthChecks("health", args, ground.at_home)
    _, *targets = _failover_order(ground)
    alarms = FleetAlarmsArgs(ground.scope, checks.regions, checks.fleet, targets, topics["page"], topics["warn"])
    FleetAlarms("fleet", alarms, ground.options[METRICS_REGION])
    return checks


def names(ground: Ground, zone: DnsZone, databases: Mapping[str, GlobalDatabase], checks: HealthChecks) -> None:
    """Names that stay the same while what they stand for moves."""
    domain, ttl = ground.environment.domain, ground.workloads.entry.record_ttl_seconds
    for group, database in databases.items():
        args = WriteEndpointArgs(zone.id, domain, group, database.endpoint, ttl)
        WriteEndpoint(f"write-{group}", args, ground.at_home)
    order = _failover_order(ground)
    coordinator = CoordinatorEndpointArgs(zone.id, domain, order, checks.regions, ttl)
    CoordinatorEndpoint("coordinator", coordinator, ground.at_home)


def _failover_order(ground: Ground) -> tuple[str, ...]:
    """Of the first worldwide group: its writer, then who takes over."""
    return ground.fleet.failover_order(ground.fleet.groups[0])
