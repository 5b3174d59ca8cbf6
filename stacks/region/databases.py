"""The region's databases and its cache: the member of the worldwide cluster, and the residents' own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cache.regional_cache import RegionalCache, RegionalCacheArgs
from components.database.connection_pooler import connections_each
from components.database.database_alarms import DatabaseAlarms, DatabaseAlarmsArgs
from components.database.global_database import GlobalDatabase, GlobalDatabaseArgs
from components.database.regional_database import RegionalDatabase, RegionalDatabaseArgs
from components.database.snapshot_export import SnapshotExport, SnapshotExportArgs
from components.network.regional_network import RegionalNetwork
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from regions.model import Region, Replication
from regions.model.database import LockMode
from stacks.region.network import Paths
from stacks.region.site import Site
from stacks.shared.account import Topics

_RESIDENT_GLOBAL_CLUSTER = "resident_global_cluster"


@dataclass(frozen=True)
class Surroundings:
    """What the region's data stores have in common.

    `clients` are the security groups of those that may connect, by what they are; `topics` are told of alarms.
    `other_regions` is the list of address ranges that may write to the worldwide database.
    """

    network: RegionalNetwork
    other_regions: pulumi.Input[str] | None
    clients: Mapping[str, pulumi.Input[str]]
    topics: Topics


def surroundings(site: Site, paths: Paths, topics: Topics) -> Surroundings:
    """With a security group for those that may connect: nodes carry it."""
    title = site.scope.name("data-clients", 255)
    clients = aws.ec2.SecurityGroup(
        "data-clients",
        name=title,
        description=f"May connect to the databases and the cache of {site.scope.stack}",
        vpc_id=paths.vpc.vpc_id,
        tags=site.scope.tags(title),
        opts=site.in_aws,
    )
    return Surroundings(paths.vpc, paths.other_regions, {"clients": clients.id}, topics)


def worldwide(site: Site, around: Surroundings, key: EncryptionKey) -> RegionalDatabase:
    """The member of the worldwide replication group."""
    place = site.region.replication
    shared = site.of_global("global_clusters", place.group)
    modes = site.workloads.database.exports.lock_modes
    others = {"other-regions": around.other_regions} if around.other_regions is not None else {}
    return _database("database", site, place, around, key, shared, modes.worldwide, others)


def resident(site: Site, around: Surroundings) -> RegionalDatabase | None:
    """The cluster of residents' personal data where a law asks for one, with a key that exists in this region only.

    It is in no global cluster while it has no second member, so that no call can add one by mistake; then the bootstrap
    writer's stack puts one around it (docs/decisions/0008-resident-cluster.md). The global stack knows nothing of it.
    """
    place = site.region.residency.resident_cluster if site.region.residency else None
    if place is None:
        return None
    protect = site.environment.protect_data
    key = EncryptionKey(
        "resident-key", EncryptionKeyArgs(site.scope, site.place, protect, purpose="resident"), site.in_aws
    )
    writer, *others = site.fleet.members(place.group)
    joined = None if place.bootstrap_writer else site.of_region(writer.name, _RESIDENT_GLOBAL_CLUSTER)
    modes = site.workloads.database.exports.lock_modes
    database = _database("resident-database", site, place, around, key, joined, modes.resident, {})
    if place.bootstrap_writer and others:
        version = site.region.database.engine_version
        args = GlobalDatabaseArgs(site.scope, place.group, version, protect, source_cluster_arn=database.arn)
        pulumi.export(_RESIDENT_GLOBAL_CLUSTER, GlobalDatabase(place.group, args, site.in_aws).id)
    return database


def cache(site: Site, around: Surroundings, key: EncryptionKey) -> RegionalCache:
    """The region's Redis, in the databases' subnets."""
    args = RegionalCacheArgs(
        scope=site.scope,
        cache=site.region.cache,
        standard=site.workloads.cache,
        vpc_id=around.network.vpc_id,
        subnet_ids=around.network.database_subnet_ids,
        client_security_group_ids=around.clients,
        key_arn=key.arn,
    )
    return RegionalCache("cache", args, site.in_aws)


def _database(
    name: str,
    site: Site,
    place: Replication,
    around: Surroundings,
    key: EncryptionKey,
    global_cluster_id: pulumi.Input[str] | None,
    lock_mode: LockMode,
    from_lists: Mapping[str, pulumi.Input[str]],
) -> RegionalDatabase:
    """A cluster with its alarms and its exports."""
    database, standard = site.region.database, site.workloads.database
    cluster = RegionalDatabase(
        name,
        RegionalDatabaseArgs(
            scope=site.scope,
            place=site.place,
            group=place.group,
            bootstrap_writer=place.bootstrap_writer,
            database=database,
            standard=standard,
            global_cluster_id=global_cluster_id,
            vpc_id=around.network.vpc_id,
            client_security_group_ids=around.clients,
            client_prefix_list_ids=from_lists,
            subnet_ids=around.network.database_subnet_ids,
            key_arn=key.arn,
            protect=site.environment.protect_data,
            # Nobody keeps it: the real one is set after the first `up`, see docs/decisions/0002-master-password.md.
            birth_password=secrets.token_urlsafe(32),
        ),
        site.in_aws,
    )
    alarms = DatabaseAlarmsArgs(
        scope=site.scope,
        group=place.group,
        cluster_identifier=cluster.cluster_identifier,
        database=database,
        most_connections=_most_connections(site, place),
        thresholds=site.workloads.alarms.database,
        replicated=len(site.fleet.members(place.group)) > 1,
        topics={severity: around.topics[severity] for severity in ("page", "warn")},
    )
    DatabaseAlarms(name, alarms, site.in_aws)
    exports = SnapshotExportArgs(
        scope=site.scope,
        group=place.group,
        cluster_identifier=cluster.cluster_identifier,
        exports=standard.exports,
        lock_mode=lock_mode,
        key_arn=key.arn,
        log_retention_days=standard.log_retention_days,
        protect=site.environment.protect_data,
        actions=[around.topics["warn"]],
    )
    SnapshotExport(name, exports, site.in_aws)
    return cluster


def _most_connections(site: Site, place: Replication) -> int:
    """What poolers open to the region's member of a group, at most.

    A pooler divides its region's pool among its databases. The worldwide one is read in its own region, and written to
    from every region of the group while it is the writer; the residents' is its own region's alone.
    """

    def share(region: Region) -> int:
        databases = 1 + len(region.replications)
        return connections_each(site.workloads.pooler, region.database, databases) * site.workloads.pooler.replicas

    if place.group != site.region.replication.group:
        return share(site.region)
    return share(site.region) + sum(share(each) for each in site.fleet.members(place.group))
