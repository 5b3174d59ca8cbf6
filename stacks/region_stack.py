"""What a region has: its network, its member of the worldwide database, and the workloads that watch it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from components.database.regional_database import RegionalDatabase, RegionalDatabaseArgs
from components.kubernetes.workload_namespace import WorkloadNamespace, WorkloadNamespaceArgs
from components.network.regional_network import RegionalNetwork, RegionalNetworkArgs
from components.scope import Scope
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.workload.performance_monitor import PerformanceMonitor, PerformanceMonitorArgs
from components.workload.season_config import season_config
from components.workload.seasonal_scaler import SeasonalScaler, SeasonalScalerArgs
from components.workload.workload_autoscaler import WorkloadAutoscaler, WorkloadAutoscalerArgs
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment


def region_stack(environment: Environment, fleet: Fleet, region: Region) -> None:
    """Register the region's resources and export its endpoints."""
    scope = Scope(environment.name, region.name)
    in_aws = pulumi.ResourceOptions(providers={"aws": aws.Provider("aws", region=region.aws_region)})
    # ConfigMaps have fixed names and are mounted: they change in place instead of being away for a moment.
    cluster = k8s.Provider("kubernetes", context=environment.context_of(region.name), enable_config_map_mutable=True)
    in_cluster = pulumi.ResourceOptions(providers={"kubernetes": cluster})

    database = _database(environment, region, scope, in_aws)
    _workloads(environment, fleet, region, scope, in_cluster)

    pulumi.export("database_endpoint", database.endpoint)
    pulumi.export("database_reader_endpoint", database.reader_endpoint)
    pulumi.export("database_port", database.port)
    pulumi.export("database_cluster", database.cluster_identifier)
    pulumi.export("kubernetes_context", environment.context_of(region.name))


def _database(
    environment: Environment, region: Region, scope: Scope, in_aws: pulumi.ResourceOptions
) -> RegionalDatabase:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{environment.name}"
    shared = pulumi.StackReference("global", stack_name=name)
    key = EncryptionKey("key", EncryptionKeyArgs(scope, environment.protect_data), in_aws)
    network = RegionalNetwork("network", RegionalNetworkArgs(scope, region.network), in_aws)
    group = region.replication.group
    return RegionalDatabase(
        "database",
        RegionalDatabaseArgs(
            scope=scope,
            group=group,
            bootstrap_writer=region.replication.bootstrap_writer,
            database=region.database,
            global_cluster_id=shared.require_output("global_clusters").apply(lambda clusters: _of(group, clusters)),
            vpc_id=network.vpc_id,
            vpc_cidr=region.network.vpc_cidr,
            subnet_ids=network.database_subnet_ids,
            key_arn=key.arn,
            protect=environment.protect_data,
            # Nobody keeps it: the real one is set after the first `up`, see docs/decisions/0002-master-password.md.
            birth_password=secrets.token_urlsafe(32),
        ),
        in_aws,
    )


def _of(group: str, global_clusters: Mapping[str, str]) -> str:
    if group not in global_clusters:
        raise pulumi.RunError(f"The global stack has no cluster for replication group {group} yet: `up` it first.")
    return global_clusters[group]


def _workloads(
    environment: Environment, fleet: Fleet, region: Region, scope: Scope, in_cluster: pulumi.ResourceOptions
) -> None:
    workloads = fleet.workloads
    namespace = WorkloadNamespace("namespace", WorkloadNamespaceArgs(scope, workloads.namespace), in_cluster)
    monitor = PerformanceMonitor(
        "performance-monitor",
        PerformanceMonitorArgs(
            namespace=namespace.name,
            specification=workloads.performance_monitor,
            image=environment.images.performance_monitor,
            season_config_name=workloads.season_config.name,
            season_config=season_config(fleet, region),
            claims=workloads.storage.claims,
            storage_class=environment.storage_class,
        ),
        in_cluster,
    )
    autoscaler = WorkloadAutoscaler(
        "performance-monitor",
        WorkloadAutoscalerArgs(namespace.name, monitor.name, workloads.performance_monitor.autoscaler),
        in_cluster,
    )
    SeasonalScaler(
        "season-scaler",
        SeasonalScalerArgs(
            namespace.name, region, workloads.seasonal_jobs, autoscaler.name, environment.images.season_scaler
        ),
        in_cluster,
    )
