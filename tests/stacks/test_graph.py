"""What every stack of every environment registers, under mocks: the graph, the URNs, and what a rename would break."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret
from syrupy.assertion import SnapshotAssertion

from regions.load import load_fleet
from stacks.environment import load_environment

if TYPE_CHECKING:
    from tests.stacks.conftest import Graph

FLEET = load_fleet()
ENVIRONMENTS = ("local", "staging", "prod")
REGION_STACKS = [f"{name}-{region}" for name in ENVIRONMENTS for region in load_environment(name).regions]
Registers = Callable[[str], "Graph"]

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
HOLDS_DATA = (CLUSTER, INSTANCE, "aws:rds/globalCluster:GlobalCluster", "aws:kms/key:Key", "aws:dynamodb/table:Table")


@pytest.mark.parametrize("stack", [*ENVIRONMENTS, *REGION_STACKS])
def test_urns_stay(stack: str, graph: Registers, snapshot: SnapshotAssertion) -> None:
    """A changed line here is a replaced resource, unless the component carries `aliases` for its old name."""
    assert sorted(each.urn for each in graph(stack).resources) == snapshot


@pytest.mark.parametrize("stack", [*ENVIRONMENTS, *REGION_STACKS])
def test_what_holds_data_is_protected_outside_local(stack: str, graph: Registers) -> None:
    data = [each for each in graph(stack).resources if each.type in HOLDS_DATA]
    outside_local = not stack.startswith("local")
    assert data
    assert {each.protect for each in data} == {outside_local}
    for cluster in (each for each in data if each.type == CLUSTER):
        assert cluster.inputs["deletionProtection"] is outside_local
        assert cluster.inputs["skipFinalSnapshot"] is not outside_local


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_credentials_are_declared_by_the_bootstrap_writer_alone(stack: str, graph: Registers) -> None:
    region = FLEET.region(stack.split("-", 1)[1])
    inputs = graph(stack).one(CLUSTER).inputs
    credentials = {"masterUsername", "masterPasswordWo", "masterPasswordWoVersion", "databaseName"} & set(inputs)
    assert bool(credentials) is region.replication.bootstrap_writer
    assert "masterPassword" not in inputs
    assert "manageMasterUserPassword" not in inputs


def test_the_password_at_birth_is_another_one_every_time(graph: Registers) -> None:
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
def test_the_autoscaler_owns_the_replicas_and_the_scaler_its_bounds(stack: str, graph: Registers) -> None:
    autoscaler = graph(stack).one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert autoscaler.ignore_changes == ["spec.minReplicas", "spec.maxReplicas", "spec.metrics"]
    assert "replicas" not in graph(stack).one("kubernetes:apps/v1:Deployment").inputs["spec"]


def test_the_monitor_is_as_specified(graph: Registers) -> None:
    """The numbers are those of the requirements, written out once more on purpose."""
    spec = graph("prod-us-east-1").one("kubernetes:apps/v1:Deployment").inputs["spec"]
    container = spec["template"]["spec"]["containers"][0]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 3, "maxUnavailable": 1}
    assert spec["template"]["metadata"]["labels"]["wedding-critical"] == "true"
    assert container["ports"] == [{"name": "http", "containerPort": 3000}]
    assert container["resources"] == {
        "requests": {"cpu": "500m", "memory": "512Mi"},
        "limits": {"cpu": "2000m", "memory": "2Gi"},
    }
    assert _probe(container["livenessProbe"]) == ("/health/database-metrics", 30, 15, 10, 3)
    assert _probe(container["readinessProbe"]) == ("/ready/optimization-engine", 15, 10, 5, 2)
    assert "@sha256:" in container["image"]
    sources = {each["name"]: next(iter(each["valueFrom"].values())) for each in container["env"]}
    assert sources["WEDDING_SEASON_MODE"] == {"name": "wedding-season-config", "key": "season_active"}
    assert sources["DATABASE_URL"] == {"name": "database-secrets", "key": "primary_url"}
    assert sources["REDIS_URL"] == {"name": "redis-secrets", "key": "cluster_url"}
    mounts = {each["mountPath"] for each in container["volumeMounts"]}
    assert mounts == {"/app/logs", "/app/config/wedding-season"}


def test_the_autoscaler_is_as_specified(graph: Registers) -> None:
    spec = graph("prod-eu-central-1").one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (6, 24)
    cpu, memory, queue = spec["metrics"]
    assert cpu["resource"]["target"]["averageUtilization"] == 70
    assert memory["resource"]["target"]["averageUtilization"] == 80
    assert queue["pods"]["metric"]["name"] == "database_optimization_queue_length"
    assert queue["pods"]["target"]["averageValue"] == "10"
    assert spec["behavior"]["scaleUp"]["stabilizationWindowSeconds"] == 180
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 600


@pytest.mark.parametrize(
    ("region", "season", "zone"),
    [
        ("us-east-1", "0 8 * 5,6,7,8,9,10 *", "America/New_York"),
        ("us-west-1", "0 8 * 4,5,6,7,8,9 *", "America/Los_Angeles"),
        ("eu-central-1", "0 8 * 6,7,8,9 *", FLEET.region("eu-central-1").first_market.time_zone),
    ],
)
def test_seasonal_jobs_run_at_eight_local_time(region: str, season: str, zone: str, graph: Registers) -> None:
    jobs = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in graph(f"prod-{region}").all(_CRON_JOB)}
    assert jobs["wedding-season-scaling"]["schedule"] == season
    assert {spec["timeZone"] for spec in jobs.values()} == {zone}
    assert {spec["concurrencyPolicy"] for spec in jobs.values()} == {"Forbid"}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_two_jobs_cover_every_month_once(stack: str, graph: Registers) -> None:
    schedules = [each.inputs["spec"]["schedule"].split() for each in graph(stack).all(_CRON_JOB)]
    months = [int(month) for fields in schedules for month in fields[3].split(",")]
    assert sorted(months) == list(range(1, 13))
    assert {(minute, hour, day, weekday) for minute, hour, day, _, weekday in schedules} == {("0", "8", "*", "*")}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_scaler_may_patch_its_autoscaler_and_nothing_else(stack: str, graph: Registers) -> None:
    rules = graph(stack).one("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"]
    assert rules == [
        {
            "apiGroups": ["autoscaling"],
            "resources": ["horizontalpodautoscalers"],
            "resourceNames": ["database-performance-hpa"],
            "verbs": ["get", "patch"],
        }
    ]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_pod_is_restricted(stack: str, graph: Registers) -> None:
    deployment = graph(stack).one("kubernetes:apps/v1:Deployment").inputs["spec"]["template"]["spec"]
    jobs = [job.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"] for job in graph(stack).all(_CRON_JOB)]
    for pod in [deployment, *jobs]:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_storage_is_encrypted_with_the_stacks_own_key(graph: Registers) -> None:
    cluster = graph("prod-us-west-1").one(CLUSTER).inputs
    assert cluster["storageEncrypted"] is True
    assert cluster["kmsKeyId"] == "arn of aws:kms/key:Key key"
    assert cluster["backupRetentionPeriod"] == 35


_CRON_JOB = "kubernetes:batch/v1:CronJob"


def _probe(probe: dict[str, object]) -> tuple[object, ...]:
    get = probe["httpGet"]
    assert isinstance(get, dict)
    timings = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")
    return (get["path"], *(probe[each] for each in timings))
