"""What the season scaler may change, each change with what was there, what comes, and the sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.season_scaler.snapshot import (
    AutoscalerState,
    DatabaseState,
    Json,
    NodeGroupState,
    PodMonitorState,
    SeasonState,
)
from services.season_scaler.targets import cpu_target

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class AutoscalerChange:
    """New bounds and the complete metrics list of an HPA.

    Attributes:
        workload: a field of regions.model.Workloads.
        replaced: the annotation that remembers what was there first, as JSON.
    """

    workload: str
    state: AutoscalerState
    floor: int
    ceiling: int
    metrics: tuple[Json, ...]
    replaced: str
    reason: str
    kind = "autoscaler"

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def raises(self) -> bool:
        """Whether it makes room (more replicas at least or at most, or a lower target for each) and takes none away."""
        was, will = cpu_target(self.state.metrics), cpu_target(self.metrics)
        bounds = (self.floor - self.state.floor, self.ceiling - self.state.ceiling)
        if min(bounds) < 0 or (was is not None and (will is None or will > was)):
            return False
        return max(bounds) > 0 or (will is not None and (was is None or will < was))

    @property
    def before(self) -> Values:
        return _bounds(self.state.floor, self.state.ceiling, self.state.metrics)

    @property
    def after(self) -> Values:
        return _bounds(self.floor, self.ceiling, self.metrics)


@dataclass(frozen=True, slots=True)
class SeasonChange:
    """Key season_active of the ConfigMap."""

    state: SeasonState
    active: str
    reason: str
    kind = "season"
    raises = True  # it neither gives nor takes room, so it need not wait for anything either

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def before(self) -> Values:
        return {} if self.state.active is None else {"season_active": self.state.active}

    @property
    def after(self) -> Values:
        return {"season_active": self.active}


@dataclass(frozen=True, slots=True)
class IntervalChange:
    """How often Prometheus reads the pods' metrics, s."""

    state: PodMonitorState
    seconds: int
    reason: str
    kind = "metrics_interval"
    raises = True  # as above

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def endpoints(self) -> tuple[Json, ...]:
        """The complete list: the API server takes it as one field."""
        return tuple({**each, "interval": f"{self.seconds}s"} for each in self.state.endpoints)

    @property
    def before(self) -> Values:
        return {"interval": ",".join(dict.fromkeys(self.state.intervals))}

    @property
    def after(self) -> Values:
        return {"interval": f"{self.seconds}s"}


@dataclass(frozen=True, slots=True)
class DatabaseChange:
    """The floor of a database cluster, in capacity units."""

    state: DatabaseState
    min_acu: float
    reason: str
    kind = "database"

    @property
    def name(self) -> str:
        return self.state.identifier

    @property
    def raises(self) -> bool:
        return self.min_acu > self.state.min_acu

    @property
    def before(self) -> Values:
        return {"minCapacity": f"{self.state.min_acu:g}"}

    @property
    def after(self) -> Values:
        return {"minCapacity": f"{self.min_acu:g}"}


@dataclass(frozen=True, slots=True)
class NodeGroupChange:
    """The floor of a node group; `desired_size` is None where the node autoscaler's is not below it."""

    state: NodeGroupState
    min_size: int
    desired_size: int | None
    reason: str
    kind = "node_group"

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def raises(self) -> bool:
        return self.min_size > self.state.min_size

    @property
    def before(self) -> Values:
        return _sizes(self.state.min_size, None if self.desired_size is None else self.state.desired_size)

    @property
    def after(self) -> Values:
        return _sizes(self.min_size, self.desired_size)


def still_needed(change: NodeGroupChange, live: NodeGroupState) -> NodeGroupChange | None:
    """Return what of a change is left to do now that the node group is `live`, or None if nothing is.

    Others change a node group too: the node autoscaler its wanted size, an engineer everything. EKS takes whatever is
    written last, so a write must not take away what came after the decision: a floor is lowered only from where the
    decision saw it, and a wanted size is sent only where it is below the floor.
    """
    if change.raises:
        if live.min_size >= change.min_size:
            return None
    elif live.min_size != change.state.min_size:
        return None
    desired = change.min_size if live.desired_size < change.min_size else None
    return replace(change, state=live, desired_size=desired)


Change = AutoscalerChange | SeasonChange | IntervalChange | DatabaseChange | NodeGroupChange


def sentence(change: Change) -> str:
    """Return what changes and why, e.g. "wedding-api-hpa: minReplicas 35 → 50. Saturday in peak season in Paris."."""
    steps = [
        f"{name} {change.before.get(name, 'unset')} → {value}"
        for name, value in change.after.items()
        if change.before.get(name) != value
    ]
    # A hand edit may have left all of these alone and still have changed the list of metrics.
    return f"{change.name}: {', '.join(steps) or 'metrics'}. {change.reason}"


def in_order(changes: list[Change]) -> tuple[Change, ...]:
    """Return them so that protection comes first: room is given before any is taken, to pods before all else.

    Their cluster is near and AWS may be slow to answer. Nodes shrink after the pods that are on them.
    """
    order = ("autoscaler", "season", "metrics_interval", "node_group", "database")
    return tuple(sorted(changes, key=lambda each: (not each.raises, order.index(each.kind))))


def _bounds(floor: int, ceiling: int, metrics: tuple[Json, ...]) -> Values:
    return {"minReplicas": str(floor), "maxReplicas": str(ceiling), "cpuPercent": str(cpu_target(metrics) or "none")}


def _sizes(min_size: int, desired_size: int | None) -> Values:
    desired = {} if desired_size is None else {"desiredSize": str(desired_size)}
    return {"minSize": str(min_size), **desired}
