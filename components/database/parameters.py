"""The parameters of a cluster and of its instances, as parameter groups take them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from regions.model import Database, DatabaseStandard


class Parameter(TypedDict):
    """One parameter of a group."""

    name: str
    value: str
    apply_method: str


def cluster_parameters(database: Database, standard: DatabaseStandard) -> list[Parameter]:
    """What every cluster has alike, the region's own tuning, and what follows from other fields."""
    dynamic = {
        **standard.cluster_parameters,
        **database.cluster_parameters,
        "statement_timeout": str(database.query_timeout_ms),
        "rds.force_ssl": "1",  # off by default before version 17 of Aurora PostgreSQL
    }
    # Static: a cluster is born with it, later it waits for each instance's next restart.
    static = {"shared_preload_libraries": ",".join(standard.preload_libraries)}
    return sorted([*_parameters(dynamic, "immediate"), *_parameters(static, "pending-reboot")], key=_name)


def instance_parameters(database: Database) -> list[Parameter]:
    """The region's tuning of its instances."""
    return sorted(_parameters(database.instance_parameters, "immediate"), key=_name)


def _parameters(values: Mapping[str, str], apply_method: str) -> list[Parameter]:
    return [{"name": name, "value": value, "apply_method": apply_method} for name, value in values.items()]


def _name(parameter: Parameter) -> str:
    return parameter["name"]
