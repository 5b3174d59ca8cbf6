"""What a region's databases are, in every environment, under mocks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret

from regions.model import Region, Replication
from stacks.environment import load_environment

from .conftest import CLUSTER, ENVIRONMENTS, FLEET, INSTANCE, KEY, REGION_STACKS, Registers

if TYPE_CHECKING:
    from stacks.recording import Registered

CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
INSTANCE_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
# Saturday begins on Friday 13:00 UTC in Sydney's summer; deployments are blocked from two hours before.
_WEEKEND_STARTS = _DAYS.index("fri") * _DAY_MINUTES + 11 * 60

WORLDWIDE, RESIDENT = "database", "resident-database"


def _region(stack: str) -> Region:
    return FLEET.region(stack.split("-", 1)[1])


def _place(stack: str, name: str) -> Replication:
    region = _region(stack)
    resident = region.residency.resident_cluster if region.residency else None
    place = region.replication if name == WORLDWIDE else resident
    assert place is not None
    return place


CLUSTERS = [
    (stack, name) for stack in REGION_STACKS for name in (WORLDWIDE, RESIDENT)[: len(_region(stack).replications)]
]
every_cluster = pytest.mark.parametrize(("stack", "name"), CLUSTERS)


def test_a_region_with_a_residency_rule_has_a_second_cluster(graph: Registers) -> None:
    assert [each.name for each in graph("prod-eu-central-1").all(CLUSTER)] == [WORLDWIDE, RESIDENT]
    assert [each.name for each in graph("prod-us-east-1").all(CLUSTER)] == [WORLDWIDE]


@every_cluster
def test_deletion_protection_outside_local(stack: str, name: str, graph: Registers) -> None:
    outside_local = not stack.startswith("local")
    cluster = graph(stack).one(CLUSTER, name).inputs
    assert cluster["deletionProtection"] is outside_local
    assert cluster["skipFinalSnapshot"] is not outside_local


@every_cluster
def test_credentials_are_declared_by_the_bootstrap_writer_alone(stack: str, name: str, graph: Registers) -> None:
    inputs = graph(stack).one(CLUSTER, name).inputs
    credentials = {"masterUsername", "masterPasswordWo", "masterPasswordWoVersion", "databaseName"} & set(inputs)
    assert bool(credentials) is _place(stack, name).bootstrap_writer
    assert "masterPassword" not in inputs
    assert "manageMasterUserPassword" not in inputs


def test_the_password_at_birth_is_a_secret_and_another_one_every_time(graph: Registers) -> None:
    secrets = [graph(f"{name}-us-east-1").one(CLUSTER).inputs["masterPasswordWo"] for name in ENVIRONMENTS]
    assert all(is_rpc_secret(secret) for secret in secrets)
    seen = {str(unwrap_rpc_secret(secret)) for secret in secrets}
    assert len(seen) == len(ENVIRONMENTS)
    assert all(len(password) >= 40 for password in seen)


@every_cluster
def test_runtime_state_of_the_cluster_is_left_to_failover_and_scaler(stack: str, name: str, graph: Registers) -> None:
    ignored = graph(stack).one(CLUSTER, name).ignore_changes
    assert {"globalClusterIdentifier", "replicationSourceIdentifier", "masterPasswordWo"} <= set(ignored)
    assert "serverlessv2ScalingConfiguration.minCapacity" in ignored
    assert "serverlessv2ScalingConfiguration.maxCapacity" not in ignored


@every_cluster
def test_readers_wait_for_the_writer(stack: str, name: str, graph: Registers) -> None:
    writer, *readers = _instances(graph(stack).all(INSTANCE), name)
    assert len(readers) == _region(stack).database.readers
    assert all(writer.urn in reader.depends_on for reader in readers)


@every_cluster
def test_storage_is_encrypted_with_the_clusters_own_key(stack: str, name: str, graph: Registers) -> None:
    cluster = graph(stack).one(CLUSTER, name).inputs
    assert cluster["storageEncrypted"] is True
    assert cluster["kmsKeyId"] == f"arn of {KEY} {'key' if name == WORLDWIDE else 'resident-key'}"
    assert cluster["performanceInsightsKmsKeyId"] == cluster["kmsKeyId"]
    assert cluster["backupRetentionPeriod"] == 35


@every_cluster
def test_connections_without_tls_are_refused(stack: str, name: str, graph: Registers) -> None:
    parameters = graph(stack).one(CLUSTER_PARAMETERS, name).inputs["parameters"]
    assert {each["name"]: each["value"] for each in parameters}.get("rds.force_ssl") == "1"


@pytest.mark.parametrize("type_token", [CLUSTER_PARAMETERS, INSTANCE_PARAMETERS])
@every_cluster
def test_a_new_major_version_gets_parameter_groups_of_its_own(
    type_token: str, stack: str, name: str, graph: Registers
) -> None:
    """A group's family cannot change: the new one must be able to exist beside the old one, which is in use."""
    group = graph(stack).one(type_token, name).inputs
    major = group["family"].removeprefix("aurora-postgresql")
    assert major == _region(stack).database.engine_version.split(".")[0]
    assert group["name"].endswith(f"-pg{major}")


@every_cluster
def test_no_maintenance_at_the_weekend(stack: str, name: str, graph: Registers) -> None:
    """AWS draws the windows that are not set, on any day."""
    for each in [graph(stack).one(CLUSTER, name), *_instances(graph(stack).all(INSTANCE), name)]:
        start, end = (_minute_of_the_week(edge) for edge in each.inputs["preferredMaintenanceWindow"].split("-"))
        assert start < end <= _WEEKEND_STARTS, each.urn


@every_cluster
def test_backups_do_not_run_into_the_maintenance(stack: str, name: str, graph: Registers) -> None:
    """RDS refuses windows that overlap."""
    cluster = graph(stack).one(CLUSTER, name).inputs
    start, end = (_minute(edge) for edge in cluster["preferredBackupWindow"].split("-"))
    first, last = (_minute_of_the_week(edge) for edge in cluster["preferredMaintenanceWindow"].split("-"))
    backup = {(start + minute) % _DAY_MINUTES for minute in range((end - start) % _DAY_MINUTES)}
    assert len(backup) >= 30  # RDS wants half an hour
    assert backup.isdisjoint(minute % _DAY_MINUTES for minute in range(first, last))


@every_cluster
def test_only_clients_connect(stack: str, name: str, graph: Registers) -> None:
    """And poolers of other regions to the worldwide data, wherever its writer is."""
    rules = {each.name: each.inputs for each in graph(stack).all(INGRESS) if each.name.startswith(f"{name}-from-")}
    sources = ("referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId")
    admitted = {rule: {each: inputs[each] for each in sources if each in inputs} for rule, inputs in rules.items()}
    clients = {"referencedSecurityGroupId": "id of aws:ec2/securityGroup:SecurityGroup data-clients"}
    others = {"prefixListId": "id of aws:ec2/managedPrefixList:ManagedPrefixList backbone"}
    expected = {f"{name}-from-clients": clients}
    assert admitted == (expected if name == RESIDENT else expected | {f"{name}-from-other-regions": others})


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_poolers_write_to_whoever_is_the_writer(stack: str, graph: Registers) -> None:
    ini = graph(stack).one("kubernetes:core/v1:ConfigMap", "pooler").inputs["data"]["pgbouncer.ini"]
    hosts = dict(re.findall(r"^(\w+) = host=(.*?) port=", ini, re.MULTILINE))
    domain = load_environment(stack.split("-")[0]).domain
    assert hosts["wedsync"] == f"write.worldwide.db.{domain}"
    assert hosts["wedsync_ro"] == "readerEndpoint of aws:rds/cluster:Cluster database"
    resident = "endpoint of aws:rds/cluster:Cluster resident-database"
    assert hosts.get("resident") == (resident if _region(stack).residency else None)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_role_of_every_database_may_log_in(stack: str, graph: Registers) -> None:
    spec = graph(stack).one("kubernetes:external-secrets.io/v1:ExternalSecret", "pooler-users").inputs["spec"]
    environment = stack.split("-")[0]
    assert {each["remoteRef"]["key"] for each in spec["data"]} == {
        f"wedsync/{environment}/database/{place.group}/{role}"
        for place in _region(stack).replications
        for role in ("app", "monitor", "coordinator")
    }
    told = {each["secretKey"] for each in spec["data"]}
    named = set(re.findall(r"\.(\w+)", spec["target"]["template"]["data"]["userlist.txt"]))
    assert named == told


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_wedding_api_logs_in_to_residents_data_where_there_are_some(stack: str, graph: Registers) -> None:
    spec = graph(stack).one("kubernetes:external-secrets.io/v1:ExternalSecret", "wedding-api-secrets").inputs["spec"]
    urls = spec["target"]["template"]["data"]
    assert ("resident_url" in urls) == bool(_region(stack).residency)
    if "resident_url" in urls:
        assert urls["resident_url"].endswith("/resident")
        assert ".resident_username" in urls["resident_url"]


@every_cluster
def test_every_operation_is_audited_for_seven_years(stack: str, name: str, graph: Registers) -> None:
    cluster = graph(stack).one(CLUSTER, name)
    assert cluster.inputs["enabledCloudwatchLogsExports"] == ["postgresql"]
    (log,) = [each for each in graph(stack).all(LOG_GROUP) if each.urn in cluster.depends_on]
    assert log.inputs["name"] == f"/aws/rds/cluster/{cluster.inputs['clusterIdentifier']}/postgresql"
    assert log.inputs["retentionInDays"] >= 7 * 365
    assert log.inputs["kmsKeyId"] == cluster.inputs["kmsKeyId"]
    parameters = _parameters(graph(stack).one(CLUSTER_PARAMETERS, name))
    assert set(parameters["pgaudit.log"].split(",")) == {"read", "write", "function", "role", "ddl"}
    assert parameters["pgaudit.log_parameter"] == parameters["log_parameter_max_length"] == "0"
    assert parameters["log_statement"] == "none"


@every_cluster
def test_what_needs_a_restart_waits_for_one(stack: str, name: str, graph: Registers) -> None:
    parameters = graph(stack).one(CLUSTER_PARAMETERS, name).inputs["parameters"]
    waiting = {each["name"]: each["value"] for each in parameters if each["applyMethod"] == "pending-reboot"}
    assert waiting == {"shared_preload_libraries": "pg_stat_statements,pgaudit"}


@every_cluster
def test_passwords_are_scram(stack: str, name: str, graph: Registers) -> None:
    parameters = _parameters(graph(stack).one(CLUSTER_PARAMETERS, name))
    assert parameters["password_encryption"] == "scram-sha-256"
    assert parameters["rds.accepted_password_auth_method"] == "scram"


@every_cluster
def test_the_regions_tuning_is_there_beside_what_is_standard(stack: str, name: str, graph: Registers) -> None:
    region = _region(stack)
    parameters = _parameters(graph(stack).one(CLUSTER_PARAMETERS, name))
    assert parameters.items() >= dict(region.database.cluster_parameters).items()
    assert parameters["statement_timeout"] == str(region.database.query_timeout_ms)
    assert _parameters(graph(stack).one(INSTANCE_PARAMETERS, name)) == dict(region.database.instance_parameters)


@every_cluster
def test_instances_report_their_operating_system(stack: str, name: str, graph: Registers) -> None:
    instances = _instances(graph(stack).all(INSTANCE), name)
    assert {each.inputs["monitoringInterval"] for each in instances} == {10}
    assert {each.inputs["monitoringRoleArn"] for each in instances} == {f"arn of aws:iam/role:Role {name}"}


@every_cluster
def test_insights_are_kept_as_long_as_they_can_be(stack: str, name: str, graph: Registers) -> None:
    cluster = graph(stack).one(CLUSTER, name).inputs
    assert (cluster["databaseInsightsMode"], cluster["performanceInsightsEnabled"]) == ("advanced", True)
    assert cluster["performanceInsightsRetentionPeriod"] == 465  # the service refuses any other with that mode


@every_cluster
def test_lag_is_watched_where_there_is_another_member(stack: str, name: str, graph: Registers) -> None:
    alarms = {each.name.removeprefix(f"{name}-") for each in _children(graph(stack).all(ALARM), "DatabaseAlarms", name)}
    lag = {"replication-lag", "rpo-lag"}
    assert alarms & lag == (lag if len(FLEET.members(_place(stack, name).group)) > 1 else set())
    assert alarms - lag == {"cpu", "capacity", "connections", "free-memory", "replica-lag", "deadlocks"}


@every_cluster
def test_exports_use_the_clusters_own_key(stack: str, name: str, graph: Registers) -> None:
    machine = graph(stack).one("aws:sfn/stateMachine:StateMachine", name).inputs
    start = json.loads(machine["definition"])["States"]["StartExport"]["Arguments"]
    assert start["KmsKeyId"] == graph(stack).one(CLUSTER, name).inputs["kmsKeyId"]
    assert start["S3BucketName"] == graph(stack).one("aws:s3/bucket:Bucket", name).inputs["bucket"]


@pytest.mark.parametrize(("name", "mode"), [(WORLDWIDE, "COMPLIANCE"), (RESIDENT, "GOVERNANCE")])
def test_who_may_delete_an_export(name: str, mode: str, graph: Registers) -> None:
    lock = graph("prod-eu-central-1").one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", name)
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": mode, "years": 7}}


def _instances(registered: list[Registered], name: str) -> list[Registered]:
    return [each for each in registered if each.name.rsplit("-", 1)[0] == name]


def _children(registered: list[Registered], component: str, name: str) -> list[Registered]:
    """Those of a component; "resident-database-cpu" is none of "database"'s."""
    return [each for each in registered if f":{component}$" in each.urn and each.name.startswith(f"{name}-")]


def _parameters(group: Registered) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in group.inputs["parameters"]}


def _minute(time: str) -> int:
    """Minutes since midnight of "04:30"."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _minute_of_the_week(edge: str) -> int:
    """Minutes since Monday 00:00 of "tue:04:30"."""
    day, time = edge.split(":", 1)
    return _DAYS.index(day) * _DAY_MINUTES + _minute(time)
