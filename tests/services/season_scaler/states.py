"""A region as the season scaler sees it: all as planned, for tests to change one thing of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from regions.load import load_fleet
from seasons.intervals import Interval
from seasons.levels import Level
from seasons.plan import Bounds, Plan, plan_at
from services.season_scaler import targets
from services.season_scaler.bounds import standards
from services.season_scaler.changes import (
    AutoscalerChange,
    Change,
    DatabaseChange,
    IntervalChange,
    NodeGroupChange,
    SeasonChange,
)
from services.season_scaler.emergency import NONE
from services.season_scaler.settings import Settings
from services.season_scaler.snapshot import (
    AutoscalerState,
    DatabaseState,
    NodeGroupState,
    PodMonitorState,
    SeasonState,
    Snapshot,
    Version,
)

FLEET = load_fleet()
WORKLOADS = FLEET.workloads
ZONES = 3
MONITOR, API = "performance_monitor", "wedding_api"
STANDARDS = standards(WORKLOADS)
NOW = datetime(2026, 6, 13, 9, tzinfo=UTC)
SETTINGS = Settings(
    environment="test",
    region="us-east-1",
    regions=("us-east-1", "us-west-1"),
    freezes=False,
    namespace="database-optimization",
    pod="scaler-0",
    aws_region="us-east-1",
    databases=("worldwide",),
    eks_cluster="wedsync",
    node_groups=MappingProxyType({"general": "wedsync-general"}),
    audit_table="wedsync-test-audit",
    metrics_host="127.0.0.1",
    metrics_port=9090,
)


def bounds(floor: int = 10, ceiling: int = 50, cpu_percent: int = 80, shortfall: int = 0) -> Bounds:
    return Bounds(floor, ceiling, cpu_percent, rate=100.0, shortfall=shortfall)


def plan(**changed: Any) -> Plan:
    """A quiet day in season: 12..24 monitors, 10..50 APIs."""
    values: dict[str, Any] = {
        "during": Interval(NOW - timedelta(hours=1), NOW + timedelta(hours=1)),
        "phase": "wedding_season",
        "level": Level.NORMAL,
        "wedding_day": False,
        "emergency": False,
        "workloads": {MONITOR: bounds(12, 24, 70), API: bounds(10, 50, 80)},
        "nodes": {"general": 3, "wedding-optimised": 3},
        "min_acu": 2.0,
        "acu_shortfall": 0.0,
        "metrics_interval_seconds": 30,
        "reasons": ("It is peak season in New York.", "A quiet day."),
    }
    return Plan(**(values | changed))


def planned(at: datetime, *, emergency: bool = False) -> Plan:
    """The plan of the region that `SETTINGS` are of."""
    fleet = FLEET.restricted(SETTINGS.regions)
    return plan_at(fleet, fleet.region(SETTINGS.region), at, emergency=emergency)


def as_planned(whole: Plan, workload: str) -> tuple[int, int, int]:
    """Floor, ceiling and CPU target."""
    wanted = whole.workloads[workload]
    return wanted.floor, wanted.ceiling, wanted.cpu_percent


def autoscaler(workload: str, floor: int, ceiling: int, cpu_percent: int, **changed: Any) -> AutoscalerState:
    """An HPA that is idle at its floor."""
    standard = STANDARDS[workload].autoscaler
    state = AutoscalerState(
        name=standard.name,
        version=Version("uid", "7"),
        floor=floor,
        ceiling=ceiling,
        metrics=targets.metrics(standard, cpu_percent),
        usage=dict.fromkeys(targets.targets(standard, cpu_percent), 1.0),
        running=floor,
        replaced=None,
    )
    return replace(state, **changed)


def monitor(floor: int = 12, ceiling: int = 24, cpu_percent: int = 70, **changed: Any) -> AutoscalerState:
    return autoscaler(MONITOR, floor, ceiling, cpu_percent, **changed)


def api(floor: int = 10, ceiling: int = 50, cpu_percent: int = 80, **changed: Any) -> AutoscalerState:
    return autoscaler(API, floor, ceiling, cpu_percent, **changed)


def database(min_acu: float = 2.0, max_acu: float = 16.0, status: str = "available") -> DatabaseState:
    return DatabaseState("worldwide", min_acu, max_acu, status)


def nodes(min_size: int = 3, max_size: int = 9, desired_size: int = 4, status: str = "ACTIVE") -> NodeGroupState:
    return NodeGroupState("general", "wedsync-general", min_size, max_size, desired_size, status)


def pod_monitor(*intervals: str) -> PodMonitorState:
    """Read every 30 s unless told; each endpoint with a port that stays as it is."""
    endpoints = [{"port": f"http-{at}", "interval": each} for at, each in enumerate(intervals or ("30s",))]
    return PodMonitorState("proxies", Version("uid", "5"), tuple(endpoints))


def snapshot(**changed: Any) -> Snapshot:
    """Everything is as `plan()` wants it."""
    whole = Snapshot(
        at=NOW,
        plan=plan(),
        emergency=NONE,
        autoscalers={MONITOR: monitor(), API: api()},
        season=SeasonState("wedding-season-config", Version("uid", "3"), "true"),
        pod_monitor=pod_monitor(),
        databases=(database(),),
        node_groups=(nodes(),),
        problems=(),
    )
    return replace(whole, **changed)


def busy(workload: str, cpu_percent: int, usage: float) -> dict[str, float]:
    """CPU at `usage` percent of the requests, all other metrics idle."""
    held = targets.targets(STANDARDS[workload].autoscaler, cpu_percent)
    return {name: usage if name == "cpu" else 1.0 for name in held}


def after(before: Snapshot, changes: tuple[Change, ...]) -> Snapshot:
    """The snapshot that is seen once the changes are made."""
    autoscalers = dict(before.autoscalers)
    databases = {each.identifier: each for each in before.databases}
    groups = {each.name: each for each in before.node_groups}
    season, monitor = before.season, before.pod_monitor
    for change in changes:
        if isinstance(change, AutoscalerChange):
            autoscalers[change.workload] = replace(
                change.state,
                floor=change.floor,
                ceiling=change.ceiling,
                metrics=change.metrics,
                replaced=change.replaced,
            )
        elif isinstance(change, SeasonChange):
            season = replace(change.state, active=change.active)
        elif isinstance(change, IntervalChange):
            monitor = replace(change.state, endpoints=change.endpoints)
        elif isinstance(change, DatabaseChange):
            databases[change.name] = replace(change.state, min_acu=change.min_acu)
        else:
            assert isinstance(change, NodeGroupChange)
            desired = change.state.desired_size if change.desired_size is None else change.desired_size
            groups[change.name] = replace(change.state, min_size=change.min_size, desired_size=desired)
    return replace(
        before,
        autoscalers=autoscalers,
        season=season,
        pod_monitor=monitor,
        databases=tuple(databases.values()),
        node_groups=tuple(groups.values()),
    )
