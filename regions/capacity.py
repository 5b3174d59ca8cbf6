"""What the workloads take at their ceilings: the measure of quotas and of node pools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from regions.model import Workloads
from regions.model.deployment import Deployment, FixedDeployment
from regions.model.kubernetes import ComputeResources, Resources
from regions.quantities import parse

# Jobs: two CronJobs' runs at once, and the load test's workers (assumption: 10 of 1000 requests/s each).
JOB_PODS = 12


@dataclass(frozen=True, slots=True)
class Demand:
    """Pods, and what they are promised and may take together: CPU in cores, memory and scratch space in bytes."""

    pods: int
    requested_cpu: Decimal
    requested_memory: Decimal
    cpu_limit: Decimal
    memory_limit: Decimal

    def __add__(self, other: Demand) -> Demand:
        return Demand(
            self.pods + other.pods,
            self.requested_cpu + other.requested_cpu,
            self.requested_memory + other.requested_memory,
            self.cpu_limit + other.cpu_limit,
            self.memory_limit + other.memory_limit,
        )

    def times(self, pods: int) -> Demand:
        """Return what so many such pods take."""
        return Demand(
            self.pods * pods,
            self.requested_cpu * pods,
            self.requested_memory * pods,
            self.cpu_limit * pods,
            self.memory_limit * pods,
        )


NOTHING = Demand(0, Decimal(0), Decimal(0), Decimal(0), Decimal(0))
JOB = Demand(1, Decimal("0.5"), Decimal(512 * 2**20), Decimal("0.5"), Decimal(512 * 2**20))


def ceilings(workloads: Workloads) -> dict[str, tuple[Deployment, int]]:
    """Return every Deployment of the namespace by name, with the most pods it may have, a rollout's surge included."""
    monitor, api = workloads.performance_monitor, workloads.wedding_api
    coordinator = workloads.coordinator
    most = (
        (monitor, max(monitor.autoscaler.max_replicas, monitor.emergency_max_replicas)),
        (api, api.autoscaler.max_replicas),
        (coordinator, coordinator.autoscaler.max_replicas),
        *((each, each.replicas) for each in _fixed(workloads)),
    )
    return {
        **{each.name: (each, replicas + each.rolling_update.max_surge) for each, replicas in most},
        api.canary_name: (api, api.canary_replicas + api.rolling_update.max_surge),
    }


def floors(workloads: Workloads) -> dict[str, tuple[Deployment, int]]:
    """Return every Deployment of the namespace by name, with the fewest pods that are planned for it in any hour."""
    monitor, api = workloads.performance_monitor, workloads.wedding_api
    coordinator = workloads.coordinator
    fewest = (
        (monitor, monitor.floors.off_season),
        (api, api.floors.normal),
        (coordinator, coordinator.autoscaler.min_replicas),
        *((each, each.replicas) for each in _fixed(workloads)),
    )
    return {each.name: (each, replicas) for each, replicas in fewest}


def _fixed(workloads: Workloads) -> tuple[FixedDeployment, ...]:
    return workloads.pooler, workloads.season_scaler


def pod(workload: Deployment, sidecar: Resources) -> Demand:
    """Return what one pod takes, its proxy included."""
    return pod_of(*(container.resources for container in workload.containers.values()), sidecar)


def pod_of(*containers: Resources) -> Demand:
    """Return what one pod with these containers takes."""
    requests, limits = [each.requests for each in containers], [each.limits for each in containers]
    return Demand(1, _cpu(requests), _memory(requests), _cpu(limits), _memory(limits))


def namespace_ceiling(workloads: Workloads) -> Demand:
    """Return what all of the namespace takes with every autoscaler at its ceiling and every rollout under way.

    A pod that ends its work counts until it is gone: the ones that a rollout's step replaces, beside the next step's.
    """
    deployments = (
        pod(each, workloads.mesh.sidecar).times(most + each.rolling_update.step)
        for each, most in ceilings(workloads).values()
    )
    return sum((*deployments, JOB.times(JOB_PODS)), start=NOTHING)


def _cpu(amounts: Iterable[ComputeResources]) -> Decimal:
    return sum((parse(each.cpu) for each in amounts), start=Decimal(0))


def _memory(amounts: Iterable[ComputeResources]) -> Decimal:
    return sum((parse(each.memory) for each in amounts), start=Decimal(0))
