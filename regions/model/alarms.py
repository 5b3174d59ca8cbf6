"""When somebody is told: thresholds of alarms."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from regions.model.base import Model

Severity = Literal["page", "warn"]
"""Somebody must act now; somebody must look today."""


class Alarm(Model):
    """An alarm goes off when `datapoints` of the last `minutes` one-minute values are beyond the threshold."""

    threshold: float = Field(gt=0, description="The last value that is all right, in the unit of the alarm's name.")
    minutes: int = Field(ge=1, le=60, description="How far it looks back, minutes.")
    datapoints: int = Field(ge=1, le=60, description="Minutes among them that must be beyond the threshold.")
    severity: Severity = Field(default="warn", description="Who is told: the people on call at once, or by day.")

    @model_validator(mode="after")
    def _can_go_off(self) -> Alarm:
        if self.datapoints > self.minutes:
            raise PydanticCustomError(
                "range", "datapoints must not be above minutes ({minutes})", {"minutes": self.minutes}
            )
        return self


SCALER_NAMESPACE, SCALER_CYCLES = "WedSync/SeasonScaler", "SoundCycles"
"""CloudWatch's namespace and metric of the season scaler: 1 for each minute with a cycle in which nothing failed."""


class DatabaseThresholds(Model):
    """Alarms of a database cluster."""

    replication_lag_ms: Alarm = Field(description="Lag of a member behind its group's writer in another region, ms.")
    rpo_lag_ms: Alarm = Field(description="What would be lost if the writer's region were lost now, ms.")
    replica_lag_ms: Alarm = Field(description="Lag of a reader behind the instance that it follows, ms.")
    cpu_percent: Alarm = Field(description="CPU of the busiest instance, percent.")
    capacity_percent: Alarm = Field(description="Capacity units in use, percent of the region's max_acu.")
    connections_percent: Alarm = Field(description="Connections of all instances, percent of the region's pool_size.")
    free_memory_percent: Alarm = Field(description="Free memory of the instance with least, percent of max_acu's.")
    deadlocks_per_second: Alarm = Field(description="Deadlocks a second.")


class Alarms(Model):
    """Thresholds of all alarms."""

    database: DatabaseThresholds = Field(description="Alarms of every database cluster.")
    season_scaler: Alarm = Field(description="Cycles of the season scaler in which nothing failed, a minute; no fewer.")
