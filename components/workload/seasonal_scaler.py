"""The CronJobs that run the season scaler once a day, and the account that lets it change one HPA and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.workload import pod_security
from regions.model import Region
from regions.model.demand import SeasonalJobs

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import PodTemplateSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

NAME = "season-scaler"


@dataclass(frozen=True)
class SeasonalScalerArgs:
    """What a SeasonalScaler needs. `autoscaler` is the name of the HPA it may change; `image` is by digest."""

    namespace: pulumi.Input[str]
    region: Region
    jobs: SeasonalJobs
    autoscaler: pulumi.Input[str]
    image: str


class SeasonalScaler(pulumi.ComponentResource):
    """Service account, Role, RoleBinding and one CronJob for each part of the year that the region has.

    SeasonalScaler("scaler", SeasonalScalerArgs(namespace.name, region, workloads.seasonal_jobs, hpa.name, image))
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
        self.register_outputs({})

    def _metadata(self, name: str) -> ObjectMetaArgsDict:
        return {"name": name, "namespace": self._args.namespace, "labels": {"app.kubernetes.io/name": NAME}}

    def _account(self) -> tuple[k8s.core.v1.ServiceAccount, k8s.rbac.v1.RoleBinding]:
        account = k8s.core.v1.ServiceAccount(
            self._name,
            metadata=self._metadata(NAME),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = k8s.rbac.v1.Role(
            self._name,
            metadata=self._metadata(NAME),
            rules=[
                {
                    "api_groups": ["autoscaling"],
                    "resources": ["horizontalpodautoscalers"],
                    "resource_names": [self._args.autoscaler],
                    "verbs": ["get", "patch"],
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        binding = k8s.rbac.v1.RoleBinding(
            self._name,
            metadata=self._metadata(NAME),
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": self._args.namespace}],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return account, binding

    def _cron_job(
        self,
        suffix: str,
        job: str,
        cron: str,
        account: k8s.core.v1.ServiceAccount,
        allowed: k8s.rbac.v1.RoleBinding,
    ) -> None:
        k8s.batch.v1.CronJob(
            f"{self._name}-{suffix}",
            metadata=self._metadata(job),
            spec={
                "schedule": cron,
                "time_zone": self._args.region.first_market.time_zone,
                "concurrency_policy": "Forbid",
                # A run missed by more than this (the controller was down) is not worth catching up: the next day's is.
                "starting_deadline_seconds": 3600,
                "successful_jobs_history_limit": 3,
                "failed_jobs_history_limit": 3,
                "job_template": {
                    "spec": {"backoff_limit": 3, "active_deadline_seconds": 600, "template": self._pod(account)}
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )

    def _pod(self, account: k8s.core.v1.ServiceAccount) -> PodTemplateSpecArgsDict:
        return {
            # It talks to the API server alone, which is not in the mesh.
            "metadata": {"labels": {"app.kubernetes.io/name": NAME, "sidecar.istio.io/inject": "false"}},
            "spec": {
                "service_account_name": account.metadata.name,
                # The one pod here that talks to the API server.
                "automount_service_account_token": True,
                "restart_policy": "Never",
                "security_context": pod_security.POD,
                "containers": [
                    {
                        "name": NAME,
                        "image": self._args.image,
                        "args": ["--once"],
                        "env": [{"name": "REGION", "value": self._args.region.name}],
                        "resources": {
                            "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
                            "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
                        },
                        "security_context": pod_security.CONTAINER,
                    }
                ],
            },
        }


def schedule(hour: int, months: Sequence[int]) -> str:
    """Every day of `months` (1-12) at `hour`:00, the months written out: a cron range cannot cross the year's end."""
    return f"0 {hour} * {','.join(str(month) for month in sorted(months))} *"
