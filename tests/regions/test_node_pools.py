"""Node pools: room for what is planned, whoever comes first and wherever it is put."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regions.capacity import Demand
from regions.load import load_fleet
from regions.node_pools import (
    Kinds,
    Room,
    at_ceilings,
    at_floors,
    nodes_for,
    pool_floors,
    pool_names,
    pool_plans,
    room,
    spread,
)

from .conftest import RegionFiles

WORKLOADS = load_fleet().workloads
ROOM = Room(Decimal(8), Decimal(32), 20)


def pod(cpu: str | Decimal, memory: str | Decimal) -> Demand:
    return Demand(1, Decimal(cpu), Decimal(memory), Decimal(0), Decimal(0))


def schedule(kinds: Kinds, nodes: int, room: Room, choose: Any) -> bool:
    """Put pods on nodes one by one, in an order and on nodes that somebody else chooses; whether all find room."""
    waiting = [each for each, count in kinds for _ in range(count)]
    free = [[room.cpu, room.memory, Decimal(room.pods)] for _ in range(nodes)]
    while waiting:
        next_pod = waiting.pop(choose(len(waiting)))
        wanted = (next_pod.requested_cpu, next_pod.requested_memory, Decimal(1))
        possible = [node for node in free if all(f >= w for f, w in zip(node, wanted, strict=True))]
        if not possible:
            return False
        node = possible[choose(len(possible))]
        node[:] = [f - w for f, w in zip(node, wanted, strict=True)]
    return True


amounts = st.decimals("0.1", "4", places=1)
kinds_of_pods = st.lists(
    st.tuples(amounts, st.decimals("0.1", "16", places=1), st.integers(1, 15)), min_size=1, max_size=4
)


@given(kinds_of_pods, st.data())
def test_all_pods_find_room_in_any_order_on_any_nodes(described: list[Any], data: st.DataObject) -> None:
    kinds = [(pod(cpu, memory), count) for cpu, memory, count in described]
    nodes = nodes_for(kinds, ROOM)
    random = data.draw(st.randoms(use_true_random=False))
    assert schedule(kinds, nodes, ROOM, random.randrange)


@given(st.integers(1, 100), st.integers(2, 3))
def test_a_lost_zone_leaves_enough(nodes: int, zones: int) -> None:
    most = spread(nodes, zones, lost=1)
    assert most % zones == 0
    left = most - most // zones
    assert left >= nodes
    assume(most > zones)
    assert left - (zones - 1) < nodes  # and one node a zone fewer would not be enough


@pytest.mark.parametrize("zones", [2, 3])
def test_the_regions_pools_hold_the_plan_with_a_zone_lost(zones: int) -> None:
    for plan in pool_plans(WORKLOADS, zones).values():
        ceiling = plan.ceiling - plan.ceiling // zones
        for chosen in (lambda _: 0, lambda count: count - 1):
            place = room(WORKLOADS, plan.pool)
            assert schedule(at_ceilings(WORKLOADS, plan.labels), ceiling, place, chosen)
            assert schedule(at_floors(WORKLOADS, plan.labels), plan.floor, place, chosen)
        assert zones <= plan.floor <= plan.ceiling


def test_every_pod_of_the_plan_is_in_one_pool() -> None:
    plans = pool_plans(WORKLOADS, 3)
    assert set(plans) == {"general", "wedding-optimised"}
    wedding = at_ceilings(WORKLOADS, plans["wedding-optimised"].labels)
    api = WORKLOADS.wedding_api
    most = api.autoscaler.max_replicas + api.canary_replicas + 2 * api.rolling_update.max_surge
    assert sum(count for _, count in wedding) == most
    general = at_ceilings(WORKLOADS, plans["general"].labels)
    assert sum(count for _, count in general) == 36 + 3 + 6 + 1 + 3 + 2 + 1 + 12 + 13 + 7


def test_more_pods_take_more_nodes() -> None:
    assert nodes_for([(pod("1", "1"), 80)], ROOM) == 10
    assert nodes_for([(pod("1", "1"), 81)], ROOM) == 11
    assert nodes_for([(pod("0.1", "0.1"), 81)], ROOM) == 5  # as many pods as a node may have count, too
    assert (
        nodes_for([(pod("1", "1"), 1)], ROOM, others=Demand(80, Decimal(40), Decimal(40), Decimal(0), Decimal(0))) > 1
    )


def test_a_pool_without_labels_is_none(files: RegionFiles) -> None:
    files.remove("workloads", "wedding_api", "node_labels")
    assert set(pool_plans(files.load().workloads, 3)) == {"general"}


@pytest.mark.parametrize(
    ("name", "location", "value", "sentence"),
    [
        (
            "workloads",
            ("cluster", "pools", "general", "instance", "cpu"),
            "2",
            "cluster.pools.general.instance is .*: must have room for two of the pool's largest pods",
        ),
        (
            "workloads",
            ("cluster", "node_reserve", "memory"),
            "15Gi",
            "cluster.pools.wedding_optimised.instance is .*: must have room for two",
        ),
        (
            "workloads",
            ("coordinator", "node_labels"),
            {"wedsync.io/workload": "other"},
            "coordinator.node_labels is .*: must be wedding_api's, or left out",
        ),
        ("workloads", ("cluster", "kubernetes_version"), "1.35.4", "cluster.kubernetes_version is '1.35.4'"),
        (
            "workloads",
            ("cluster", "charts", "metrics_server", "version"),
            "latest",
            "version is 'latest': must be text",
        ),
        (
            "workloads",
            ("cluster", "istio", "repository"),
            "http://charts",
            "repository is 'http://charts': must be text",
        ),
        (
            "workloads",
            ("cluster", "pools", "general", "instance_type"),
            "large",
            "instance_type is 'large': must be text",
        ),
        ("us-east-1", ("cluster",), {"existing": "a cluster"}, "cluster.existing is 'a cluster': must be text"),
        ("us-east-1", ("cluster",), {"exists": "a"}, "cluster.exists: is not a known field; did you mean 'existing'"),
    ],
)
def test_mistakes(name: str, location: tuple[str, ...], value: Any, sentence: str, files: RegionFiles) -> None:
    files.put(name, *location, value=value)
    (found,) = files.sentences()
    assert re.search(sentence, found), found


def test_a_region_may_have_a_cluster_already(files: RegionFiles) -> None:
    files.put("us-east-1", "cluster", value={"existing": "weddings"})
    regions = files.load().regions
    cluster = regions["us-east-1"].cluster
    assert cluster is not None
    assert cluster.existing == "weddings"
    assert regions["us-west-1"].cluster is None


def test_nodes_for_planned_floors_are_as_many_as_their_pods_need() -> None:
    plans = pool_plans(WORKLOADS, 3)
    assert pool_names(WORKLOADS) == tuple(plans)
    assert pool_floors(WORKLOADS, 3, {}) == {name: plan.floor for name, plan in plans.items()}
    api = WORKLOADS.wedding_api
    most = pool_floors(WORKLOADS, 3, {api.name: api.autoscaler.max_replicas})
    kinds = [(each, api.autoscaler.max_replicas) for each, _ in at_floors(WORKLOADS, api.node_labels)]
    assert most["wedding-optimised"] == spread(nodes_for(kinds, room(WORKLOADS, plans["wedding-optimised"].pool)), 3)
    assert most["general"] == plans["general"].floor
    assert plans["wedding-optimised"].floor < most["wedding-optimised"] <= plans["wedding-optimised"].ceiling
