"""What a region has."""

from __future__ import annotations

import pulumi

from components.scope import Scope
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment
from stacks.providers import in_aws
from stacks.region import databases
from stacks.region.cluster import cluster, mesh_control
from stacks.region.entry import entry, topics
from stacks.region.freeze import freeze_policy, freeze_windows
from stacks.region.mesh import mesh
from stacks.region.network import network
from stacks.region.season import season_alarm
from stacks.region.site import Site
from stacks.region.workloads import guard_rails, pooler, workloads


def region_stack(environment: Environment, fleet: Fleet, region: Region) -> None:
    """Register the region's resources and export its endpoints. `fleet` is of the regions that are on."""
    site = _site(environment, fleet, region)
    protect = environment.protect_data
    key = EncryptionKey("key", EncryptionKeyArgs(site.scope, site.place, protect, notifies=True), site.in_aws)
    paths = network(site, key)
    around = databases.surroundings(site, paths, topics(site, key))
    site, cluster_name = cluster(site, paths, around.clients, key)
    database = databases.worldwide(site, around, key)
    resident = databases.resident(site, around)
    cache = databases.cache(site, around, key)

    in_cluster: list[pulumi.Resource] = []
    inside = mesh_control(guard_rails(site.noting(in_cluster)))
    freeze_windows(inside)
    pooler(inside, database.reader_endpoint, resident.endpoint if resident else None)
    workloads(inside, pulumi.Output.format("{0}:{1}", cache.endpoint, cache.port))
    ingress, east_west = mesh(inside)
    entry(site, ingress, east_west)
    freeze_policy(site, in_cluster)
    season_alarm(site, around.topics)

    pulumi.export("database_endpoint", database.endpoint)
    pulumi.export("database_reader_endpoint", database.reader_endpoint)
    pulumi.export("database_port", database.port)
    pulumi.export("database_cluster", database.cluster_identifier)
    if resident:
        pulumi.export("resident_database_endpoint", resident.endpoint)
        pulumi.export("resident_database_cluster", resident.cluster_identifier)
    pulumi.export("cache_endpoint", cache.endpoint)
    pulumi.export("cache_user_group", cache.user_group_id)
    pulumi.export("kubernetes_cluster", cluster_name)
    pulumi.export("kubernetes_context", environment.context_of(region.name))
    pulumi.export("ingress", ingress)
    pulumi.export("east_west", east_west)


def _site(environment: Environment, fleet: Fleet, region: Region) -> Site:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{environment.name}"
    return Site(
        environment=environment,
        fleet=fleet,
        region=region,
        scope=Scope(environment.name, region.name),
        in_aws=in_aws(environment, region.aws_region),
        shared=pulumi.StackReference("global", stack_name=name),
    )
