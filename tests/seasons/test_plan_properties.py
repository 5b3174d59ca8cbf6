"""The plan of any markets at any time: against the oracle, in one piece, and never lower for more traffic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from regions.fleet import Fleet
from regions.model import Market, Season
from seasons.intervals import Interval, clip
from seasons.plan import Plan, plan_at, plans

from .fleets import fleet_of, market, region_of
from .plan_oracle import API, MINUTE, MONITOR, Oracle

# Clocks that do not change at midnight, which the oracle does not know about.
ZONES = (
    *("America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns", "Europe/Dublin"),
    *("Europe/Athens", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Chatham"),
)
CULTURES = ("british", "indian", "nigerian", "chinese", "greek", "jewish")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

months = st.lists(st.integers(1, 12), min_size=1, max_size=9, unique=True).map(tuple)
seasons = st.builds(Season, peak_months=months, engagement_months=months)
# Later than 2035, some countries' holidays are not known.
instants = st.integers(0, 23 * 365 * 24 * 60).map(lambda minute: datetime(2011, 1, 1, tzinfo=UTC) + minute * MINUTE)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """A market of any zone, one or two cultures, perhaps with a season of its own."""
    cultures = draw(st.lists(st.sampled_from(CULTURES), min_size=1, max_size=2, unique=True))
    shares = {cultures[0]: 1.0} if len(cultures) == 1 else {cultures[0]: 0.75, cultures[1]: 0.25}
    return market(draw(st.sampled_from(ZONES)), shares, season=draw(st.none() | seasons))


chosen = st.lists(markets(), min_size=1, max_size=3)
shares = st.sampled_from([0.01, 0.1, 0.5, 1.0])


def built(markets: list[Market], season: Season, share: float) -> Fleet:
    """A fleet of one region with these markets, alike in size, that have such a share of the world's traffic."""
    part = share / len(markets)
    return fleet_of(*(each.model_copy(update={"traffic_share": part}) for each in markets), season=season)


def at_minutes(found: list[Plan], start: datetime, length: int) -> list[Plan]:
    """The plan of each minute."""
    by_minute: list[Plan] = []
    for plan in found:
        while len(by_minute) < length and start + len(by_minute) * MINUTE < plan.during.end:
            by_minute.append(plan)
    return by_minute


def bounds(plan: Plan) -> dict[str, tuple[int, int]]:
    return {name: (bounds.floor, bounds.ceiling) for name, bounds in plan.workloads.items()}


@settings(max_examples=30, deadline=None)
@given(chosen, seasons, shares, instants, st.integers(60, 60 * 60), st.booleans())
def test_every_minute_is_as_the_oracle_says(
    of: list[Market], season: Season, share: float, start: datetime, length: int, emergency: bool
) -> None:
    fleet = built(of, season, share)
    region = region_of(fleet)
    oracle = Oracle(fleet, region, start, length, emergency=emergency)
    found = list(plans(fleet, region, Interval(start, start + length * MINUTE), emergency=emergency))
    minutes = at_minutes(found, start, length)
    assert [(plan.phase, plan.level.name) for plan in minutes] == oracle.exact()
    assert [plan.wedding_day for plan in minutes] == oracle.wedding_day()
    for workload in (MONITOR, API):
        assert [plan.workloads[workload].floor for plan in minutes] == oracle.floor(workload)


@settings(max_examples=50, deadline=None)
@given(chosen, seasons, shares, instants, st.integers(1, 60 * 24))
def test_plans_are_in_one_piece_and_each_within_its_bounds(
    of: list[Market], season: Season, share: float, start: datetime, hours: int
) -> None:
    fleet = built(of, season, share)
    within = Interval(start, start + hours * HOUR)
    found = plans(fleet, region_of(fleet), within)
    assert (found[0].during.start, found[-1].during.end) == within
    for plan, following in pairwise(found):
        assert plan.during.end == following.during.start
        assert replace(plan, during=following.during) != following
    for plan in found:
        for each in plan.workloads.values():
            assert 1 <= each.floor <= each.ceiling
            assert each.shortfall >= 0
        assert set(plan.nodes) == {"general", "wedding-optimised"}
        assert plan.min_acu <= 64
        assert (2 * plan.min_acu).is_integer()


@settings(max_examples=50, deadline=None)
@given(chosen, seasons, shares, instants)
def test_no_floor_falls_and_soon_rises_again(of: list[Market], season: Season, share: float, start: datetime) -> None:
    fleet = built(of, season, share)
    settle = timedelta(hours=fleet.workloads.planning.settle_hours)
    found = plans(fleet, region_of(fleet), Interval(start, start + 40 * DAY))
    floors = [
        [plan.workloads[MONITOR].floor for plan in found],
        [plan.workloads[API].floor for plan in found],
        [plan.workloads[MONITOR].ceiling for plan in found],
        [plan.min_acu + plan.acu_shortfall for plan in found],
        *([plan.nodes[pool] for plan in found] for pool in found[0].nodes),
    ]
    for column in floors:
        fell: datetime | None = None
        for plan, (before, after) in zip(found[1:], pairwise(column), strict=True):
            if after < before:
                fell = plan.during.start
            elif after > before and fell is not None:
                assert plan.during.start - fell >= settle


@settings(max_examples=50, deadline=None)
@given(chosen, seasons, shares, instants)
def test_a_floor_is_there_from_two_hours_before_its_level(
    of: list[Market], season: Season, share: float, start: datetime
) -> None:
    fleet = built(of, season, share)
    found = plans(fleet, region_of(fleet), Interval(start, start + 20 * DAY))
    for plan in found:
        least = {0: 10, 1: 35, 2: 50}[plan.level]
        lead = Interval(plan.during.start - 2 * HOUR, plan.during.end)
        for other in found:
            if other.during.start < lead.end and lead.start < other.during.end:
                assert other.workloads[API].floor >= least


@settings(max_examples=50, deadline=None)
@given(chosen, seasons, shares, instants, st.booleans())
def test_the_plan_at_an_instant_is_one_of_the_plans(
    of: list[Market], season: Season, share: float, start: datetime, emergency: bool
) -> None:
    fleet = built(of, season, share)
    region, day = region_of(fleet), Interval(start, start + DAY)
    for plan in plans(fleet, region, day, emergency=emergency):
        middle = plan.during.start + (plan.during.end - plan.during.start) / 2
        found = plan_at(fleet, region, middle, emergency=emergency)
        assert clip([found.during], day) == (plan.during,)
        assert replace(found, during=plan.during) == plan


@settings(max_examples=50, deadline=None)
@given(chosen, seasons, shares, instants, st.floats(1, 20), st.booleans())
def test_more_traffic_never_lowers_a_floor(
    of: list[Market], season: Season, share: float, start: datetime, times: float, emergency: bool
) -> None:
    fleet = built(of, season, share / 20)
    demand = fleet.workloads.demand
    busier = fleet.workloads.model_copy(
        update={"demand": demand.model_copy(update={"operations_per_day": int(demand.operations_per_day * times)})}
    )
    within = Interval(start, start + 3 * DAY)
    before = plans(fleet, region_of(fleet), within, emergency=emergency)
    after = plans(Fleet(fleet.regions, busier), region_of(fleet), within, emergency=emergency)
    for plan in before:
        for more in after:
            if plan.during.start < more.during.end and more.during.start < plan.during.end:
                assert all(more.workloads[name].floor >= plan.workloads[name].floor for name in plan.workloads)
                assert all(more.workloads[name].shortfall >= plan.workloads[name].shortfall for name in plan.workloads)
                assert all(more.nodes[name] >= plan.nodes[name] for name in plan.nodes)


@settings(max_examples=30, deadline=None)
@given(chosen, seasons, shares, instants)
def test_an_emergency_never_lowers_a_floor(of: list[Market], season: Season, share: float, start: datetime) -> None:
    fleet = built(of, season, share)
    region, within = region_of(fleet), Interval(start, start + 3 * DAY)
    for plan in plans(fleet, region, within):
        in_emergency = plan_at(fleet, region, plan.during.start, emergency=True)
        assert in_emergency.min_acu >= plan.min_acu
        for name, (floor, ceiling) in bounds(plan).items():
            assert bounds(in_emergency)[name] >= (floor, ceiling)
