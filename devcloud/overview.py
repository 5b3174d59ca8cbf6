"""The table at the end of `make up`: what now runs, read from the live systems."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cronsim import CronSim
from rich.console import Console
from rich.table import Table

from devcloud.engine import Engine
from devcloud.providers.kubernetes.client import Client
from devcloud.providers.kubernetes.kubeconfig import load
from regions.load import load_fleet
from regions.zones import time_zone

_LOG_WIDTH = 200


class Row(NamedTuple):
    """One stack. Empty strings where it has no such thing."""

    stack: str
    database: str
    replicas: str
    autoscaler: str
    next_job: str
    context: str


def observe(engine: Engine) -> list[Row]:
    """A row for each stack of the embedded cloud."""
    return [_row(stack, engine.outputs(stack), engine) for stack in engine.stacks()]


def show(rows: list[Row]) -> None:
    """Print the table and the commands to look further."""
    # A pipe or a log has no width; a terminal folds what does not fit.
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _LOG_WIDTH)
    table = Table("stack", "database", "replicas ready", "HPA bounds", "next seasonal job", "Kubernetes context")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print('Look further: eval "$(make -s env)", then', markup=False)
    for row in rows:
        console.print(f"  pulumi stack --stack {row.stack}", markup=False)
        if row.context:
            console.print(f"  kubectl --context {row.context} get all,hpa,pvc --all-namespaces", markup=False)
    console.print("or: make status, make preview, make down, make destroy")


def replicas_at_floor(engine: Engine, stack: str) -> bool:
    """Whether the autoscaler has brought the stack's performance monitor to its floor, and all of it is ready."""
    live = _live(engine, str(engine.outputs(stack)["kubernetes_context"]))
    ready = (live.deployment or {}).get("status", {}).get("readyReplicas", 0)
    return live.autoscaler is not None and ready >= live.autoscaler["spec"]["minReplicas"]


class _Live(NamedTuple):
    """The objects of a region, as the API server has them; None where there is none."""

    deployment: dict[str, Any] | None
    autoscaler: dict[str, Any] | None
    jobs: list[dict[str, Any] | None]


def _live(engine: Engine, context: str) -> _Live:
    workloads = load_fleet().workloads
    namespace = workloads.namespace.name
    monitor, jobs = workloads.performance_monitor, workloads.seasonal_jobs
    with closing(Client(load(str(engine.state.kubeconfig), context))) as cluster:
        return _Live(
            cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{monitor.name}"),
            cluster.get(
                f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers/{monitor.autoscaler.name}"
            ),
            [
                cluster.get(f"/apis/batch/v1/namespaces/{namespace}/cronjobs/{name}")
                for name in (jobs.season_name, jobs.off_season_name)
            ],
        )


def _row(stack: str, outputs: dict[str, Any], engine: Engine) -> Row:
    context = str(outputs.get("kubernetes_context", ""))
    if not context:
        return Row(stack, ", ".join(outputs.get("global_clusters", {}).values()), "", "", "", "")
    live = _live(engine, context)
    database = f"{outputs['database_endpoint']}:{outputs['database_port']}"
    return Row(stack, database, _replicas(live.deployment), _bounds(live.autoscaler), _next_job(live.jobs), context)


def _replicas(deployment: dict[str, Any] | None) -> str:
    if deployment is None:
        return "none"
    return f"{deployment.get('status', {}).get('readyReplicas', 0)}/{deployment['spec']['replicas']}"


def _bounds(autoscaler: dict[str, Any] | None) -> str:
    return "none" if autoscaler is None else f"{autoscaler['spec']['minReplicas']}..{autoscaler['spec']['maxReplicas']}"


def _next_job(jobs: list[dict[str, Any] | None]) -> str:
    """The CronJob that fires first, by its own clock and in UTC."""
    upcoming = sorted(
        (
            next(CronSim(job["spec"]["schedule"], datetime.now(time_zone(job["spec"]["timeZone"])))),
            job["metadata"]["name"],
        )
        for job in jobs
        if job is not None
    )
    if not upcoming:
        return "none"
    moment, name = upcoming[0]
    return f"{name} {moment:%Y-%m-%d %H:%M} {moment.tzname()} ({moment.astimezone(UTC):%H:%M} UTC)"
