"""A cluster and AWS that are kept in memory, and a season scaler in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from seasons.intervals import Interval
from seasons.plan import Plan
from services.season_scaler.changes import (
    AutoscalerChange,
    DatabaseChange,
    IntervalChange,
    NodeGroupChange,
    SeasonChange,
)
from services.season_scaler.cloud import Cloud
from services.season_scaler.cluster import Cluster
from services.season_scaler.controller import Scaler
from services.season_scaler.lease import LEASE_SECONDS, Leadership, Record
from services.season_scaler.observe import Planner
from services.season_scaler.snapshot import AutoscalerState, DatabaseState, NodeGroupState, PodMonitorState, SeasonState
from tests.services.season_scaler.states import (
    API,
    MONITOR,
    NOW,
    SETTINGS,
    STANDARDS,
    WORKLOADS,
    ZONES,
    api,
    database,
    monitor,
    nodes,
    plan,
    pod_monitor,
    snapshot,
)

HPAS = {standard.autoscaler.name: workload for workload, standard in STANDARDS.items()}


@dataclass
class World:
    """A cluster and AWS. `broken` answers to a call of that name with an error, once for each that is listed."""

    autoscalers: dict[str, AutoscalerState] = field(default_factory=lambda: {MONITOR: monitor(), API: api()})
    season_state: SeasonState = field(default_factory=lambda: cast(SeasonState, snapshot().season))
    databases: dict[str, DatabaseState] = field(default_factory=lambda: {"worldwide": database()})
    monitor: PodMonitorState = field(default_factory=pod_monitor)
    group: NodeGroupState = field(default_factory=nodes)
    flag: Mapping[str, str] | None = None
    broken: dict[str, list[Exception]] = field(default_factory=dict[str, list[Exception]])
    calls: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    on_call: Callable[[str], None] = lambda _: None

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.on_call(name)
        if self.broken.get(name):
            raise self.broken[name].pop(0)

    def autoscaler(self, name: str) -> AutoscalerState:
        self._called("autoscaler")
        return self.autoscalers[HPAS[name]]

    def season(self, name: str) -> SeasonState:
        self._called("season")
        assert name == self.season_state.name
        return self.season_state

    def pod_monitor(self, name: str) -> PodMonitorState:
        self._called("pod_monitor")
        assert name == self.monitor.name
        return self.monitor

    def emergency(self, name: str) -> Mapping[str, str] | None:
        self._called("emergency")
        assert name == "season-emergency"
        return self.flag

    def database(self, identifier: str) -> DatabaseState:
        self._called("database")
        return self.databases[identifier]

    def node_group(self, pool: str, name: str) -> NodeGroupState:
        self._called("node_group")
        return replace(self.group, pool=pool, name=name)

    def set_autoscaler(self, change: AutoscalerChange) -> None:
        self._called("set_autoscaler")
        self.autoscalers[change.workload] = replace(
            change.state, floor=change.floor, ceiling=change.ceiling, metrics=change.metrics
        )

    def set_season(self, change: SeasonChange) -> None:
        self._called("set_season")
        self.season_state = replace(change.state, active=change.active)

    def set_interval(self, change: IntervalChange) -> None:
        self._called("set_interval")
        self.monitor = replace(change.state, endpoints=change.endpoints)

    def set_database(self, change: DatabaseChange) -> None:
        self._called("set_database")
        self.databases[change.name] = replace(change.state, min_acu=change.min_acu)

    def set_node_group(self, change: NodeGroupChange) -> None:
        self._called("set_node_group")
        desired = self.group.desired_size if change.desired_size is None else change.desired_size
        self.group = replace(self.group, min_size=change.min_size, desired_size=desired)

    def append(self, event: Mapping[str, str]) -> None:
        self._called("append")
        assert event["region"] == "us-east-1"

    def report_cycle(self) -> None:
        self._called("report_cycle")

    def tell(self, state: AutoscalerState, reason: str, note: str, at: datetime, *, warning: bool = False) -> None:
        self._called("tell")
        assert at >= NOW
        assert warning == (reason == "SeasonWarning")
        if warning:
            self.warnings.append(f"{state.name}: {note}")


class Lease:
    """Nobody's."""

    def __init__(self) -> None:
        self.record = Record("", LEASE_SECONDS, 0, None, None)

    def read(self) -> Record:
        return self.record

    def write(self, record: Record, at: datetime) -> None:
        assert at >= NOW
        self.record = replace(record, version=str(int(record.version or 0) + 1))


def good_plan(at: datetime, emergency: bool) -> Plan:
    return plan(emergency=emergency, during=Interval(at, at + timedelta(hours=1)))


def scaler_of(
    world: World, lease: Lease | None = None, planner: Planner = good_plan, now: Callable[[], datetime] = lambda: NOW
) -> Scaler:
    both: Any = world
    leadership = Leadership(lease, "scaler-0", now, lambda: 0.0) if lease else None
    return Scaler(SETTINGS, WORKLOADS, ZONES, planner, cast(Cluster, both), cast(Cloud, both), leadership, now)
