"""A region's Redis: what differs by region, and what is the same in all of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from regions.model.base import FrozenMapping, Model, Text
from regions.model.database import DailyWindow, LogRetentionDays, WeekdayWindow

NodeType = Annotated[str, StringConstraints(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")]
_SHORTEST = 60
_DAY_MINUTES = 24 * 60


class Cache(Model):
    """The size of a region's replication group, and when ElastiCache may work on it."""

    node_type: NodeType = Field(description="Type of every node, e.g. 'cache.r7g.large'.")
    replicas: int = Field(ge=1, le=5, description="Nodes beside the primary, in other zones; one of them takes over.")
    snapshot_window: DailyWindow = Field(description="Daily snapshot, UTC, an hour or more, e.g. '07:30-08:30'.")
    maintenance_window: WeekdayWindow = Field(
        description="Weekly maintenance, UTC, an hour or more, e.g. 'wed:08:30-wed:09:30'; Monday to Thursday."
    )

    @field_validator("snapshot_window", "maintenance_window")
    @classmethod
    def _an_hour_or_more(cls, window: str) -> str:
        start, end = (_minute(edge) for edge in window.split("-"))
        if (end - start) % _DAY_MINUTES < _SHORTEST:
            raise PydanticCustomError("range", "must last {least} minutes or more", {"least": _SHORTEST})
        return window


class CacheStandard(Model):
    """What the Redis of every region has alike."""

    engine_version: Text = Field(pattern=r"^[0-9]+\.[0-9]+$", description="Redis version, quoted, e.g. '7.1'.")
    snapshot_retention_days: int = Field(ge=1, le=35, description="Days that a snapshot is kept.")
    log_retention_days: LogRetentionDays = Field(description="Days that the slow log is kept.")
    parameters: FrozenMapping[str] = Field(description="Redis parameters by name, as strings.")

    @property
    def parameter_group_family(self) -> str:
        """The ElastiCache parameter group family, e.g. "redis7"."""
        return f"redis{self.engine_version.split('.')[0]}"


def _minute(edge: str) -> int:
    """Minutes since midnight of "04:30" or "tue:04:30"."""
    hour, minute = edge.split(":")[-2:]
    return int(hour) * 60 + int(minute)
