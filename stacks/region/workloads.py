"""What runs in the region's namespace, and what keeps it within bounds."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.coordination.names import write_name
from components.database.connection_pooler import ConnectionPooler, ConnectionPoolerArgs, PooledDatabase
from components.kubernetes.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.kubernetes.openings import openings
from components.kubernetes.pod_metrics import PodMetrics, PodMetricsArgs
from components.kubernetes.priority_classes import PriorityClasses, PriorityClassesArgs
from components.kubernetes.quota import Quota, QuotaArgs
from components.kubernetes.workload_namespace import WorkloadNamespace, WorkloadNamespaceArgs
from components.mesh.mesh_namespaces import MeshNamespaces, MeshNamespacesArgs
from components.security.secret_names import ROLES, cache_user, database_role
from components.security.secret_store import SecretStore, SecretStoreArgs
from components.security.synced_secret import SyncedSecret, SyncedSecretArgs
from components.workload.canary import Canary, CanaryArgs
from components.workload.configuration import Configuration, ConfigurationArgs, regional_config
from components.workload.deployment import STABLE, ConfigMaps
from components.workload.replicated_workload import ReplicatedWorkload, ReplicatedWorkloadArgs
from components.workload.season_config import season_config
from components.workload.shared_volumes import SharedVolumes, SharedVolumesArgs
from regions.capacity import namespace_ceiling
from stacks.region.season import season_scaler
from stacks.region.site import Site

# The names that clients of the pooler connect to.
WORLDWIDE, WORLDWIDE_READERS, RESIDENT = "wedsync", "wedsync_ro", "resident"


def guard_rails(site: Site) -> Site:
    """Namespaces, priorities, quota, and who may talk to whom. Returns the site where everything comes after them."""
    mesh = site.workloads.mesh
    own = WorkloadNamespace("namespace", WorkloadNamespaceArgs(site.scope, site.workloads.namespace), site.in_cluster)
    meshs = MeshNamespaces("mesh", MeshNamespacesArgs(mesh, site.region.name), site.in_cluster)
    classes = PriorityClasses("priorities", PriorityClassesArgs(site.workloads.priority_classes), site.in_cluster)
    inside = site.after(own, meshs, classes)
    claims = site.workloads.storage.claims
    storage_gb = sum(claim.size_gb for claim in claims)
    quota = Quota(
        "quota",
        QuotaArgs(site.namespace, namespace_ceiling(site.workloads), len(claims), storage_gb),
        inside.in_cluster,
    )
    policies = NetworkPoliciesArgs(site.namespace, openings(site.fleet, site.region))
    NetworkPolicies("network", policies, inside.in_cluster)
    interval = site.workloads.wedding_day_mode.normal_metrics_interval_seconds
    for namespace in (site.namespace, mesh.gateway_namespace):
        args = PodMetricsArgs(namespace, interval, season_scaled=namespace == site.namespace)
        PodMetrics(f"metrics-{namespace}", args, inside.in_cluster)
    users = (site.namespace, mesh.control_namespace, mesh.gateway_namespace)
    SecretStore("secrets", SecretStoreArgs(site.region.aws_region, users), inside.in_cluster)
    return inside.after(quota)


def pooler(site: Site, readers: pulumi.Input[str], resident: pulumi.Input[str] | None) -> None:
    """The region's connection pool.

    `readers` is the host of the region's own copy of the worldwide data, which is written to wherever its writer is;
    `resident` is that of the residents' database, if there is one.
    """
    writer = write_name(site.region.replication.group, site.environment.domain)
    hosts: dict[str, pulumi.Input[str]] = {WORLDWIDE: writer, WORLDWIDE_READERS: readers}
    if resident is not None:
        hosts[RESIDENT] = resident
    groups = [place.group for place in site.region.replications]
    users = {
        f"{group}_{role}".replace("-", "_"): database_role(site.environment.name, group, role)
        for group in groups
        for role in ROLES
    }
    args = ConnectionPoolerArgs(
        site.namespace,
        site.workloads.pooler,
        site.region.database,
        [PooledDatabase(name, host) for name, host in hosts.items()],
        users,
        site.environment.images.pooler,
    )
    ConnectionPooler("pooler", args, site.in_cluster)


def workloads(site: Site, cache: pulumi.Input[str]) -> None:
    """Monitor, coordinator and API, with what they read; `cache` is the Redis endpoint, as host:port."""
    specified, images = site.workloads, site.environment.images
    config_maps = {
        specified.season_config.name: season_config(site.fleet, site.region),
        specified.coordinator.config_map: regional_config(site.fleet, site.region),
    }
    configuration = Configuration("configuration", ConfigurationArgs(site.namespace, config_maps), site.in_cluster)
    needs = [*configuration.config_maps, *_volumes(site), *_secrets(site, cache)]
    monitor, coordinator = specified.performance_monitor, specified.coordinator
    scaled = ReplicatedWorkload(
        "performance-monitor",
        ReplicatedWorkloadArgs(
            site.namespace,
            monitor,
            {monitor.application[0]: images.performance_monitor},
            config_maps,
            monitor.autoscaler,
            season_scaled=True,
            needs=needs,
        ),
        site.in_cluster,
    )
    api = _wedding_api(site, config_maps, needs)
    ReplicatedWorkload(
        "coordinator",
        ReplicatedWorkloadArgs(
            site.namespace,
            coordinator,
            {coordinator.application[0]: images.coordinator},
            config_maps,
            coordinator.autoscaler,
            needs=needs,
        ),
        site.in_cluster,
    )
    season_scaler(site, [each.autoscaler for each in (scaled, api) if each.autoscaler is not None])


def _wedding_api(site: Site, config_maps: ConfigMaps, needs: Sequence[pulumi.Resource]) -> ReplicatedWorkload:
    """The stable release and, where requests go to it, the canary's. Returns the former."""
    api, images = site.workloads.wedding_api, site.environment.images
    stable = dict(zip(api.containers, (images.wedding_api, images.wedding_api_metrics), strict=True))
    made = ReplicatedWorkload(
        "wedding-api",
        ReplicatedWorkloadArgs(
            site.namespace,
            api,
            stable,
            config_maps,
            api.autoscaler,
            season_scaled=True,
            needs=needs,
            track=STABLE,
        ),
        site.in_cluster,
    )
    if site.environment.canary_image is not None:
        canary = stable | {api.application[0]: site.environment.canary_image}
        Canary("wedding-api-canary", CanaryArgs(site.namespace, api, canary, config_maps, needs), site.in_cluster)
    return made


def _volumes(site: Site) -> list[pulumi.Resource]:
    environment = site.environment
    args = SharedVolumesArgs(
        site.namespace, site.workloads.storage.claims, environment.storage_class, environment.protect_data
    )
    return [*SharedVolumes("volumes", args, site.in_cluster).claims]


def _secrets(site: Site, cache: pulumi.Input[str]) -> list[pulumi.Resource]:
    """One Secret a workload, so that none reads another's: each logs in with a role of its own."""
    made = [
        _database_secret(site, secret, role)
        for secret, role in {
            "database-secrets": "monitor",
            "wedding-api-secrets": "app",
            "coordinator-secrets": "coordinator",
        }.items()
    ]
    cache_url = pulumi.Output.concat(
        "rediss://{{ .user_username | urlquery }}:{{ .user_password | urlquery }}@", cache, "/0"
    )
    source = {"user": cache_user(site.environment.name, site.region.name)}
    redis = SyncedSecretArgs(site.namespace, "redis-secrets", source, template={"cluster_url": cache_url})
    return [*made, SyncedSecret("redis-secrets", redis, site.in_cluster)]


def _database_secret(site: Site, secret: str, role: str) -> SyncedSecret:
    """URLs of the worldwide data, and of the residents' where the region has them."""
    worldwide, *residents = [place.group for place in site.region.replications]
    sources = {"role": database_role(site.environment.name, worldwide, role)}
    urls = {"primary_url": _url(site, "role", WORLDWIDE), "reader_url": _url(site, "role", WORLDWIDE_READERS)}
    for group in residents:
        sources["resident"] = database_role(site.environment.name, group, role)
        urls["resident_url"] = _url(site, "resident", RESIDENT)
    return SyncedSecret(secret, SyncedSecretArgs(site.namespace, secret, sources, template=urls), site.in_cluster)


def _url(site: Site, alias: str, database: str) -> str:
    host = f"{site.workloads.pooler.name}.{site.namespace}:{site.workloads.pooler.port}"
    login = f"{{{{ .{alias}_username | urlquery }}}}:{{{{ .{alias}_password | urlquery }}}}"
    return f"postgresql://{login}@{host}/{database}"
