"""The season scaler: what it is told of its region, and what it may change in AWS."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.cluster.control_plane import cluster_name
from components.cluster.node_groups import node_group_name
from components.cluster.permissions import Statement, set_season_floors
from components.coordination.audit_table import audit_table_name
from components.database.regional_database import cluster_identifier
from components.scope import Scope
from components.workload.scaler_alarm import ScalerAlarm, ScalerAlarmArgs
from components.workload.seasonal_scaler import SeasonalScaler, SeasonalScalerArgs
from regions.node_pools import pool_plans
from stacks.region.site import Site
from stacks.shared.account import Topics


def season_scaler(site: Site, autoscalers: Sequence[pulumi.Input[str]]) -> None:
    """The controller and its jobs; `autoscalers` are the names of the HPAs whose bounds the season sets."""
    specified = site.workloads
    args = SeasonalScalerArgs(
        site.namespace,
        site.region,
        specified.seasonal_jobs,
        specified.season_scaler,
        autoscalers,
        specified.season_config.name,
        specified.season_config.emergency,
        _place(site),
        site.environment.images.season_scaler,
        specified.wedding_day_mode.normal_metrics_interval_seconds,
    )
    SeasonalScaler("season-scaler", args, site.in_cluster)


def season_alarm(site: Site, topics: Topics) -> None:
    """Tells somebody when the plan is no longer kept to."""
    alarm = site.workloads.alarms.season_scaler
    args = ScalerAlarmArgs(site.scope, alarm, topics[alarm.severity])
    ScalerAlarm("season-scaler-alarm", args, site.in_aws)


def scaler_rights(site: Site) -> list[Statement]:
    """What it may do in AWS beside writing events."""
    return set_season_floors(site.place, _databases(site), _own_cluster(site))


def _place(site: Site) -> dict[str, str]:
    """What it reads of where it is, by variable; an empty value is of something that this region has not."""
    cluster = _own_cluster(site)
    pools = pool_plans(site.workloads, len(site.region.network.zones)) if cluster else {}
    return {
        "ENVIRONMENT": site.environment.name,
        "REGION": site.region.name,
        "REGIONS": ",".join(site.fleet.regions),
        "FREEZES": str(site.environment.freeze).lower(),
        "AWS_REGION": site.region.aws_region,
        "DATABASE_CLUSTERS": ",".join(_databases(site)),
        "EKS_CLUSTER": cluster or "",
        "NODE_GROUPS": ",".join(f"{pool}={node_group_name(site.scope, pool)}" for pool in pools),
        "AUDIT_TABLE": audit_table_name(Scope(site.environment.name)),
    }


def _databases(site: Site) -> list[str]:
    return [cluster_identifier(site.scope, place.group) for place in site.region.replications]


def _own_cluster(site: Site) -> str | None:
    """The cluster whose nodes are this stack's; an existing one has nodes of its own."""
    return None if site.region.cluster else cluster_name(site.scope)
