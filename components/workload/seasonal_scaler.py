"""The season scaler: two CronJobs that run it once a day, and the controller that keeps to the plan in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.workload.scaler_access import rules
from components.workload.scaler_pod import NAME, job_pod, metadata, replica
from regions.model import Region
from regions.model.demand import SeasonalJobs
from regions.model.deployment import FixedDeployment
from regions.model.kubernetes import POD_MONITOR

__all__ = ["NAME", "SeasonalScaler", "SeasonalScalerArgs", "schedule"]


@dataclass(frozen=True)
class SeasonalScalerArgs:
    """What a SeasonalScaler needs.

    `workload` describes the controller. `autoscalers` are the names of the HPAs that it may change, `season_config` is
    that of the ConfigMap it writes into, `emergency` that of the one by which somebody declares an emergency.
    `environment` is what the scaler reads of its place, by variable; `image` is by digest; `metrics_seconds` is how
    often Prometheus asks.
    """

    namespace: pulumi.Input[str]
    region: Region
    jobs: SeasonalJobs
    workload: FixedDeployment
    autoscalers: Sequence[pulumi.Input[str]]
    season_config: str
    emergency: str
    environment: Mapping[str, pulumi.Input[str]]
    image: str
    metrics_seconds: int


class SeasonalScaler(pulumi.ComponentResource):
    """Account and rights, a Deployment with its budget and metrics, and a CronJob for each part of the region's year.

    SeasonalScaler("scaler", SeasonalScalerArgs("apps", region, workloads.seasonal_jobs, workloads.season_scaler,
        [hpa.name], "season", "emergency", {"REGION": region.name}, image, metrics_seconds=30))
    """

    def __init__(self, name: str, args: SeasonalScalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:workload:SeasonalScaler", name, None, opts)
        self._name, self._args = name, args
        account, allowed = self._account()
        for suffix, job, months in (
            ("season", args.jobs.season_name, args.region.season_months),
            ("off-season", args.jobs.off_season_name, args.region.off_season_months),
        ):
            if months:  # a region whose markets cover the whole year has no off-season
                self._cron_job(suffix, job, schedule(args.jobs.hour, months), account, allowed)
        self._controller(account, allowed)
        self._disruption_budget()
        self._metrics()
        self.register_outputs({})

    def _child(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(needs))

    def _account(self) -> tuple[pulumi.Output[str], k8s.rbac.v1.RoleBinding]:
        """Its name, and what must be there before a pod of it."""
        args, described = self._args, metadata(NAME, self._args.namespace)
        account = k8s.core.v1.ServiceAccount(
            self._name, metadata=described, automount_service_account_token=False, opts=self._child()
        )
        role = k8s.rbac.v1.Role(
            self._name,
            metadata=described,
            rules=rules(args.autoscalers, POD_MONITOR, args.season_config, args.emergency, NAME),
            opts=self._child(),
        )
        allowed = k8s.rbac.v1.RoleBinding(
            self._name,
            metadata=described,
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": args.namespace}],
            opts=self._child(),
        )
        return account.metadata.name, allowed

    def _cron_job(
        self, suffix: str, job: str, cron: str, account: pulumi.Output[str], allowed: pulumi.Resource
    ) -> None:
        args = self._args
        pod = job_pod(args.workload, args.image, account, args.environment)
        k8s.batch.v1.CronJob(
            f"{self._name}-{suffix}",
            metadata=metadata(job, args.namespace),
            spec={
                "schedule": cron,
                "time_zone": args.region.first_market.time_zone,
                "concurrency_policy": "Forbid",
                # A run missed by more than this (the controller was down) is not worth catching up: the next day's is.
                "starting_deadline_seconds": 3600,
                "successful_jobs_history_limit": 3,
                "failed_jobs_history_limit": 3,
                "job_template": {"spec": {"backoff_limit": 3, "active_deadline_seconds": 600, "template": pod}},
            },
            opts=self._child(allowed),
        )

    def _controller(self, account: pulumi.Output[str], allowed: pulumi.Resource) -> None:
        args, update = self._args, self._args.workload.rolling_update
        k8s.apps.v1.Deployment(
            self._name,
            metadata=metadata(NAME, args.namespace),
            spec={
                "replicas": args.workload.replicas,
                "selector": {"match_labels": {**_CONTROLLER}},
                "strategy": {
                    "type": "RollingUpdate",
                    "rolling_update": {"max_surge": update.max_surge, "max_unavailable": update.max_unavailable},
                },
                "revision_history_limit": 5,
                "template": replica(args.workload, args.image, account, args.environment, _CONTROLLER),
            },
            opts=self._child(allowed),
        )

    def _disruption_budget(self) -> None:
        k8s.policy.v1.PodDisruptionBudget(
            self._name,
            metadata=metadata(NAME, self._args.namespace),
            spec={
                "selector": {"match_labels": {**_CONTROLLER}},
                "max_unavailable": int(self._args.workload.disruptions),
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=self._child(),
        )

    def _metrics(self) -> None:
        """It has no proxy, so it is asked by itself."""
        _, container = self._args.workload.application
        k8s.apiextensions.CustomResource(
            f"{self._name}-metrics",
            api_version="monitoring.coreos.com/v1",
            kind="PodMonitor",
            metadata=metadata(NAME, self._args.namespace),
            spec={
                "selector": {"matchLabels": {**_CONTROLLER}},
                "podMetricsEndpoints": [
                    {"port": container.port_name, "interval": f"{self._args.metrics_seconds}s", "path": "/metrics"}
                ],
            },
            opts=self._child(),
        )


# The jobs' pods have the name too, and are none of the controller's.
_CONTROLLER = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/component": "controller"}


def schedule(hour: int, months: Sequence[int]) -> str:
    """Every day of `months` (1-12) at `hour`:00, the months written out: a cron range cannot cross the year's end."""
    return f"0 {hour} * {','.join(str(month) for month in sorted(months))} *"
