"""What optimisations save, worked out by hand on small stacks, and what holds for every one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs import tokens
from costs.advice import Advice, Stack, advise
from costs.basis import Basis
from costs.months import Month
from costs.optimisations import OPTIMISATIONS
from costs.resources import Resource
from costs.scenarios import (
    Scenario,
    better_queries,
    cached_reads,
    infrequent_files,
    no_lifecycle,
    peak_all_year,
)
from costs.seasonal_use import SeasonalUse
from costs.tariff import Tariff, load_tariff
from regions.load import load_fleet
from tests.costs.bill import HOURS, USAGE, basis, cluster, instance, nodes, priced, season

FLEET = load_fleet()
DATABASE = [cluster(), instance()]


def scenario(resources: list[Resource], on: Basis | None = None, others: tuple[SeasonalUse, ...] = ()) -> Scenario:
    month = on or basis()
    return Scenario(resources, month, (month.season, *others))


def cost(of: Scenario, item: str) -> Decimal:
    found = [line for line in priced(of.resources, of.basis).lines if line.item == item]
    assert len(found) == 1, item
    return found[0].monthly_usd


def test_without_a_plan_the_years_peak_is_kept_all_the_time() -> None:
    now = basis(season({"8": "600", "16": "120"}, {"general": {6: "720"}}))
    busier = season({"40": "1", "4": "719"}, {"general": {6: "700", 20: "20"}})
    always = peak_all_year(scenario([*DATABASE, *nodes()], now, (busier,)))
    assert cost(always, "capacity") == 40 * 720 * Decimal("0.12")
    assert cost(always, "nodes, m6i.2xlarge") == 20 * 720 * Decimal("0.384")
    # as planned: 1.5 times the floors
    assert cost(scenario(DATABASE, now), "capacity") == (8 * 600 + 16 * 120) * Decimal("1.5") * Decimal("0.12")


def test_the_declared_most_bounds_the_peak() -> None:
    always = peak_all_year(scenario(DATABASE, basis(season({"100": "720"}))))
    assert cost(always, "capacity") == 64 * 720 * Decimal("0.12")


def test_without_a_season_nothing_is_at_its_peak() -> None:
    assert cost(peak_all_year(scenario(DATABASE)), "capacity") == 4 * HOURS * Decimal("0.12")


def test_cached_reads_take_capacity_and_requests_but_no_writes() -> None:
    # Of 80 % reads half may be cached, and 80 % of those are: 32 % of the operations are gone.
    before = scenario(DATABASE, basis(season({"10": "720"})))
    after = cached_reads(before)
    assert cost(after, "capacity") == cost(before, "capacity") * Decimal("0.68")
    # reads of half of the fleet's 1,000 operations/s, 2,592,000 s: 400 a second before, 240 after; 0.5 requests each
    assert cost(before, "I/O requests") == Decimal(400 * 2_592_000) / 2 / 1_000_000 * Decimal("0.20")
    assert cost(after, "I/O requests") == pytest.approx(Decimal(240 * 2_592_000) / 2 / 1_000_000 * Decimal("0.20"))
    assert cost(after, "replicated writes") == pytest.approx(cost(before, "replicated writes"))


def test_what_a_cluster_declares_stays() -> None:
    at_least = scenario(DATABASE, basis(season({"4": "720"})))
    assert cost(cached_reads(at_least), "capacity") == cost(at_least, "capacity")


def test_better_queries_take_a_part_of_the_capacity() -> None:
    before = scenario(DATABASE, basis(season({"10": "720"})))
    assert cost(better_queries(before), "capacity") == cost(before, "capacity") * Decimal("0.8")
    assert cost(better_queries(before), "I/O requests") == cost(before, "I/O requests")


def test_all_capacity_gone_leaves_what_is_declared() -> None:
    use = USAGE.optimisations.model_copy(update={"query_capacity_percent": Decimal(100)})
    usage = USAGE.model_copy(update={"optimisations": use})
    after = better_queries(scenario(DATABASE, basis(season({"10": "300", "20": "420"}), usage=usage)))
    assert cost(after, "capacity") == 4 * 720 * Decimal("1.5") * Decimal("0.12")


def test_everything_cached_leaves_no_operation() -> None:
    everything = {"cacheable_percent": Decimal(100), "hit_percent": Decimal(100)}
    usage = USAGE.model_copy(
        update={
            "optimisations": USAGE.optimisations.model_copy(update=everything),
            "database": USAGE.database.model_copy(update={"write_percent": Decimal(0)}),
        }
    )
    after = cached_reads(scenario(DATABASE, basis(season({"10": "720"}), usage=usage)))
    assert cost(after, "I/O requests") == 0


def test_without_lifecycle_rules_every_export_is_hot() -> None:
    bucket = Resource(tokens.BUCKET, "exports", {"bucket": "wedsync-worldwide-exports"})
    rules = {
        "bucket": "wedsync-worldwide-exports",
        "rules": [{"transitions": [{"days": 30, "storageClass": "GLACIER_IR"}]}],
    }
    stack = [*DATABASE, bucket, Resource(tokens.LIFECYCLE, "exports", rules)]
    # 24 exports of 30 % of 500 GB; the newest one is hot
    assert cost(scenario(stack), "exports, hot") == 150 * Decimal("0.023")
    assert cost(no_lifecycle(scenario(stack)), "exports, hot") == 24 * 150 * Decimal("0.023")


def test_files_that_nobody_opens_go_to_infrequent_access() -> None:
    claim = Resource(tokens.CLAIM, "logs", {"spec": {"resources": {"requests": {"storage": "100Gi"}}}})
    after = infrequent_files(scenario([claim]))
    # 60 % of 100 GB are there, three quarters of them cold
    assert cost(after, "files") == 15 * Decimal("0.30")
    assert cost(after, "files, infrequent access") == 45 * Decimal("0.025")


@pytest.fixture(scope="module")
def advice() -> tuple[Advice, ...]:
    return advise(_stacks(), FLEET, Month(2027, 1), load_tariff())


def _stacks() -> list[Stack]:
    own = [*DATABASE, *nodes()]
    stacks = [Stack(f"prod-{name}", region, own) for name, region in FLEET.regions.items()]
    return [Stack("prod", None, [Resource(tokens.KUBERNETES_CLUSTER, "x", {})]), *stacks]


def test_all_four_are_there_the_largest_first(advice: tuple[Advice, ...]) -> None:
    assert {(each.optimisation.name, each.optimisation.business_usd) for each in advice} == {
        ("seasonal_resource_scheduling", 2400),
        ("intelligent_caching", 1800),
        ("query_optimization_automation", 3200),
        ("storage_optimization", 800),
    }
    savings = [each.monthly_usd for each in advice]
    assert savings == sorted(savings, reverse=True)
    assert [each.name for each in OPTIMISATIONS if each.season_only] == [
        "seasonal_resource_scheduling",
        "intelligent_caching",
    ]


def test_the_arithmetic_adds_up(advice: tuple[Advice, ...]) -> None:
    for each in advice:
        assert each.monthly_usd == each.in_place_usd + each.open_usd
        assert each.in_place_usd == sum(one.saved_usd for one in each.in_place)
        assert each.open_usd == sum(one.saved_usd for one in each.open)
        assert all(one.before_usd != one.after_usd for one in (*each.in_place, *each.open))


def test_a_year_is_twelve_months_where_all_count(advice: tuple[Advice, ...]) -> None:
    queries = next(each for each in advice if each.optimisation.name == "query_optimization_automation")
    assert queries.year_usd == pytest.approx(12 * queries.monthly_usd)
    assert queries.in_place == ()


def test_only_season_months_count_where_the_business_says_so() -> None:
    """A single month off season saves nothing in season, though it does save."""
    east = [stack for stack in _stacks() if stack.name == "prod-us-east-1"]
    march, june = (
        {each.optimisation.name: each for each in advise(east, FLEET, Month(2027, number), load_tariff(), months=1)}
        for number in (3, 6)
    )
    for name in ("seasonal_resource_scheduling", "intelligent_caching"):
        assert march[name].monthly_usd == 0
        assert june[name].monthly_usd > 0
        assert june[name].year_usd == june[name].monthly_usd
    assert march["intelligent_caching"].year_usd > 0
    assert march["query_optimization_automation"].monthly_usd > 0


@pytest.mark.parametrize(("business", "says"), [(1, "Far above"), (10**7, "Far below")])
def test_far_from_the_business_is_said(advice: tuple[Advice, ...], business: int, says: str) -> None:
    one = replace(advice[0], optimisation=replace(advice[0].optimisation, business_usd=business))
    assert one.verdict.startswith(f"{says} the business's {business:,} $")
    near = replace(one, optimisation=replace(one.optimisation, business_usd=round(one.monthly_usd)))
    assert near.verdict.startswith("Near the business's")


def test_nothing_to_act_on_is_said() -> None:
    tariff = load_tariff()
    only = advise([Stack("prod", None, [Resource(tokens.KUBERNETES_CLUSTER, "x", {})])], FLEET, Month(2027, 1), tariff)
    assert {each.monthly_usd for each in only} == {Decimal(0)}
    assert all("nothing here that it acts on" in each.verdict for each in only)


@given(hit=st.integers(0, 100), cacheable=st.integers(0, 100))
def test_more_in_caches_never_saves_less(hit: int, cacheable: int) -> None:
    def after(hit: int) -> Decimal:
        use = USAGE.optimisations.model_copy(
            update={"hit_percent": Decimal(hit), "cacheable_percent": Decimal(cacheable)}
        )
        on = basis(season({"10": "300", "30": "420"}), usage=USAGE.model_copy(update={"optimisations": use}))
        changed = cached_reads(scenario(DATABASE, on))
        return priced(changed.resources, changed.basis).total_usd

    # what is computed exactly but for the division of the writes' part
    assert after(hit) <= after(max(0, hit - 10)) + Decimal("1e-15")


def test_assumptions_name_the_usage_files_own_numbers() -> None:
    tariff: Tariff = load_tariff()
    said = " ".join(sentence for each in OPTIMISATIONS for sentence in each.assumptions(tariff.usage))
    use = tariff.usage.optimisations
    for number in (use.cacheable_percent, use.hit_percent, use.query_capacity_percent, use.infrequent_percent):
        assert f"{number} %" in said
