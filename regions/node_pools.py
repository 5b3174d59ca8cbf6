"""How many nodes a region's pools have, from what the workloads take at their floors and at their ceilings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from regions.capacity import JOB, JOB_PODS, NOTHING, Demand, ceilings, floors, pod, pod_of
from regions.model import Workloads
from regions.model.cluster import NodePool
from regions.quantities import parse

Kinds = Sequence[tuple[Demand, int]]
"""One pod of a kind, and how many of it there are."""

_FEWEST_A_NODE = 2
_NO_LABELS: Mapping[str, str] = {}
_NONE_PLANNED: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Room:
    """What a node has for pods: CPU in cores, memory in bytes, and how many of them."""

    cpu: Decimal
    memory: Decimal
    pods: int


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """A pool, the labels that its nodes carry (as a taint too), and the fewest and the most of them."""

    pool: NodePool
    labels: Mapping[str, str]
    floor: int
    ceiling: int


def pool_plans(workloads: Workloads, zones: int) -> dict[str, PoolPlan]:
    """Return the pools of a region with so many zones, by name.

    At the ceiling all pods of all workloads at their ceilings, rollouts included, have room with any one zone lost,
    whichever nodes the scheduler chooses. At the floor the pods of the plan's lowest floors have room and each zone
    has a node; what a lost zone takes away then is added again by the node autoscaler.
    """
    lowest = pool_floors(workloads, zones, _NONE_PLANNED)
    return {
        name: PoolPlan(
            pool,
            labels,
            floor=lowest[name],
            ceiling=spread(nodes_for(at_ceilings(workloads, labels), room(workloads, pool), others), zones, lost=1),
        )
        for name, (pool, labels, others) in _pools(workloads).items()
    }


def pool_names(workloads: Workloads) -> tuple[str, ...]:
    """Return the names of a region's pools."""
    return tuple(_pools(workloads))


def pool_floors(workloads: Workloads, zones: int, planned: Mapping[str, int]) -> dict[str, int]:
    """Return how many nodes each pool of a region needs, by name, for so many replicas as are planned at a moment.

    Args:
        planned: replicas by the Deployment's name; of the others, the fewest that are planned in any hour.
    """
    return {
        name: spread(nodes_for(at_floors(workloads, labels, planned), room(workloads, pool), others), zones)
        for name, (pool, labels, others) in _pools(workloads).items()
    }


def spread(nodes: int, zones: int, *, lost: int = 0) -> int:
    """Return a multiple of the zones of which, evenly over them, so many nodes are left without `lost` of them."""
    return _up(Decimal(nodes) / (zones - lost)) * zones


def cramped_pools(workloads: Workloads) -> tuple[str, ...]:
    """Return the pools whose nodes do not take two of their largest pods: they could not be sized."""
    return tuple(
        name
        for name, (pool, labels, _) in _pools(workloads).items()
        if _pods_a_node(at_ceilings(workloads, labels), room(workloads, pool)) < _FEWEST_A_NODE
    )


def nodes_for(kinds: Kinds, room: Room, others: Demand = NOTHING) -> int:
    """Return how many nodes hold these pods in whatever order they come, on whichever node with room each is put.

    Two bounds hold, and the lower one counts. A pod that finds no room finds every node too full for the largest pod:
    each then has as many pods as fit if all were the largest; and each has more in use, of CPU, of memory or of pods,
    than a node has beside its largest pod.

    Args:
        others: further pods, together; none of them is larger than the largest of `kinds`.
    """
    total = sum((each.times(count) for each, count in kinds), start=others)
    by_count = Decimal(total.pods) / _pods_a_node(kinds, room)
    cpu, memory = _largest(kinds)
    by_use = (
        total.requested_cpu / (room.cpu - cpu)
        + total.requested_memory / (room.memory - memory)
        + Decimal(total.pods) / (room.pods - 1)
    )
    return max(1, _up(min(by_count, by_use)))


def room(workloads: Workloads, pool: NodePool) -> Room:
    """Return what a node of the pool has for the workloads' pods."""
    node, reserve = pool.instance, workloads.cluster.node_reserve
    return Room(
        parse(node.cpu) - parse(reserve.cpu),
        parse(node.memory) - parse(reserve.memory),
        node.pods - reserve.pods,
    )


def at_ceilings(workloads: Workloads, labels: Mapping[str, str]) -> Kinds:
    """Return the pods that go to nodes with these labels with autoscalers at their ceilings and rollouts under way."""
    sidecar = workloads.mesh.sidecar
    kinds = [(pod(each, sidecar), most) for each, most in ceilings(workloads).values() if each.node_labels == labels]
    if labels:
        return kinds
    gateways = (workloads.mesh.ingress, workloads.mesh.east_west)
    surge = 1  # of a gateway's rollout
    return [
        *kinds,
        *((pod_of(each.resources), each.autoscaler.max_replicas + surge) for each in gateways),
        (JOB, JOB_PODS),
    ]


def at_floors(workloads: Workloads, labels: Mapping[str, str], planned: Mapping[str, int] = _NONE_PLANNED) -> Kinds:
    """Return the pods that go to nodes with these labels in the quietest hour of the year.

    Args:
        planned: replicas, by the Deployment's name, of those that another hour is asked about.
    """
    sidecar = workloads.mesh.sidecar
    kinds = [
        (pod(each, sidecar), planned.get(name, fewest))
        for name, (each, fewest) in floors(workloads).items()
        if each.node_labels == labels
    ]
    if labels:
        return kinds
    gateways = (workloads.mesh.ingress, workloads.mesh.east_west)
    return [*kinds, *((pod_of(each.resources), each.autoscaler.min_replicas) for each in gateways)]


def _pools(workloads: Workloads) -> dict[str, tuple[NodePool, Mapping[str, str], Demand]]:
    """The pools with the labels of their nodes, and what runs there besides workloads."""
    cluster = workloads.cluster
    reserve = cluster.add_on_reserve
    add_ons = Demand(reserve.pods, parse(reserve.cpu), parse(reserve.memory), Decimal(0), Decimal(0))
    general = {"general": (cluster.pools.general, _NO_LABELS, add_ons)}
    labels = workloads.wedding_api.node_labels
    return general | ({"wedding-optimised": (cluster.pools.wedding_optimised, labels, NOTHING)} if labels else {})


def _pods_a_node(kinds: Kinds, room: Room) -> int:
    """Pods that a node takes if all of them are the largest."""
    cpu, memory = _largest(kinds)
    return min(_down(room.cpu / cpu), _down(room.memory / memory), room.pods)


def _largest(kinds: Kinds) -> tuple[Decimal, Decimal]:
    """The most CPU and the most memory that one pod asks for, not necessarily the same pod."""
    return max(each.requested_cpu for each, _ in kinds), max(each.requested_memory for each, _ in kinds)


def _up(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))


def _down(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_FLOOR))
