"""For any data: the files load, or say why in sentences; never a traceback."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regions.checks import region_problems
from regions.draft import Draft, draft, unreadable
from regions.fleet_checks import fleet_problems
from regions.load import PACKAGE_DIRECTORY
from regions.model import Network, Region, Season

GOOD: dict[str, Any] = yaml.safe_load((PACKAGE_DIRECTORY / "eu-central-1.yaml").read_text(encoding="utf-8"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def locations(data: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every location in the data, the fields before what is in them."""
    steps = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [above] * bool(above) + [at for step, below in steps for at in locations(below, (*above, step))]


def put(data: Any, location: tuple[Any, ...], value: object) -> Any:
    """Return a copy of the data with another value at the location."""
    if not location:
        return value
    first, *rest = location
    copy = data.copy()
    copy[first] = put(data[first], tuple(rest), value)
    return copy


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(locations(GOOD)), ANYTHING)
def test_any_value_anywhere_is_valid_or_has_sentences(location: tuple[Any, ...], value: object) -> None:
    data = put(GOOD, location, value)
    region, problems = draft(Region, "regions/eu-central-1.yaml", "eu-central-1", data)
    problems += region_problems(region, unreadable("regions/workloads.yaml", "workloads"))
    problems += fleet_problems([region], "regions")
    assert (region.model is None) <= bool(problems)
    assert all("\n" not in str(problem) and str(problem).startswith("regions/") for problem in problems)


@given(st.sampled_from(locations(GOOD)), st.sampled_from(locations(GOOD)))
@settings(deadline=None)
def test_two_mistakes_in_two_places_are_both_said(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    """A value of no right type, put in two places that are not inside one another."""
    shared = min(len(first), len(second))
    wrong = {"no": "such field"}
    mappings = {("markets", i, "cultures") for i in range(4)} | {
        ("database", f"{k}_parameters") for k in ("cluster", "instance")
    }
    if first[:shared] == second[:shared]:
        return
    data = put(put(GOOD, first, wrong), second, wrong)
    _, problems = draft(Region, "regions/eu-central-1.yaml", "eu-central-1", data)
    said = {problem.field for problem in problems}
    for place in {first, second} - mappings:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
        assert any(field.startswith(path) for field in said), (path, said)


@given(st.integers(16, 22), st.integers(0, 255), st.integers(2, 3))
def test_subnets_never_leave_the_vpc_nor_overlap(prefix: int, block: int, zones: int) -> None:
    network = Network(vpc_cidr=f"10.{block}.0.0/{prefix}", zones=tuple(f"us-east-1{z}" for z in "abc"[:zones]))
    subnets = [IPv4Network(subnet.cidr) for subnet in network.subnets]
    assert len(subnets) == 3 * zones
    assert all(subnet.subnet_of(IPv4Network(network.vpc_cidr)) and subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(a.overlaps(b) for i, a in enumerate(subnets) for b in subnets[:i])


MONTHS = st.lists(st.integers(1, 12), unique=True, max_size=12)


@given(st.lists(st.tuples(MONTHS.filter(bool), MONTHS), min_size=1, max_size=4))
def test_region_season_is_the_union_of_its_markets(seasons: list[tuple[list[int], list[int]]]) -> None:
    region = whole(draft(Region, "x", "eu-central-1", GOOD)[0])
    markets = tuple(
        region.first_market.model_copy(
            update={"season": Season(peak_months=tuple(peak), engagement_months=tuple(engagement))}
        )
        for peak, engagement in seasons
    )
    region = region.model_copy(update={"markets": markets})
    peak = {month for months, _ in seasons for month in months}
    engaged = {month for _, months in seasons for month in months} - peak
    assert region.season_months == tuple(sorted(peak))
    assert region.engagement_months == tuple(sorted(engaged))
    assert set(region.season_months) | set(region.off_season_months) == set(range(1, 13))
    assert not set(region.season_months) & set(region.off_season_months)


def whole(region: Draft[Region]) -> Region:
    assert region.model is not None
    return region.model
