"""What an environment has once: the worldwide database's global clusters, its DNS zone, key and lock table."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.coordination.lock_table import LockTable, LockTableArgs
from components.database.global_database import GlobalDatabase, GlobalDatabaseArgs
from components.network.dns_zone import DnsZone, DnsZoneArgs
from components.scope import Scope
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from regions.fleet import Fleet
from stacks.environment import Environment


def global_stack(environment: Environment, fleet: Fleet) -> None:
    """Register the global stack's resources and export what region stacks refer to."""
    scope, protect = Scope(environment.name), environment.protect_data
    on = [region for region in fleet.regions.values() if region.name in environment.regions]
    groups = list(dict.fromkeys(region.replication.group for region in on))
    home = fleet.bootstrap_writer(groups[0])
    in_aws = pulumi.ResourceOptions(providers={"aws": aws.Provider("aws", region=home.aws_region)})

    key = EncryptionKey("key", EncryptionKeyArgs(scope, protect, multi_region=True), in_aws)
    databases = {group: GlobalDatabase(group, _database(scope, fleet, group, protect), in_aws) for group in groups}
    zone = DnsZone("zone", DnsZoneArgs(scope, environment.domain, protect), in_aws)
    locks = LockTable("locks", LockTableArgs(scope, key.arn, protect), in_aws)

    pulumi.export("global_clusters", {group: database.id for group, database in databases.items()})
    pulumi.export("zone_id", zone.id)
    pulumi.export("name_servers", zone.name_servers)
    pulumi.export("lock_table", locks.name)


def _database(scope: Scope, fleet: Fleet, group: str, protect: bool) -> GlobalDatabaseArgs:
    version = fleet.bootstrap_writer(group).database.engine_version
    return GlobalDatabaseArgs(scope, group, version, protect)
