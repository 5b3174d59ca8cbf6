"""What holds for every estimate: sums, and more of anything never costs less."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from costs import tokens
from costs.resources import UNKNOWN, Resource
from tests.costs.bill import HOURS, USAGE, basis, cluster, instance, nodes, priced, season

COUNTS = st.integers(min_value=0, max_value=200)
FLOORS = st.lists(st.integers(min_value=0, max_value=128), min_size=1, max_size=6)


def _stack(nodes_declared: int, caches: int, days: int, zones: int) -> list[Resource]:
    return [
        cluster(backupRetentionPeriod=days),
        instance(),
        *nodes(scalingConfig={"minSize": nodes_declared, "maxSize": 500}),
        Resource(
            tokens.CACHE,
            "cache",
            {"nodeType": "cache.r7g.large", "numCacheClusters": caches, "snapshotRetentionLimit": days},
        ),
        Resource(
            tokens.ENDPOINT, "keys", {"vpcEndpointType": "Interface", "subnetIds": [str(zone) for zone in range(zones)]}
        ),
        Resource(tokens.LOG_GROUP, "logs", {"name": "/a/flow-logs", "retentionInDays": days + 1}),
    ]


def _total(resources: list[Resource]) -> Decimal:
    return priced(resources).total_usd


@given(numbers=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), more=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS))
def test_more_of_anything_never_costs_less(numbers: tuple[int, int, int, int], more: tuple[int, int, int, int]) -> None:
    larger = tuple(number + extra for number, extra in zip(numbers, more, strict=True))
    assert _total(_stack(*numbers)) <= _total(_stack(*larger))


@given(floors=FLOORS, extra=st.integers(min_value=1, max_value=50))
def test_higher_floors_never_cost_less(floors: list[int], extra: int) -> None:
    def month(added: int) -> Decimal:
        hours = HOURS / len(floors)
        acu: dict[str, str] = {}
        counts: dict[int, str] = {}
        for floor in floors:
            acu[str(floor + added)] = str(Decimal(acu.get(str(floor + added), "0")) + hours)
            counts[floor + added] = str(Decimal(counts.get(floor + added, "0")) + hours)
        return priced(_stack(6, 3, 7, 3), basis(season(acu, {"general": counts}))).total_usd

    assert month(0) <= month(extra)


@given(numbers=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), share=st.integers(min_value=0, max_value=100))
def test_the_total_is_the_sum_of_quantities_times_prices(numbers: tuple[int, int, int, int], share: int) -> None:
    result = priced(_stack(*numbers), basis(share=str(Decimal(share) / 100)))
    assert result.unpriced == []
    assert result.total_usd == sum((line.quantity * line.unit_price_usd for line in result.lines), start=Decimal(0))
    assert all(line.quantity >= 0 and line.source.startswith("https://") and line.assumption for line in result.lines)


@given(amount=st.decimals(min_value=1, max_value=1000, places=2))
def test_more_use_never_costs_less(amount: Decimal) -> None:
    stack = [*_stack(6, 3, 7, 3), Resource(tokens.NETWORK, "network", {})]
    for field in ("internet_gb", "cross_zone_gb", "endpoints_gb"):
        network = USAGE.network.model_copy(update={field: getattr(USAGE.network, field) + amount})
        much = USAGE.model_copy(update={"network": network})
        assert priced(stack).total_usd < priced(stack, basis(usage=much)).total_usd


@given(place=st.integers(min_value=0, max_value=6))
def test_an_unknown_value_is_reported_and_the_rest_is_priced(place: int) -> None:
    stack = _stack(6, 3, 7, 3)
    resource = stack[place]
    unknown = Resource(resource.type, resource.name, dict.fromkeys(resource.inputs, UNKNOWN))
    result = priced([*stack[:place], unknown, *stack[place + 1 :]])
    # A launch template is not priced itself: its node group is what cannot be.
    wanted = stack[2] if resource.type == tokens.LAUNCH_TEMPLATE else resource
    assert wanted.label in {each.resource for each in result.unpriced}
    assert result.lines


@given(numbers=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS))
def test_two_stacks_cost_what_they_cost_apart(numbers: tuple[int, int, int, int]) -> None:
    # One without what is shared by count (endpoints split the region's traffic).
    first, second = _stack(*numbers)[:5], [Resource(tokens.KUBERNETES_CLUSTER, "cluster", {})]
    assert _total([*first, *second]) == _total(first) + _total(second)
