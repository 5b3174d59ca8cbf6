"""The lock in the region's cluster: the kind of its windows, their clock, and where there are freezes, its policies."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.kubernetes.freeze_policy import FreezePolicy, FreezePolicyArgs
from components.kubernetes.freeze_windows import FreezeWindows, FreezeWindowsArgs
from components.workload.pod import NAME_LABEL
from components.workload.scaler_pod import NAME as SEASON_SCALER
from components.workload.scaler_pod import job_pod
from guard.in_cluster import CLOCK
from stacks.region.site import Site


def freeze_windows(site: Site) -> None:
    """What the season scaler keeps the region's window in; it is kept where nothing is frozen, too."""
    specified = site.workloads.season_scaler
    # A template has to have an image; this one is in the region anyway, and never started by it.
    pod = job_pod(specified, site.environment.images.season_scaler, SEASON_SCALER, {})
    pod["metadata"] = {"labels": {NAME_LABEL: CLOCK}}
    FreezeWindows("freeze-windows", FreezeWindowsArgs(site.namespace, pod), site.in_cluster)


def freeze_policy(site: Site, everything_else: Sequence[pulumi.Resource]) -> None:
    """Let the window decide who may change what is there: after `everything_else`, for it may be closed."""
    if not site.environment.freeze:
        return
    mesh, emergency = site.workloads.mesh, site.workloads.season_config.emergency
    args = FreezePolicyArgs(
        site.namespace, mesh.gateway_namespace, mesh.control_namespace, emergency, tuple(everything_else)
    )
    FreezePolicy("freeze", args, site.in_cluster)
