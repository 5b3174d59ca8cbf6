"""One field broken at a time: one sentence with file, field, value and what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.regions.conftest import RegionFiles

Location = tuple[str | int, ...]

REGION: list[tuple[Location, object, str]] = [
    (("name",), "US East", r"name is 'US East': must be text such as 'us-east-1' of at most 24 characters"),
    (("name",), "us-east-2", r"name is 'us-east-2': must be the file's name, 'us-east-1'"),
    (("aws_region",), "frankfurt", r"aws_region is 'frankfurt': must be text such as 'ap-southeast-1'"),
    (("traffic_weight",), 0, r"traffic_weight is 0: must be a number above 0 to 1000"),
    (("traffic_weight",), "0.42", r"traffic_weight is '0.42': must be a number above"),
    (("focus",), "Booking performance", r"focus is 'Booking performance': must be text such as 'booking_surge'"),
    (("aggressiveness",), "bold", r"aggressiveness is 'bold': must be one of conservative, moderate, cultural_aware"),
    (("languages",), [], r"languages is \[\]: must be a list of text such as 'en', at least 1"),
    (("languages", 0), "english", r"languages\[0\] is 'english': must be text such as 'en'"),
    (("languages",), ["en", "en"], r"languages is \['en', 'en'\]: must list each once; en is there twice"),
    (("season", "peak_months"), [0, 5], r"season.peak_months\[0\] is 0: must be a whole number from 1 to 12"),
    (("season", "peak_months"), [5, 13], r"season.peak_months\[1\] is 13: must be a whole number from 1 to 12"),
    (("season", "peak_months"), [5, True], r"season.peak_months\[1\] is True: must be a whole number from 1 to 12"),
    (("season", "peak_months"), "5-10", r"season.peak_months is '5-10': must be a list of a whole number from 1 to 12"),
    (("season", "peak_months"), [], r"season.peak_months is \[\]: must be a list of .*, at least 1"),
    (("season", "engagement_months"), [2, 2], r"season.engagement_months is \[2, 2\]: must list each once"),
    (("markets",), [], r"markets is \[\]: must be a list of a mapping of fields, at least 1"),
    (
        ("markets", 1, "time_zone"),
        "America/Chicgo",
        r"markets\[1\].time_zone is 'America/Chicgo': must be an IANA time zone .*did you mean 'America/Chicago'\?",
    ),
    (("markets", 0, "time_zone"), "EST5", r"markets\[0\].time_zone is 'EST5': must be an IANA time zone"),
    (("markets", 0, "time_zone"), "/etc/localtime", r"markets\[0\].time_zone is .*must be an IANA time zone"),
    (("markets", 0, "traffic_share"), 0.75, r"markets\[\*\].traffic_share is \[0.75, 0.35\]: .* sum to 1.1$"),
    (("markets", 1, "name"), "New York", r"markets\[1\].name is 'New York': is the name of two markets"),
    (("markets", 0, "cultures"), {"other": 0.5}, r"cultures is {'other': 0.5}: the shares must sum to 1"),
    (("markets", 0, "cultures"), {"greeek": 1.0}, r"cultures.greeek: is not a culture .* did you mean 'greek'\?"),
    (("markets", 0, "cultures", "other"), -1, r"markets\[0\].cultures.other is -1: must be a number above 0 to 1"),
    (("replication", "bootstrap_writer"), "yes", r"bootstrap_writer is 'yes': must be true or false"),
    (("replication", "group"), "World Wide", r"replication.group is 'World Wide': must be text such as"),
    (("database", "engine_version"), 15.1, r"engine_version is 15.1: must be text such as '15.10' .*quoted"),
    (("database", "engine_version"), "14.9", r"engine_version is '14.9': must be text such as '15.10' .*15 or newer"),
    (("database", "min_acu"), 0, r"min_acu is 0: must be a number from 0.5 to 256 in steps of 0.5"),
    (("database", "min_acu"), 0.7, r"min_acu is 0.7: must be a number from 0.5 to 256 in steps of 0.5"),
    (("database", "max_acu"), 2, r"max_acu is 2: must not be below min_acu \(4.0\)"),
    (("database", "readers"), 0, r"readers is 0: must be a whole number from 1 to 15"),
    (("database", "pool_size"), "100", r"pool_size is '100': must be a whole number from 1 to 5000"),
    (("database", "pool_size"), 10.5, r"pool_size is 10.5: must be a whole number"),
    (("database", "query_timeout_ms"), 0, r"query_timeout_ms is 0: must be a whole number from 100 to 300000"),
    (("database", "backup_retention_days"), 36, r"backup_retention_days is 36: must be a whole number from 1 to 35"),
    (("database", "cluster_parameters", "random_page_cost"), 1.1, r"random_page_cost is 1.1: must be text"),
    (
        ("database", "cluster_parameters", "statement_timeout"),
        "1",
        r"cluster_parameters is .*: must not set statement_timeout: query_timeout_ms does",
    ),
    (("network", "vpc_cidr"), "10.10.0.1/16", r"vpc_cidr is '10.10.0.1/16': must be an IPv4 network .*host bits"),
    (("network", "vpc_cidr"), "everywhere", r"vpc_cidr is 'everywhere': must be an IPv4 network such as"),
    (("network", "vpc_cidr"), "8.8.0.0/16", r"vpc_cidr is '8.8.0.0/16': must be a private network from /16 to /22"),
    (("network", "vpc_cidr"), "10.10.0.0/24", r"vpc_cidr is '10.10.0.0/24': must be a private network from /16"),
    (("network", "zones"), ["us-east-1a"], r"network.zones is \['us-east-1a'\]: must be a list .* 2 to 3 of them"),
    (("network", "zones"), [f"us-east-1{z}" for z in "abcd"], r"network.zones is .*: must be a list .* 2 to 3 of them"),
    (("network", "zones", 2), "us-west-1c", r"zones\[2\] is 'us-west-1c': must be a zone of aws_region us-east-1"),
    (("databse",), {}, r"databse: is not a known field; did you mean 'database'\?"),
    (("database", "colour"), "blue", r"database.colour: is not a known field; known: engine_version, min_acu"),
    (("season",), 5, r"season is 5: must be a mapping of fields"),
    (("season",), None, r"season is None: must be a mapping of fields"),
]

MONITOR = ("performance_monitor", "containers", "monitor")
WORKLOADS: list[tuple[Location, object, str]] = [
    (("cluster", "service_cidr"), "172.20.0.1/16", r"service_cidr is '172.20.0.1/16': must be an IPv4 network"),
    (("cluster", "service_cidr"), "10.0.0.0/8", r"service_cidr is '10.0.0.0/8': must be .* from /12 to /24"),
    (("cluster", "service_cidr"), "8.8.0.0/16", r"service_cidr is '8.8.0.0/16': must be a private network"),
    (
        ("namespace", "labels", "wedding-platform"),
        True,
        r"labels.wedding-platform is True: must be text such as 'true'",
    ),
    (("namespace", "labels", "wedding platform"), "x", r"labels.wedding platform: is not a name that is allowed here"),
    (("namespace", "pod_security"), "privileged", r"pod_security is 'privileged': must be one of restricted, baseline"),
    ((*MONITOR, "port"), 70_000, r"port is 70000: must be a whole number from 1 to 65535"),
    (
        (*MONITOR, "liveness", "path"),
        "health",
        r"liveness.path is 'health': must be text such as '/app/logs'",
    ),
    ((*MONITOR, "resources", "limits", "memory"), "2Gb", r"limits.memory is '2Gb': must be text such as"),
    (
        (*MONITOR, "env", "REDIS_URL", "config_map"),
        "redis",
        r"env.REDIS_URL is .*: must give either config_map or secret",
    ),
    (
        (*MONITOR, "volumes", "wedding-season", "claim"),
        "optimization-logs-pvc",
        r"volumes.wedding-season is .*: must give one of claim, config_map and secret",
    ),
    (
        (*MONITOR, "volumes", "optimization-logs", "claim"),
        "optimization-log-pvc",
        r"claim is 'optimization-log-pvc': is not a claim of storage.claims; did you mean 'optimization-logs-pvc'\?",
    ),
    (
        ("performance_monitor", "autoscaler", "min_replicas"),
        25,
        r"autoscaler.max_replicas is 24: must not be below min_replicas \(25\)",
    ),
    (("performance_monitor", "emergency_max_replicas"), 23, r"emergency_max_replicas is 23: must not be below"),
    (
        ("performance_monitor", "floors", "wedding_season"),
        25,
        r"floors.wedding_season is 25: must not be above .*\(24\)",
    ),
    (("performance_monitor", "floors", "maximum"), 37, r"floors.maximum is 37: must not be above .*replicas \(36\)"),
    (("performance_monitor", "saturday", "end_hour"), 8, r"saturday.end_hour is 8: must be after start_hour \(8\)"),
    (("wedding_api", "floors", "maximum"), 51, r"wedding_api.floors.maximum is 51: must not be above .*\(50\)"),
    (("season_config", "optimization_frequency"), "often", r"optimization_frequency is 'often': must be text matching"),
    (("seasonal_jobs", "hour"), 1, r"seasonal_jobs.hour is 1: must not be between 01:00 and 03:00"),
    (("seasonal_jobs", "hour"), 24, r"seasonal_jobs.hour is 24: must be a whole number from 0 to 23"),
    (
        ("wedding_api", "containers", "app", "readiness", "path"),
        None,
        r"wedding_api.containers is .*: must give the application a readiness probe with a path",
    ),
    (("demand", "events", 0, "day"), 30, r"events\[0\].day is 30: must be at most 29 in month 2"),
    (("demand", "cultures", "greek", "factor"), 0.5, r"cultures.greek.factor is 0.5: must be a number from 1"),
    (("wedding_day_mode", "cpu_percent"), 101, r"cpu_percent is 101: must be a whole number from 1 to 100"),
]


@pytest.mark.parametrize(("location", "value", "sentence"), REGION)
def test_region_field(files: RegionFiles, location: Location, value: object, sentence: str) -> None:
    files.put("us-east-1", *location, value=value)
    expect_one(files, "regions/us-east-1.yaml", sentence)


@pytest.mark.parametrize(("location", "value", "sentence"), WORKLOADS)
def test_workloads_field(files: RegionFiles, location: Location, value: object, sentence: str) -> None:
    files.put("workloads", *location, value=value)
    expect_one(files, "regions/workloads.yaml", sentence)


def test_two_claims_of_one_name(files: RegionFiles) -> None:
    files.put("workloads", "storage", "claims", 1, "name", value="optimization-logs-pvc")
    twice, unclaimed = files.sentences()
    assert re.search(r"claims\[1\].name is .*: is the name of two claims", twice)
    assert re.search(r"claim is 'optimization-cache-pvc': is not a claim of storage.claims", unclaimed)


@pytest.mark.parametrize(
    "field", ["focus", "traffic_weight", "season", "markets", "replication", "database", "network"]
)
def test_missing_field(files: RegionFiles, field: str) -> None:
    files.remove("us-west-1", field)
    expect_one(files, "regions/us-west-1.yaml", rf"{field}: is missing; add .+ \(.+\)$")


def test_a_misspelt_field_is_one_mistake(files: RegionFiles) -> None:
    files.replace("us-east-1", "pool_size:", "pool_siez:")
    expect_one(files, "regions/us-east-1.yaml", r"database.pool_siez: is not a known field; did you mean 'pool_size'\?")


def test_a_long_value_is_cut(files: RegionFiles) -> None:
    files.put("us-east-1", "focus", value="X" * 10_000)
    (sentence,) = files.sentences()
    assert len(sentence) < 400


def expect_one(files: RegionFiles, file: str, sentence: str) -> None:
    """Expect this one mistake and no other in any file."""
    found = files.sentences()
    assert len(found) == 1, found
    assert found[0].startswith(f"{file}: ")
    assert re.search(sentence, found[0]), found[0]
