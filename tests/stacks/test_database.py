"""What a region's database is, in every environment, under mocks."""

from __future__ import annotations

import pytest
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret

from .conftest import CLUSTER, ENVIRONMENTS, FLEET, INSTANCE, KEY, REGION_STACKS, Registers

CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
INSTANCE_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
# Saturday begins on Friday 13:00 UTC in Sydney's summer; deployments are blocked from two hours before.
_WEEKEND_STARTS = _DAYS.index("fri") * _DAY_MINUTES + 11 * 60


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_deletion_protection_outside_local(stack: str, graph: Registers) -> None:
    outside_local = not stack.startswith("local")
    cluster = graph(stack).one(CLUSTER).inputs
    assert cluster["deletionProtection"] is outside_local
    assert cluster["skipFinalSnapshot"] is not outside_local


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_credentials_are_declared_by_the_bootstrap_writer_alone(stack: str, graph: Registers) -> None:
    region = FLEET.region(stack.split("-", 1)[1])
    inputs = graph(stack).one(CLUSTER).inputs
    credentials = {"masterUsername", "masterPasswordWo", "masterPasswordWoVersion", "databaseName"} & set(inputs)
    assert bool(credentials) is region.replication.bootstrap_writer
    assert "masterPassword" not in inputs
    assert "manageMasterUserPassword" not in inputs


def test_the_password_at_birth_is_a_secret_and_another_one_every_time(graph: Registers) -> None:
    secrets = [graph(f"{name}-us-east-1").one(CLUSTER).inputs["masterPasswordWo"] for name in ENVIRONMENTS]
    assert all(is_rpc_secret(secret) for secret in secrets)
    seen = {str(unwrap_rpc_secret(secret)) for secret in secrets}
    assert len(seen) == len(ENVIRONMENTS)
    assert all(len(password) >= 40 for password in seen)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_runtime_state_of_the_cluster_is_left_to_failover_and_scaler(stack: str, graph: Registers) -> None:
    ignored = graph(stack).one(CLUSTER).ignore_changes
    assert {"globalClusterIdentifier", "replicationSourceIdentifier", "masterPasswordWo"} <= set(ignored)
    assert "serverlessv2ScalingConfiguration.minCapacity" in ignored
    assert "serverlessv2ScalingConfiguration.maxCapacity" not in ignored


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_readers_wait_for_the_writer(stack: str, graph: Registers) -> None:
    writer, *readers = graph(stack).all(INSTANCE)
    assert len(readers) == FLEET.region(stack.split("-", 1)[1]).database.readers
    assert all(writer.urn in reader.depends_on for reader in readers)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_storage_is_encrypted_with_the_stacks_own_key(stack: str, graph: Registers) -> None:
    cluster = graph(stack).one(CLUSTER).inputs
    assert cluster["storageEncrypted"] is True
    assert cluster["kmsKeyId"] == f"arn of {KEY} key"
    assert cluster["backupRetentionPeriod"] == 35


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_connections_without_tls_are_refused(stack: str, graph: Registers) -> None:
    parameters = graph(stack).one(CLUSTER_PARAMETERS).inputs["parameters"]
    assert {each["name"]: each["value"] for each in parameters}.get("rds.force_ssl") == "1"


@pytest.mark.parametrize("type_token", [CLUSTER_PARAMETERS, INSTANCE_PARAMETERS])
@pytest.mark.parametrize("stack", REGION_STACKS)
def test_a_new_major_version_gets_parameter_groups_of_its_own(type_token: str, stack: str, graph: Registers) -> None:
    """A group's family cannot change: the new one must be able to exist beside the old one, which is in use."""
    group = graph(stack).one(type_token).inputs
    major = group["family"].removeprefix("aurora-postgresql")
    assert major == FLEET.region(stack.split("-", 1)[1]).database.engine_version.split(".")[0]
    assert group["name"].endswith(f"-pg{major}")


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_no_maintenance_at_the_weekend(stack: str, graph: Registers) -> None:
    """AWS draws the windows that are not set, on any day."""
    for each in [graph(stack).one(CLUSTER), *graph(stack).all(INSTANCE)]:
        start, end = (_minute_of_the_week(edge) for edge in each.inputs["preferredMaintenanceWindow"].split("-"))
        assert start < end <= _WEEKEND_STARTS, each.urn


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_backups_do_not_run_into_the_maintenance(stack: str, graph: Registers) -> None:
    """RDS refuses windows that overlap."""
    cluster = graph(stack).one(CLUSTER).inputs
    start, end = (_minute(edge) for edge in cluster["preferredBackupWindow"].split("-"))
    first, last = (_minute_of_the_week(edge) for edge in cluster["preferredMaintenanceWindow"].split("-"))
    backup = {(start + minute) % _DAY_MINUTES for minute in range((end - start) % _DAY_MINUTES)}
    assert len(backup) >= 30  # RDS wants half an hour
    assert backup.isdisjoint(minute % _DAY_MINUTES for minute in range(first, last))


def _minute(time: str) -> int:
    """Minutes since midnight of "04:30"."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _minute_of_the_week(edge: str) -> int:
    """Minutes since Monday 00:00 of "tue:04:30"."""
    day, time = edge.split(":", 1)
    return _DAYS.index(day) * _DAY_MINUTES + _minute(time)
