"""What the rules see of moto's RDS objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.models import rds_backends

from devcloud.aws_endpoint import clusters
from devcloud.aws_endpoint.rules import ClusterView, GlobalView, View


def view_of(backend: Any, rejection: Callable[[Mapping[str, str]], str | None]) -> View:
    """The state as a request to one region sees it.

    Args:
        backend: moto's RDSBackend of the region.
    """
    members = list(backend.clusters.values())
    instances = list(backend.databases.values())
    used = {cluster.parameter_group for cluster in members} | {
        instance.db_parameter_group_name for instance in instances if instance.db_parameter_group_name
    }
    return View(
        region=backend.region_name,
        clusters={cluster.db_cluster_identifier: _cluster(cluster) for cluster in members},
        global_clusters={
            found.global_cluster_identifier: _global(found) for found in clusters.global_clusters(backend.account_id)
        },
        cluster_arns=frozenset(
            cluster.arn for region in rds_backends[backend.account_id].values() for cluster in region.clusters.values()
        ),
        cluster_parameter_groups=frozenset(name.lower() for name in backend.db_cluster_parameter_groups),
        subnet_groups=frozenset(name.lower() for name in backend.subnet_groups),
        used_parameter_groups=frozenset(name.lower() for name in used),
        used_subnet_groups={cluster.db_subnet_group_name.lower(): cluster.db_cluster_identifier for cluster in members},
        rejection=rejection,
    )


def _cluster(cluster: Any) -> ClusterView:
    found = clusters.global_cluster_of(cluster)
    return ClusterView(cluster.db_cluster_identifier, cluster.arn, None if found is None else _global(found))


def _global(found: Any) -> GlobalView:
    primary = next((member for member in found.members if member.is_writer), None)
    return GlobalView(
        identifier=found.global_cluster_identifier,
        engine=found.engine,
        deletion_protection=bool(found.deletion_protection),
        members=tuple(member.arn for member in found.members),
        primary=None if primary is None else primary.arn,
        primary_has_available_writer=primary is not None
        and primary.writer is not None
        and primary.writer.status == "available",
    )
