"""What region files and workloads.yaml say of databases, caches and their alarms, and mistakes in it."""

from __future__ import annotations

from typing import Any

import pytest

from regions.load import load_fleet

from .conftest import RegionFiles

FLEET = load_fleet()


def test_backups_of_35_days_and_exports_of_seven_years() -> None:
    assert {region.database.backup_retention_days for region in FLEET.regions.values()} == {35}
    standard = FLEET.workloads.database
    assert standard.exports.retention_years == 7
    assert standard.log_retention_days >= 7 * 365


def test_alarms_are_within_the_contract() -> None:
    alarms = FLEET.workloads.alarms.database
    assert alarms.replication_lag_ms.threshold == 100
    assert alarms.rpo_lag_ms.threshold < 60_000
    assert alarms.connections_percent.threshold == 80


def test_redis_7() -> None:
    assert FLEET.workloads.cache.parameter_group_family == "redis7"


def test_a_cache_fits_into_the_regions_zones() -> None:
    for region in FLEET.regions.values():
        assert 1 + region.cache.replicas <= len(region.network.zones)


@pytest.mark.parametrize(
    ("location", "value", "sentence"),
    [
        (("cache", "node_type"), "r7g.large", "cache.node_type is 'r7g.large'"),
        (("cache", "replicas"), 0, "cache.replicas is 0"),
        (("cache", "maintenance_window"), "wed:08:00-wed:08:30", "must last 60 minutes or more"),
        (("cache", "maintenance_window"), "sat:08:00-sat:09:00", "cache.maintenance_window is 'sat:"),
        (("cache", "snapshot_window"), "23:30-00:00", "must last 60 minutes or more"),
        (("database", "pool_size"), 5, "must be 6 or more: a connection for each replica of the pooler"),
        (
            ("database", "cluster_parameters", "shared_preload_libraries"),
            "pg_cron",
            "must not set shared_preload_libraries: preload_libraries does",
        ),
        (("database", "cluster_parameters", "log_statement"), "all", "is set for all regions, in workloads.yaml"),
        (("database", "instance_parameters", "log_connections"), "0", "is set for all regions, in workloads.yaml"),
    ],
)
def test_mistakes_in_a_region(location: tuple[str, ...], value: Any, sentence: str, files: RegionFiles) -> None:
    files.put("us-east-1", *location, value=value)
    (found,) = files.sentences()
    assert sentence in found


def test_a_window_may_pass_midnight(files: RegionFiles) -> None:
    files.put("us-east-1", "cache", "snapshot_window", value="23:30-00:30")
    files.load()


def test_a_resident_cluster_needs_connections_too(files: RegionFiles) -> None:
    files.put("eu-central-1", "database", "pool_size", value=8)
    (found,) = files.sentences()
    assert "must be 9 or more" in found


@pytest.mark.parametrize(
    ("location", "value", "sentence"),
    [
        (("database", "log_retention_days"), 2000, "database.log_retention_days is 2000"),
        (("database", "insights_retention_days"), 7, "database.insights_retention_days is 7"),
        (("database", "exports", "schedule"), "rate(30 days)", "database.exports.schedule is 'rate(30 days)'"),
        (
            ("database", "exports", "transitions"),
            [{"days": 365, "storage_class": "DEEP_ARCHIVE"}, {"days": 30, "storage_class": "GLACIER_IR"}],
            "must be in the order of days",
        ),
        (("alarms", "database", "cpu_percent", "datapoints"), 9, "datapoints must not be above minutes (5)"),
        (("database", "cluster_parameters", "rds.force_ssl"), "0", "must not set rds.force_ssl: the component does"),
    ],
)
def test_mistakes_in_what_all_have_alike(
    location: tuple[str, ...], value: Any, sentence: str, files: RegionFiles
) -> None:
    files.put("workloads", *location, value=value)
    (found,) = files.sentences()
    assert sentence in found
