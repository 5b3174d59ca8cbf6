"""Reads everything that a decision rests on. What cannot be read is a sentence in the snapshot, never an exception.

The cluster and AWS are read apart: autoscalers change while AWS is waited for, and pods do not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from regions.model import Workloads
from regions.model.kubernetes import POD_MONITOR
from seasons.plan import Plan
from services.season_scaler.cloud import Cloud, CloudError
from services.season_scaler.cluster import Cluster, ClusterError
from services.season_scaler.emergency import emergency
from services.season_scaler.settings import Settings
from services.season_scaler.snapshot import Emergency, Snapshot

T = TypeVar("T")
Planner = Callable[[datetime, bool], Plan]
"""(instant, whether there is an emergency) → the region's plan."""


def observe_cluster(workloads: Workloads, planner: Planner, cluster: Cluster, now: datetime) -> Snapshot:
    """Return the plan for `now` and what there is in the cluster; nothing of AWS."""
    problems: list[str] = []
    flag = _read(problems, lambda: emergency(cluster.emergency(workloads.season_config.emergency), now))
    plan = _planned(problems, planner, flag, now)
    named = {
        "performance_monitor": workloads.performance_monitor.autoscaler.name,
        "wedding_api": workloads.wedding_api.autoscaler.name,
    }
    read = {workload: _read(problems, lambda name=name: cluster.autoscaler(name)) for workload, name in named.items()}
    return Snapshot(
        at=now,
        plan=plan,
        emergency=flag,
        autoscalers={workload: state for workload, state in read.items() if state is not None},
        season=_read(problems, lambda: cluster.season(workloads.season_config.name)),
        pod_monitor=_read(problems, lambda: cluster.pod_monitor(POD_MONITOR)),
        databases=(),
        node_groups=(),
        problems=tuple(problems),
    )


def observe_cloud(settings: Settings, cloud: Cloud, before: Snapshot) -> Snapshot:
    """Return what there is in AWS, with plan, flag and problems of `before` and nothing else of the cluster."""
    problems = list(before.problems)
    # Side by side: however slow AWS is, all of it is waited for once.
    with ThreadPoolExecutor(thread_name_prefix="aws") as aside:
        databases = [aside.submit(cloud.database, name) for name in settings.databases]
        groups = [aside.submit(cloud.node_group, pool, name) for pool, name in settings.node_groups.items()]
        return replace(
            before,
            autoscalers={},
            season=None,
            pod_monitor=None,
            databases=_results(problems, databases),
            node_groups=_results(problems, groups),
            problems=tuple(problems),
        )


def _planned(problems: list[str], planner: Planner, flag: Emergency | None, now: datetime) -> Plan | None:
    try:
        return planner(now, flag is not None and flag.active)
    except Exception as error:  # noqa: BLE001 - whatever it is (zone data, calendars), protection must not end with it
        problems.append(f"There is no plan for {now.isoformat()}: {type(error).__name__}: {error}.")
        return None


def _read(problems: list[str], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (ClusterError, CloudError) as error:
        problems.append(str(error))
        return None


def _results(problems: list[str], futures: Sequence[Future[T]]) -> tuple[T, ...]:
    found = [_read(problems, each.result) for each in futures]
    return tuple(each for each in found if each is not None)
