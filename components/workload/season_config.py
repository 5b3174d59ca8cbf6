"""ConfigMap `wedding-season-config`: what workloads read of the season, generated from the region files."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from regions.fleet import Fleet
from regions.model import Region

SEASON_ACTIVE = "season_active"


def season_config(fleet: Fleet, region: Region) -> Mapping[str, str]:
    """The ConfigMap's data for `region`: flat keys as they are, nested ones as YAML text.

    `season_active` is born "false", because a program has no clock. The season scaler has one and keeps it; `up` leaves
    that alone.
    """
    workloads = fleet.workloads
    factors = workloads.performance_monitor.season_factors
    return {
        SEASON_ACTIVE: "false",
        "peak_months": ",".join(str(month) for month in region.season_months),
        "optimization_frequency": workloads.season_config.optimization_frequency,
        "performance_thresholds": _yaml(workloads.season_config.performance_thresholds_ms),
        "scaling_multipliers": _yaml(
            {
                "wedding_season": factors.wedding_season,
                "engagement_season": factors.engagement_season,
                "off_season": factors.off_season,
            }
        ),
        "regional_optimizations": _yaml(fleet.regional_optimizations),
    }


def _yaml(values: Mapping[str, object]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=True)
