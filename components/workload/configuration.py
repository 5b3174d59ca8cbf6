"""The ConfigMaps that workloads read, both generated from the region files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
import yaml

from components.workload.season_config import SEASON_ACTIVE
from regions.fleet import Fleet
from regions.model import Region


@dataclass(frozen=True)
class ConfigurationArgs:
    """What a Configuration needs: the data of ConfigMaps by the names of these."""

    namespace: pulumi.Input[str]
    data: Mapping[str, Mapping[str, pulumi.Input[str]]]


class Configuration(pulumi.ComponentResource):
    """ConfigMaps of fixed names, changed in place.

    Configuration("configuration", ConfigurationArgs("apps", {"wedding-season-config": season_config(fleet, region)}))
    """

    config_maps: list[k8s.core.v1.ConfigMap]

    def __init__(self, name: str, args: ConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:Configuration", name, None, opts)
        self.config_maps = [
            k8s.core.v1.ConfigMap(
                f"{name}-{title}",
                metadata={"name": title, "namespace": args.namespace},
                data=dict(data),
                # Whether it is season now is not the program's to say.
                opts=pulumi.ResourceOptions(
                    parent=self, ignore_changes=[f"data.{SEASON_ACTIVE}"] if SEASON_ACTIVE in data else []
                ),
            )
            for title, data in args.data.items()
        ]
        self.register_outputs({})


def regional_config(fleet: Fleet, region: Region) -> Mapping[str, str]:
    """The coordinator's ConfigMap: which region this is, and what it has to know of every region that is on."""
    return {
        "region": region.name,
        fleet.workloads.coordinator.config_key: yaml.safe_dump(
            {name: _summary(fleet, each) for name, each in fleet.regions.items()}, sort_keys=True
        ),
    }


def _summary(fleet: Fleet, region: Region) -> dict[str, object]:
    return {
        "aws_region": region.aws_region,
        "traffic_share": round(fleet.traffic_share(region), 6),
        "focus": region.focus,
        "aggressiveness": region.aggressiveness,
        "optimization": region.optimization,
        "cultural_patterns": list(region.cultural_patterns),
        "languages": list(region.languages),
        "peak_months": list(region.season_months),
        "engagement_months": list(region.engagement_months),
        "markets": {market.name: market.time_zone for market in region.markets},
        "pool_size": region.database.pool_size,
        "query_timeout_ms": region.database.query_timeout_ms,
        "failover_order": list(region.replication.failover_order),
        "failover_target": region.replication.failover_target,
    }
