"""From what is seen to what is to be: no I/O, no clock; the same snapshot always gives the same decision.

Two rules stand above the plan:
- What runs hot is not taken away: near its targets, or with metrics that nobody can read, a workload keeps the bounds
  under which it runs, and nodes and databases keep their floors. Room is given at once.
- Without its inputs it fails closed: nothing gets lower, and no floor is below the fallback, nor in an emergency below
  that of level MAXIMUM.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from regions.model import Workloads
from seasons.plan import Plan
from services.season_scaler.bounds import Wanted, standards, wanted
from services.season_scaler.capacity import capacity
from services.season_scaler.changes import AutoscalerChange, Change, IntervalChange, SeasonChange, in_order
from services.season_scaler.quantities import same
from services.season_scaler.snapshot import AutoscalerState, Json, Snapshot
from services.season_scaler.targets import metrics
from services.season_scaler.waiting import Waiting

# In RDS' and EKS' words. A node group that could not start a node is DEGRADED until one starts, so its size has to be
# changed while it is: https://github.com/aws/containers-roadmap/issues/2326. What AWS refuses is told as a failure.
_CHANGEABLE = {"database": ("available",), "node_group": ("ACTIVE", "DEGRADED")}
_NONE_DECIDED: Mapping[str, Wanted] = {}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done.

    Attributes:
        changes: in the order in which they are made; none where all is as it should be.
        wanted: bounds by workload, changed or not.
        warnings: what somebody has to look at, a sentence each.
        waiting: what has to be changed and is in a state that does not allow it.
        sound: whether all inputs were there. If not, it failed closed.
    """

    at: datetime
    plan: Plan | None
    changes: tuple[Change, ...]
    wanted: Mapping[str, Wanted]
    warnings: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    sound: bool


def decide(
    snapshot: Snapshot, workloads: Workloads, zones: int, decided: Mapping[str, Wanted] = _NONE_DECIDED
) -> Decision:
    """Return what is to be done, and why.

    Args:
        zones: of the region: its node groups are spread over so many.
        decided: bounds of workloads that are not in the snapshot.
    """
    known = standards(workloads)
    bounds = dict(decided) | {
        name: wanted(snapshot, name, state, known[name]) for name, state in snapshot.autoscalers.items()
    }
    found: list[Change] = []
    for name, state in snapshot.autoscalers.items():
        listed = metrics(known[name].autoscaler, bounds[name].cpu_percent)
        as_wanted = (state.floor, state.ceiling) == (bounds[name].floor, bounds[name].ceiling)
        if not as_wanted or not same(state.metrics, listed):
            found.append(_autoscaler(name, state, bounds[name], listed))
    warnings = list(snapshot.problems)
    if snapshot.emergency is not None and not snapshot.emergency.sound:
        warnings.append(snapshot.emergency.sentence)
    if snapshot.plan is not None:
        found += [*_season(snapshot, snapshot.plan), *_interval(snapshot, snapshot.plan)]
    waiting: list[Waiting] = []
    for change in capacity(snapshot, bounds, workloads, zones):
        if change.state.status in _CHANGEABLE[change.kind]:
            found.append(change)
        else:
            waiting.append(Waiting(change.kind, change.name, change.state.status))
    return Decision(
        at=snapshot.at,
        plan=snapshot.plan,
        changes=in_order(found),
        wanted=bounds,
        warnings=tuple(warnings),
        waiting=tuple(waiting),
        sound=not snapshot.problems,
    )


def together(cluster: Decision, cloud: Decision) -> Decision:
    """Return the decisions about the two parts of one cycle as one."""
    return replace(
        cluster,
        changes=cluster.changes + cloud.changes,
        warnings=cluster.warnings + tuple(each for each in cloud.warnings if each not in cluster.warnings),
        waiting=cluster.waiting + cloud.waiting,
        sound=cluster.sound and cloud.sound,
    )


def _autoscaler(workload: str, state: AutoscalerState, bounds: Wanted, listed: tuple[Json, ...]) -> AutoscalerChange:
    first = {"minReplicas": state.floor, "maxReplicas": state.ceiling, "metrics": state.metrics}
    replaced = state.replaced or json.dumps(first, sort_keys=True)
    return AutoscalerChange(workload, state, bounds.floor, bounds.ceiling, listed, replaced, bounds.reason)


def _season(snapshot: Snapshot, plan: Plan) -> list[Change]:
    active = str(plan.phase == "wedding_season").lower()
    if snapshot.season is None or snapshot.season.active == active:
        return []
    return [SeasonChange(snapshot.season, active, f"The region is in its {plan.phase.replace('_', ' ')}.")]


def _interval(snapshot: Snapshot, plan: Plan) -> list[Change]:
    monitor, seconds = snapshot.pod_monitor, plan.metrics_interval_seconds
    if monitor is None or set(monitor.intervals) <= {f"{seconds}s"}:
        return []
    return [IntervalChange(monitor, seconds, f"Wedding-day mode is {'on' if plan.wedding_day else 'off'}.")]
