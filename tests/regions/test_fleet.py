"""The project's own files carry the numbers of the requirements, and the fleet answers from them."""

from __future__ import annotations

import os
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet

if TYPE_CHECKING:
    from tests.regions.conftest import RegionFiles


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return load_fleet()


def test_regions_are_those_of_the_requirements(fleet: Fleet) -> None:
    rows = [
        (r.name, r.season.peak_months, r.languages, r.focus, r.cultural_patterns, r.aggressiveness, r.traffic_weight)
        for r in fleet.regions.values()
    ]
    assert rows == [
        (
            "us-east-1",
            (5, 6, 7, 8, 9, 10),
            ("en",),
            "booking_performance",
            ("traditional_american", "multicultural"),
            "moderate",
            0.42,
        ),
        (
            "asia-pacific-1",
            (3, 4, 5, 9, 10, 11),
            ("en", "zh", "ja"),
            "payment_optimization",
            ("asian_traditional", "modern_fusion"),
            "payment_focused",
            0.12,
        ),
        (
            "eu-central-1",
            (6, 7, 8, 9),
            ("en", "de", "fr"),
            "cultural_diversity",
            ("european_traditional", "destination_weddings"),
            "cultural_aware",
            0.18,
        ),
        (
            "us-west-1",
            (4, 5, 6, 7, 8, 9),
            ("en", "es"),
            "vendor_search",
            ("hispanic_traditions", "tech_weddings"),
            "conservative",
            0.28,
        ),
    ]


@pytest.mark.parametrize(
    ("name", "aws_region", "pool_size", "query_timeout_ms", "zones"),
    [
        ("us-east-1", "us-east-1", 100, 30_000, 3),
        ("us-west-1", "us-west-1", 80, 25_000, 2),
        ("eu-central-1", "eu-central-1", 60, 35_000, 3),
        ("asia-pacific-1", "ap-southeast-1", 75, 20_000, 3),
    ],
)
def test_databases_are_those_of_the_requirements(
    fleet: Fleet, name: str, aws_region: str, pool_size: int, query_timeout_ms: int, zones: int
) -> None:
    region = fleet.region(name)
    database = region.database
    assert region.aws_region == aws_region
    assert (database.pool_size, database.query_timeout_ms) == (pool_size, query_timeout_ms)
    assert database.backup_retention_days == 35
    assert database.parameter_group_family == "aurora-postgresql15"
    assert len(region.network.zones) == zones


@pytest.mark.parametrize(
    ("name", "time_zones"),
    [
        ("us-east-1", ["America/New_York", "America/Chicago"]),
        ("us-west-1", ["America/Los_Angeles", "America/Denver"]),
        ("eu-central-1", ["Europe/Dublin", "Europe/Paris", "Europe/Berlin", "Europe/Athens"]),
        (
            "asia-pacific-1",
            ["Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney"],
        ),
    ],
)
def test_markets_are_those_of_the_requirements(fleet: Fleet, name: str, time_zones: list[str]) -> None:
    region = fleet.region(name)
    assert [market.time_zone for market in region.markets] == time_zones
    assert region.first_market.zone.key == time_zones[0]


def test_worldwide_group_fails_over_in_the_required_order(fleet: Fleet) -> None:
    assert fleet.bootstrap_writer("worldwide").name == "us-east-1"
    assert fleet.failover_order("worldwide") == ("us-east-1", "us-west-1", "eu-central-1")
    assert {region.name for region in fleet.members("worldwide")} == set(fleet.regions)
    assert not fleet.replication(fleet.region("asia-pacific-1"), "worldwide").failover_target


def test_european_residents_have_a_group_of_their_own(fleet: Fleet) -> None:
    assert fleet.groups == ("worldwide", "resident-eu")
    assert [region.name for region in fleet.members("resident-eu")] == ["eu-central-1"]
    residency = fleet.region("eu-central-1").residency
    assert residency is not None
    assert (residency.jurisdiction, residency.law) == ("EU", "GDPR")
    assert all(name.startswith("eu-") for name in residency.aws_regions)
    assert [place.group for place in fleet.region("eu-central-1").replications] == ["worldwide", "resident-eu"]
    assert [place.group for place in fleet.region("us-east-1").replications] == ["worldwide"]


def test_unknown_names_are_answered_with_the_known_ones(fleet: Fleet) -> None:
    with pytest.raises(KeyError, match=r"no region 'us-eats-1'; did you mean 'us-east-1'\?"):
        fleet.region("us-eats-1")
    with pytest.raises(KeyError, match=r"no replication group 'local' \(known: worldwide, resident-eu\)"):
        fleet.members("local")
    with pytest.raises(KeyError, match="us-east-1 is not in replication group 'resident-eu'"):
        fleet.replication(fleet.region("us-east-1"), "resident-eu")


def test_season_of_a_region_is_the_union_of_its_markets(fleet: Fleet) -> None:
    asia = fleet.region("asia-pacific-1")
    sydney = asia.markets[-1]
    assert asia.season_of(sydney).peak_months == (10, 11, 12, 1, 2, 3)
    assert asia.season_of(asia.first_market) is asia.season
    assert asia.season_months == (1, 2, 3, 4, 5, 9, 10, 11, 12)
    assert asia.engagement_months == ()  # December to February are Sydney's wedding season
    assert asia.off_season_months == (6, 7, 8)


def test_months_of_a_region_without_markets_of_another_season(fleet: Fleet) -> None:
    east = fleet.region("us-east-1")
    assert east.season_months == (5, 6, 7, 8, 9, 10)
    assert east.engagement_months == (1, 2, 12)
    assert east.off_season_months == (1, 2, 3, 4, 11, 12)


def test_peak_wins_over_engagement(fleet: Fleet) -> None:
    season = fleet.region("eu-central-1").season
    both = season.model_copy(update={"peak_months": (1,), "engagement_months": (1, 2)})
    assert [both.phase(month) for month in (1, 2, 3)] == ["wedding_season", "engagement_season", "off_season"]


def test_what_the_config_map_is_generated_from(fleet: Fleet) -> None:
    assert fleet.regional_optimizations == {
        "us_east": "high_booking_volume",
        "us_west": "vendor_heavy",
        "europe": "cultural_diversity",
        "asia_pacific": "payment_optimization",
    }


def test_traffic_is_shared_out(fleet: Fleet) -> None:
    rates = {name: round(fleet.operations_per_second(region)) for name, region in fleet.regions.items()}
    assert rates == {"us-east-1": 243, "us-west-1": 162, "eu-central-1": 104, "asia-pacific-1": 69}
    north_america = rates["us-east-1"] + rates["us-west-1"]
    assert rates["us-east-1"] / north_america == pytest.approx(0.6, abs=0.005)


def test_subnets_lie_in_the_vpc_and_apart(fleet: Fleet) -> None:
    for region in fleet.regions.values():
        subnets = [IPv4Network(subnet.cidr) for subnet in region.network.subnets]
        assert len(subnets) == 3 * len(region.network.zones)
        assert all(subnet.subnet_of(IPv4Network(region.network.vpc_cidr)) for subnet in subnets)
        assert not any(a.overlaps(b) for i, a in enumerate(subnets) for b in subnets[:i])
        assert tuple(s.zone for s in region.network.subnets_of("database")) == region.network.zones


def test_a_third_zone_moves_no_subnet(fleet: Fleet) -> None:
    two = fleet.region("us-west-1").network
    three = two.model_copy(update={"zones": (*two.zones, "us-west-1c")})
    assert set(two.subnets) < set(three.subnets)


def test_a_fifth_region_is_one_file(files: RegionFiles) -> None:
    files.add_sao_paulo()
    fleet = files.load()
    sao_paulo = fleet.region("sa-east-1")
    assert sao_paulo.season_months == (1, 2, 3, 10, 11, 12)
    assert sao_paulo.engagement_months == (6, 7)
    assert fleet.traffic_share(sao_paulo) == pytest.approx(0.25 / 1.25)  # the others make room
    assert sum(map(fleet.traffic_share, fleet.regions.values())) == pytest.approx(1)
    assert list(fleet.regions) == ["us-east-1", "asia-pacific-1", "eu-central-1", "sa-east-1", "us-west-1"]
    assert fleet.bootstrap_writer("worldwide").name == "us-east-1"


def test_a_restricted_fleet_knows_nothing_of_the_other_regions(fleet: Fleet) -> None:
    two = fleet.restricted(["eu-central-1", "us-east-1"])
    assert list(two.regions) == ["us-east-1", "eu-central-1"]
    assert two.failover_order("worldwide") == ("us-east-1", "eu-central-1")
    assert two.region("eu-central-1").replication.failover_order == ("us-east-1",)
    assert sum(map(two.traffic_share, two.regions.values())) == pytest.approx(1)
    assert set(two.regional_optimizations) == {"us_east", "europe"}
    with pytest.raises(KeyError, match="no region 'us-east-2'; did you mean 'us-east-1'"):
        fleet.restricted(["us-east-2"])


def test_a_fleet_cannot_be_changed(fleet: Fleet) -> None:
    region = fleet.region("us-east-1")
    with pytest.raises(ValidationError, match="frozen"):
        region.name = "us-east-2"  # pyright: ignore[reportAttributeAccessIssue] - that is what is tested
    for mapping in (fleet.regions, region.first_market.cultures, region.database.cluster_parameters):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["new"] = "value"  # pyright: ignore[reportIndexIssue] - that is what is tested


def test_default_directory_does_not_depend_on_where_the_program_runs(tmp_path: Path) -> None:
    program = "from regions.load import load_fleet; print(*load_fleet().regions)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE_DIRECTORY.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["us-east-1", "asia-pacific-1", "eu-central-1", "us-west-1"]


def test_loading_imports_neither_pulumi_nor_a_cloud_client() -> None:
    program = (
        "import sys; from regions.load import load_fleet; load_fleet(); "
        "print(*{'pulumi', 'boto3', 'botocore', 'grpc', 'rich', 'typer'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
