"""What no file can tell by itself: replication, addresses, shares, and files that are not right as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from regions.load import load_fleet
from regions.problems import FleetError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.regions.conftest import RegionFiles


def expect_one(files: RegionFiles, sentence: str) -> None:
    found = files.sentences()
    assert len(found) == 1, found
    assert re.search(sentence, found[0]), found[0]


def test_a_second_bootstrap_writer(files: RegionFiles) -> None:
    files.put("us-west-1", "replication", "bootstrap_writer", value=True)
    expect_one(files, r"us-west-1.yaml: replication.bootstrap_writer is True: .*'worldwide' .* in us-east-1 already")


def test_no_bootstrap_writer(files: RegionFiles) -> None:
    files.put("us-east-1", "replication", "bootstrap_writer", value=False)
    expect_one(files, r"replication.group is 'worldwide': has no bootstrap writer; set .* in one of .*us-east-1")


def test_no_bootstrap_writer_of_a_resident_group(files: RegionFiles) -> None:
    files.put("eu-central-1", "residency", "resident_cluster", "bootstrap_writer", value=False)
    expect_one(files, r"is 'resident-eu': has no bootstrap writer; set .* in one of eu-central-1$")


def test_a_writer_that_may_be_in_a_broken_file_is_not_called_missing(files: RegionFiles) -> None:
    files.path("us-east-1").write_text("name: [", encoding="utf-8")
    expect_one(files, r"us-east-1.yaml: is not valid YAML")


@pytest.mark.parametrize(("secondaries", "allowed"), [(10, True), (11, False)])
def test_at_most_ten_secondaries(files: RegionFiles, secondaries: int, allowed: bool) -> None:
    template = files.read("us-west-1")
    for number in range(secondaries - 3):
        files.write(f"xx-test-{number}", another_region(template, number))
    if allowed:
        assert len(files.load().members("worldwide")) == 11
    else:
        expect_one(files, r"replication.group is 'worldwide': has 11 secondaries and Aurora allows 10; put some")


def another_region(template: dict[str, Any], number: int) -> dict[str, Any]:
    aws_region = f"xx-test-{number}"
    return template | {
        "name": aws_region,
        "aws_region": aws_region,
        "geography": f"geography_{number}",
        "network": {"vpc_cidr": f"10.{100 + number}.0.0/16", "zones": [f"{aws_region}a", f"{aws_region}b"]},
    }


def test_addresses_that_services_have(files: RegionFiles) -> None:
    files.put("us-west-1", "network", "vpc_cidr", value="172.20.128.0/17")
    assert files.sentences() == [
        "regions/us-west-1.yaml: network.vpc_cidr is '172.20.128.0/17': must not overlap 172.20.0.0/16, the Services' "
        "addresses (regions/workloads.yaml, cluster.service_cidr)"
    ]


def test_overlapping_addresses(files: RegionFiles) -> None:
    files.put("us-west-1", "network", "vpc_cidr", value="10.30.128.0/17")
    expect_one(
        files, r"us-west-1.yaml: network.vpc_cidr is '10.30.128.0/17': must not overlap 10.30.0.0/16 of eu-central-1"
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("us-west-2", r"is 'us-west-2': is not a region; did you mean 'us-west-1'\?"),
        ("antarctica-1", r"is 'antarctica-1': is not a region; known: asia-pacific-1, eu-central-1, us-west-1"),
        ("us-east-1", r"is 'us-east-1': must not be the region itself"),
        ("asia-pacific-1", r"is 'asia-pacific-1': is no failover target \(failover_target: false in its file\)"),
    ],
)
def test_failover_order(files: RegionFiles, name: str, sentence: str) -> None:
    files.put("us-east-1", "replication", "failover_order", value=["eu-central-1", name])
    expect_one(files, rf"us-east-1.yaml: replication.failover_order\[1\] {sentence}")


def test_failover_to_a_region_outside_the_group(files: RegionFiles) -> None:
    files.put("eu-central-1", "residency", "resident_cluster", "failover_order", value=["us-east-1"])
    expect_one(files, r"resident_cluster.failover_order\[0\] is 'us-east-1': is not in replication group 'resident-eu'")


def test_two_regions_of_a_group_in_one_aws_region(files: RegionFiles) -> None:
    files.put("us-west-1", "aws_region", value="us-east-1")
    files.put("us-west-1", "network", "zones", value=["us-east-1a", "us-east-1b"])
    expect_one(files, r"us-west-1.yaml: aws_region is 'us-east-1': us-east-1 of group 'worldwide' is there already")


def test_major_versions_of_a_group(files: RegionFiles) -> None:
    files.put("us-west-1", "database", "engine_version", value="16.4")
    expect_one(
        files, r"us-west-1.yaml: database.engine_version is '16.4': must have the major version of asia-pacific-1"
    )


def test_minor_versions_may_differ_during_an_upgrade(files: RegionFiles) -> None:
    files.put("us-west-1", "database", "engine_version", value="15.12")
    assert files.load().region("us-west-1").database.engine_version == "15.12"


def test_a_geography_is_one_region(files: RegionFiles) -> None:
    files.put("us-west-1", "geography", value="us_east")
    expect_one(files, r"us-west-1.yaml: geography is 'us_east': is the geography of us-east-1 already")


def join_resident_group(files: RegionFiles, name: str, jurisdiction: str, aws_regions: list[str]) -> None:
    member = {"group": "resident-eu", "bootstrap_writer": False, "failover_target": False, "failover_order": []}
    residency = {"jurisdiction": jurisdiction, "law": "GDPR", "aws_regions": aws_regions, "resident_cluster": member}
    files.put(name, "residency", value=residency)


def test_a_resident_group_stays_in_its_jurisdiction(files: RegionFiles) -> None:
    join_resident_group(files, "us-east-1", "US", ["us-east-1", "eu-central-1"])
    found = files.sentences()
    assert re.search(r"us-east-1.yaml: residency.jurisdiction is 'US': must be EU, as eu-central-1's", "\n".join(found))


def test_claiming_a_jurisdiction_is_not_lying_in_it(files: RegionFiles) -> None:
    join_resident_group(files, "us-east-1", "EU", ["us-east-1", "eu-central-1"])
    expect_one(
        files, r"us-east-1.yaml: aws_region is 'us-east-1': is not where eu-central-1 allows copies of .*'resident-eu'"
    )


def test_a_resident_group_may_grow_inside_its_jurisdiction(files: RegionFiles) -> None:
    dublin = another_region(files.read("us-west-1"), 1) | {"name": "eu-west-1"}
    dublin |= {"aws_region": "eu-west-1"}
    dublin["network"] = {"vpc_cidr": "10.60.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]}
    files.write("eu-west-1", dublin)
    join_resident_group(files, "eu-west-1", "EU", ["eu-west-1", "eu-central-1"])
    assert [region.name for region in files.load().members("resident-eu")] == ["eu-central-1", "eu-west-1"]


def test_residents_data_in_the_worldwide_group(files: RegionFiles) -> None:
    files.put("eu-central-1", "residency", "resident_cluster", "group", value="worldwide")
    found = "\n".join(files.sentences())
    assert "residency.resident_cluster.group is 'worldwide': must differ from replication.group" in found


def test_worldwide_data_in_a_resident_group(files: RegionFiles) -> None:
    files.put("asia-pacific-1", "replication", value={
        "group": "resident-eu", "bootstrap_writer": False, "failover_target": False, "failover_order": [],
    })  # fmt: skip
    expect_one(files, r"asia-pacific-1.yaml: replication.group is 'resident-eu': is the resident group of eu-central-1")


def test_a_region_outside_its_own_residency(files: RegionFiles) -> None:
    files.put("eu-central-1", "residency", "aws_regions", value=["eu-west-1"])
    expect_one(
        files, r"residency.aws_regions is \['eu-west-1'\]: must contain the region's own aws_region, eu-central-1"
    )


def test_a_budget_whose_share_is_rounded_up_to_most_pods(files: RegionFiles) -> None:
    files.put("workloads", "pooler", "disruptions", value="34%")
    expect_one(
        files, r"pooler.disruptions is '34%': would let maintenance take 2 of the fewest replicas \(3\); leave half"
    )


def test_a_file_under_another_name(files: RegionFiles) -> None:
    files.path("us-west-1").rename(files.path("us-west-9"))
    found = "\n".join(files.sentences())
    assert "us-west-9.yaml: name is 'us-west-1': must be the file's name, 'us-west-9'; rename one of them" in found


def test_a_file_that_would_not_be_read(files: RegionFiles) -> None:
    (files.directory / "sa-east-1.yml").write_text("name: sa-east-1\n", encoding="utf-8")
    expect_one(files, r"regions/sa-east-1.yml: is not read; rename it to sa-east-1.yaml")


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match=r"there is no directory .*nowhere; give the one with the region files"):
        load_fleet(tmp_path / "nowhere")


def test_an_empty_directory(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match=r"no region file here; put <region>.yaml files into"):
        load_fleet(tmp_path)


def test_no_workloads(files: RegionFiles) -> None:
    files.path("workloads").unlink()
    expect_one(files, r"regions/workloads.yaml: cannot be read \(No such file or directory\)")


def test_mistakes_of_all_files_at_once(files: RegionFiles) -> None:
    files.put("us-east-1", "focus", value="")
    files.put("eu-central-1", "database", "readers", value=0)
    files.put("workloads", "performance_monitor", "port", value=0)
    files.path("us-west-1").write_bytes(b"\xff\xfe")
    found = [sentence.split(":")[0] for sentence in files.sentences()]
    assert found == [f"regions/{name}.yaml" for name in ("eu-central-1", "us-east-1", "us-west-1", "workloads")]


def test_ten_mistakes_are_ten_sentences(files: RegionFiles) -> None:
    for old, new in [
        ("America/Chicago", "America/Chicgo"),
        ("peak_months: [5, 6, 7, 8, 9, 10]", "peak_months: [5, 13]"),
        ("pool_size: 100", "pool_siez: 100"),
        ('"15.10"', "15.10"),
        ("min_acu: 4", "min_acu: 99"),
        ("us-east-1c", "us-west-1c"),
        ("traffic_share: 0.35", "traffic_share: 0.45"),
        ("failover_order: [us-west-1, eu-central-1]", "failover_order: [us-west-1, asia-pacific-1]"),
        ("focus: booking_performance\n", ""),
        ("aggressiveness: moderate", "aggressiveness: moderate\naggressiveness: conservative"),
    ]:
        files.replace("us-east-1", old, new)
    found = files.sentences()
    assert len(found) == 10, found
    assert all(sentence.startswith("regions/us-east-1.yaml: ") for sentence in found)
    fields = {re.split(r"[ :]", sentence.removeprefix("regions/us-east-1.yaml: "))[0] for sentence in found}
    assert fields == {
        "aggressiveness",
        "database.engine_version",
        "database.max_acu",
        "database.pool_siez",
        "focus",
        "markets[*].traffic_share",
        "markets[1].time_zone",
        "network.zones[2]",
        "replication.failover_order[1]",
        "season.peak_months[1]",
    }
