"""What the season scaler sees before it decides. Data alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from seasons.plan import Plan

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Version:
    """Which object, and which state of it, a decision is made for: a later write is refused."""

    uid: str
    resource_version: str


@dataclass(frozen=True, slots=True)
class AutoscalerState:
    """An HPA.

    Attributes:
        metrics: the complete list, as the API server has it.
        usage: what the metrics of that list are now, by name: percent of the requests, or the average of the pods'
            values; None where any of them cannot be had.
        running: replicas that there are or that the HPA is making, the higher of both; None before its first look.
        replaced: the annotation that remembers what was there first.
    """

    name: str
    version: Version
    floor: int
    ceiling: int
    metrics: tuple[Json, ...]
    usage: Mapping[str, float] | None
    running: int | None
    replaced: str | None


@dataclass(frozen=True, slots=True)
class SeasonState:
    """The ConfigMap that workloads read; `active` is its key season_active as it stands there."""

    name: str
    version: Version
    active: str | None


@dataclass(frozen=True, slots=True)
class PodMonitorState:
    """What Prometheus reads of the namespace's pods: the complete list of endpoints, as the API server has it."""

    name: str
    version: Version
    endpoints: tuple[Json, ...]

    @property
    def intervals(self) -> tuple[str, ...]:
        """How often each endpoint is read, e.g. "30s"; "" where that is not said."""
        return tuple(str(each.get("interval", "")) for each in self.endpoints)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """An Aurora cluster's Serverless v2 bounds, in capacity units; `status` is "available" when it may be changed."""

    identifier: str
    min_acu: float
    max_acu: float
    status: str


@dataclass(frozen=True, slots=True)
class NodeGroupState:
    """A managed node group's bounds and wanted size; `status` is "ACTIVE" when it may be changed."""

    pool: str
    name: str
    min_size: int
    max_size: int
    desired_size: int
    status: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """What the emergency flag says.

    Attributes:
        sentence: who reads it knows why; empty where there is no flag.
        sound: whether the flag could be understood. What could not counts as active: protecting is safer.
    """

    active: bool
    sentence: str
    sound: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a decision rests on.

    Attributes:
        plan: None if there is none to be had.
        emergency: None if the flag could not be read.
        autoscalers: by workload, a field of regions.model.Workloads; what could not be read is not there. Likewise
            season, pod_monitor, databases and node_groups.
        problems: what could not be had, a sentence each.
    """

    at: datetime
    plan: Plan | None
    emergency: Emergency | None
    autoscalers: Mapping[str, AutoscalerState]
    season: SeasonState | None
    pod_monitor: PodMonitorState | None
    databases: tuple[DatabaseState, ...]
    node_groups: tuple[NodeGroupState, ...]
    problems: tuple[str, ...]
