"""Expected demand: baseline x season x special x culture, by hand."""

from __future__ import annotations

import math
from typing import Literal

import pytest

from regions.model import Region
from seasons.demand import demand
from seasons.local_days import NaiveInstantError

from .fleets import BASELINE, FLEET, SUMMER, fleet_of, market, region_of, utc

Workload = Literal["performance_monitor", "wedding_api"]
MONITOR: Workload = "performance_monitor"
API: Workload = "wedding_api"


def times(workload: Workload, text: str, *, emergency: bool = False) -> float:
    """The rate at an instant in a market of UTC, as a multiple of the baseline."""
    fleet = fleet_of(market(), season=SUMMER)
    (one,) = demand(fleet, region_of(fleet), workload, utc(text), emergency=emergency)
    return one.rate / BASELINE


@pytest.mark.parametrize(
    ("at", "monitor", "api"),
    [
        ("2026-04-15 09:00", 1, 1),  # a Wednesday off season
        ("2026-01-14 09:00", 2.5, 1),  # engagement season
        ("2026-07-15 09:00", 4, 2.5),  # peak
        ("2026-04-18 07:59", 1, 8),  # a Saturday off season
        ("2026-04-18 08:00", 6, 8),  # its surge
        ("2026-04-18 11:59", 6, 8),
        ("2026-04-18 12:00", 1, 8),
        ("2026-07-18 08:00", 24, 20),  # a Saturday's surge in peak season
        ("2026-07-18 12:00", 4, 20),
        ("2025-02-14 12:00", 15, 6),  # Valentine's Day, a Friday of the engagement season
        ("2026-02-14 09:00", 15, 8),  # on a Saturday the higher factor wins: they do not multiply
        ("2026-12-31 12:00", 20, 8),  # New Year's Eve
        ("2022-12-31 09:00", 20, 8),  # on a Saturday, in its surge
    ],
)
def test_factors(at: str, monitor: float, api: float) -> None:
    assert times(MONITOR, at) == pytest.approx(monitor)
    assert times(API, at) == pytest.approx(api)


@pytest.mark.parametrize(("at", "monitor", "api"), [("2026-04-18 09:00", 10, 10), ("2026-12-31 12:00", 25, 10)])
def test_in_an_emergency_ten_times_is_the_highest(at: str, monitor: float, api: float) -> None:
    assert times(MONITOR, at, emergency=True) == pytest.approx(monitor)
    assert times(API, at, emergency=True) == pytest.approx(api)


def test_every_market_has_its_own_clock_and_its_share() -> None:
    fleet = fleet_of(market("UTC", share=0.75), market("Etc/GMT+4", share=0.25, cultures={"indian": 1.0}))
    rates = [each.rate / BASELINE for each in demand(fleet, region_of(fleet), MONITOR, utc("2026-04-18 09:00"))]
    assert rates == pytest.approx([0.75 * 6, 0.25 * 2])
    rates = [each.rate / BASELINE for each in demand(fleet, region_of(fleet), MONITOR, utc("2026-04-18 15:59"))]
    assert rates == pytest.approx([0.75 * 1, 0.25 * 6 * 2])


def test_who_keeps_the_sabbath_changes_the_factor_on_it() -> None:
    fleet = fleet_of(market("America/New_York", {"jewish": 0.5, "indian": 0.5}))
    region = region_of(fleet)
    cultures = [
        demand(fleet, region, API, utc(text))[0].factors[3].value
        for text in ("2026-06-06 00:22", "2026-06-06 00:23", "2026-06-07 01:14", "2026-06-07 01:15")
    ]
    mixed = (0.5 * 1.3 + 1.5 * 2.0) / 2.0
    assert cultures == pytest.approx([mixed, 2.0, 2.0, mixed])


def test_a_lunar_event_counts_by_its_share() -> None:
    fleet = fleet_of(market("Asia/Shanghai", {"chinese": 0.5, "british": 0.5}, country="SG"))
    (one,) = demand(fleet, region_of(fleet), API, utc("2026-08-19 12:00"))  # Qixi
    assert [factor.value for factor in one.factors[1:]] == pytest.approx(
        [2.5, 1 + 0.5 * 3, (0.5 * 1 + 1.0 * 1.5) / 1.5]
    )
    assert (one.factors[2].name, "50%" in one.factors[2].source) == ("Qixi", True)


def test_a_public_holiday_is_a_special_day() -> None:
    fleet = fleet_of(market("Europe/Berlin"))
    (one,) = demand(fleet, region_of(fleet), API, utc("2025-10-03 12:00"))
    assert (one.factors[2].name, one.factors[2].value) == ("German Unity Day", 1.5)


@pytest.mark.parametrize("region", FLEET.regions.values(), ids=lambda region: region.name)
@pytest.mark.parametrize("workload", [MONITOR, API])
def test_every_factor_is_told_with_its_source(region: Region, workload: Workload) -> None:
    for at in ("2026-06-06 15:00", "2026-03-04 15:00", "2026-12-31 12:00"):
        for each, place in zip(demand(FLEET, region, workload, utc(at)), region.markets, strict=True):
            assert each.market == place.name
            assert each.rate == pytest.approx(math.prod(factor.value for factor in each.factors))
            assert each.factors[0].value == pytest.approx(FLEET.operations_per_second(region) * place.traffic_share)
            for factor in each.factors:
                assert ".yaml" in factor.source or factor.name == "no special day"


def test_an_instant_without_an_offset_is_refused() -> None:
    fleet = fleet_of(market())
    with pytest.raises(NaiveInstantError, match="has no offset"):
        demand(fleet, region_of(fleet), API, utc("2026-06-06").replace(tzinfo=None))
