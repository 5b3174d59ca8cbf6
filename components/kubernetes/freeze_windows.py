"""The kind FreezeWindow, and the clock that windows go by. The season scaler keeps the one window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes.freeze_window_schema import COLUMNS, SCHEMA
from guard.in_cluster import CLOCK, CLOCK_LIFETIME, CLOCK_SCHEDULE, GROUP, KIND, NAME, PLURAL, VERSION

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import PodTemplateSpecArgsDict

_LATE_SECONDS = 60
"""A Job that could not be made for so long is left out: the next one comes soon."""


@dataclass(frozen=True)
class FreezeWindowsArgs:
    """What FreezeWindows need. `idle_pod` is the template that the clock's Jobs have to have; no pod is made of it."""

    namespace: pulumi.Input[str]
    idle_pod: PodTemplateSpecArgsDict


class FreezeWindows(pulumi.ComponentResource):
    """The CustomResourceDefinition, the window, and a CronJob whose Jobs do nothing but end.

    FreezeWindows("freeze-windows", FreezeWindowsArgs("apps", pod))
    """

    def __init__(self, name: str, args: FreezeWindowsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:FreezeWindows", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Untyped, for the class of this kind cannot say x-kubernetes-validations as the API server does.
        kind = k8s.apiextensions.CustomResource(
            name,
            api_version="apiextensions.k8s.io/v1",
            kind="CustomResourceDefinition",
            metadata={"name": f"{PLURAL}.{GROUP}"},
            spec={
                "group": GROUP,
                "scope": "Namespaced",
                "names": {"kind": KIND, "plural": PLURAL, "singular": KIND.lower()},
                "versions": [
                    {
                        "name": VERSION,
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": SCHEMA},
                        "additionalPrinterColumns": COLUMNS,
                    }
                ],
            },
            opts=child,
        )
        # There from the start: without one the policies deny everything, to controllers too. It is born stale, and what
        # it says from then on is the season scaler's.
        k8s.apiextensions.CustomResource(
            f"{name}-window",
            api_version=f"{GROUP}/{VERSION}",
            kind=KIND,
            metadata={"name": NAME, "namespace": args.namespace},
            spec={"closed": False, "validUntil": "1970-01-01T00:00:00Z", "reasons": []},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[kind], ignore_changes=["spec"]),
        )
        k8s.batch.v1.CronJob(
            f"{name}-clock",
            metadata={"name": CLOCK, "namespace": args.namespace, "labels": {"app.kubernetes.io/name": CLOCK}},
            spec={
                "schedule": CLOCK_SCHEDULE,
                "time_zone": "Etc/UTC",
                "concurrency_policy": "Allow",  # the next one comes before the last one ends
                "starting_deadline_seconds": _LATE_SECONDS,
                "job_template": {
                    "metadata": {"labels": {"app.kubernetes.io/name": CLOCK}},
                    "spec": {
                        "parallelism": 0,
                        "active_deadline_seconds": int(CLOCK_LIFETIME.total_seconds()),
                        "ttl_seconds_after_finished": 0,
                        "template": args.idle_pod,
                    },
                },
            },
            opts=child,
        )
        self.register_outputs({})
