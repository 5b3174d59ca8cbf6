"""What runs in a region's cluster, in every environment, under mocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from guard.in_cluster import CLOCK

from .conftest import FLEET, REGION_STACKS, Graph, Registers

if TYPE_CHECKING:
    from stacks.recording import Registered

NAMESPACE = "database-optimization"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CRON_JOB = "kubernetes:batch/v1:CronJob"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
MONITOR = "performance-monitor"


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_namespace_is_labelled_and_restricted(stack: str, graph: Registers) -> None:
    metadata = graph(stack).one("kubernetes:core/v1:Namespace", "namespace").inputs["metadata"]
    assert metadata["name"] == NAMESPACE
    assert metadata["labels"]["wedding-platform"] == "true"
    assert metadata["labels"]["environment"] == stack.split("-")[0]
    assert metadata["labels"]["component"] == "database-optimization"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert metadata["labels"]["istio-injection"] == "enabled"


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_workload_is_in_the_namespace(stack: str, graph: Registers) -> None:
    kinds = (DEPLOYMENT, AUTOSCALER, CONFIG_MAP, CLAIM, CRON_JOB, "kubernetes:policy/v1:PodDisruptionBudget")
    where = {
        each.inputs["metadata"]["name"]: each.inputs["metadata"]["namespace"]
        for each in graph(stack).resources
        if each.type in kinds
    }
    gateways = {"istio-ingressgateway", "istio-eastwestgateway"}
    assert {name for name, namespace in where.items() if namespace != NAMESPACE} == gateways
    assert {where[name] for name in gateways} == {"istio-ingress"}


def test_the_monitor_is_as_specified(graph: Registers) -> None:
    """The numbers are those of the requirements, written out once more on purpose."""
    spec = graph("prod-us-east-1").one(DEPLOYMENT, MONITOR).inputs["spec"]
    container = spec["template"]["spec"]["containers"][0]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 3, "maxUnavailable": 1}
    assert spec["template"]["metadata"]["labels"]["wedding-critical"] == "true"
    assert container["ports"] == [{"name": "http", "containerPort": 3000}]
    assert container["resources"] == {
        "requests": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "128Mi"},
        "limits": {"cpu": "2000m", "memory": "2Gi", "ephemeral-storage": "1Gi"},
    }
    assert _probe(container["livenessProbe"]) == ("/health/database-metrics", 30, 15, 10, 3)
    assert _probe(container["readinessProbe"]) == ("/ready/optimization-engine", 15, 10, 5, 2)
    assert "@sha256:" in container["image"]
    sources = {each["name"]: next(iter(each["valueFrom"].values())) for each in container["env"]}
    assert sources["WEDDING_SEASON_MODE"] == {"name": "wedding-season-config", "key": "season_active"}
    assert sources["DATABASE_URL"] == {"name": "database-secrets", "key": "primary_url"}
    assert sources["REDIS_URL"] == {"name": "redis-secrets", "key": "cluster_url"}
    mounts = {each["mountPath"] for each in container["volumeMounts"]}
    written = {"/app/logs", "/app/cache", "/app/metrics", "/app/analysis", "/tmp"}
    assert mounts == {*written, "/app/config/wedding-season"}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_monitor_waits_for_what_it_mounts(stack: str, graph: Registers) -> None:
    deployment = graph(stack).one(DEPLOYMENT, MONITOR)
    config = graph(stack).one(CONFIG_MAP, "configuration-wedding-season-config")
    claims = graph(stack).all(CLAIM)
    assert {config.urn, *(claim.urn for claim in claims)} <= set(deployment.depends_on)
    volumes = deployment.inputs["spec"]["template"]["spec"]["volumes"]
    claimed = {each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each}
    assert claimed == {claim.inputs["metadata"]["name"] for claim in claims}
    assert len(claimed) == 4
    assert {each["configMap"]["name"] for each in volumes if "configMap" in each} == {config.inputs["metadata"]["name"]}


@pytest.mark.parametrize("workload", [MONITOR, "wedding-api"])
@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_autoscaler_owns_the_replicas_and_the_scaler_its_bounds(
    stack: str, workload: str, graph: Registers
) -> None:
    autoscaler = graph(stack).one(AUTOSCALER, workload)
    assert autoscaler.ignore_changes == ["spec.minReplicas", "spec.maxReplicas", "spec.metrics"]
    deployment = graph(stack).one(DEPLOYMENT, workload).inputs
    assert "replicas" not in deployment["spec"]
    assert autoscaler.inputs["spec"]["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }


def test_the_autoscaler_is_as_specified(graph: Registers) -> None:
    spec = graph("prod-eu-central-1").one(AUTOSCALER, MONITOR).inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (6, 24)
    cpu, memory, queue = spec["metrics"]
    assert cpu["resource"]["target"]["averageUtilization"] == 70
    assert memory["resource"]["target"]["averageUtilization"] == 80
    assert queue["pods"]["metric"]["name"] == "database_optimization_queue_length"
    assert queue["pods"]["target"]["averageValue"] == "10"
    assert spec["behavior"] == {
        "scaleUp": {
            "stabilizationWindowSeconds": 180,
            "selectPolicy": "Max",
            "policies": [
                {"type": "Percent", "value": 100, "periodSeconds": 60},
                {"type": "Pods", "value": 4, "periodSeconds": 60},
            ],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": 600,
            "selectPolicy": "Max",
            "policies": [{"type": "Percent", "value": 50, "periodSeconds": 300}],
        },
    }


@pytest.mark.parametrize(
    ("region", "season", "zone"),
    [
        ("us-east-1", "0 8 * 5,6,7,8,9,10 *", "America/New_York"),
        ("us-west-1", "0 8 * 4,5,6,7,8,9 *", "America/Los_Angeles"),
        ("eu-central-1", "0 8 * 6,7,8,9 *", FLEET.region("eu-central-1").first_market.time_zone),
    ],
)
def test_seasonal_jobs_run_at_eight_local_time(region: str, season: str, zone: str, graph: Registers) -> None:
    jobs = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in _seasonal_jobs(graph(f"prod-{region}"))}
    assert jobs["wedding-season-scaling"]["schedule"] == season
    assert {spec["timeZone"] for spec in jobs.values()} == {zone}
    assert {spec["concurrencyPolicy"] for spec in jobs.values()} == {"Forbid"}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_two_jobs_cover_every_month_once(stack: str, graph: Registers) -> None:
    schedules = [each.inputs["spec"]["schedule"].split() for each in _seasonal_jobs(graph(stack))]
    months = [int(month) for fields in schedules for month in fields[3].split(",")]
    assert sorted(months) == list(range(1, 13))
    assert {(minute, hour, day, weekday) for minute, hour, day, _, weekday in schedules} == {("0", "8", "*", "*")}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_scaler_may_change_what_the_season_sets_and_nothing_else(stack: str, graph: Registers) -> None:
    rules = graph(stack).one("kubernetes:rbac.authorization.k8s.io/v1:Role", "season-scaler").inputs["rules"]
    found = {
        (group, resource, name, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", ["*"])
        for verb in rule["verbs"]
    }
    autoscalers = ("database-performance-hpa", "wedding-api-hpa")
    assert found == {
        *(("autoscaling", "horizontalpodautoscalers", name, verb) for name in autoscalers for verb in ("get", "patch")),
        *(("", "configmaps", "wedding-season-config", verb) for verb in ("get", "patch")),
        *(("", "configmaps", name, "get") for name in ("season-emergency", "freeze-override")),
        *(("wedsync.io", "freezewindows", "region", verb) for verb in ("get", "patch", "create")),
        ("batch", "jobs", "*", "list"),
        *(("monitoring.coreos.com", "podmonitors", "proxies", verb) for verb in ("get", "patch")),
        *(("coordination.k8s.io", "leases", "season-scaler", verb) for verb in ("get", "update")),
        ("coordination.k8s.io", "leases", "*", "create"),
        ("events.k8s.io", "events", "*", "create"),
    }


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_scaler_may_set_the_floors_of_its_own_region(stack: str, graph: Registers) -> None:
    policy = json.loads(graph(stack).one("aws:iam/rolePolicy:RolePolicy", "identity-season-scaler").inputs["policy"])
    allowed = {(action, arn) for each in policy["Statement"] for action in each["Action"] for arn in each["Resource"]}
    clusters = [each.inputs["clusterIdentifier"] for each in graph(stack).all("aws:rds/cluster:Cluster")]
    changes = {(action, arn.rsplit(":", 1)[-1]) for action, arn in allowed if action.startswith(("rds:", "eks:"))}
    cluster = f"wedsync-{stack}"
    assert changes == {
        *(("rds:DescribeDBClusters", name) for name in clusters),
        *(("rds:ModifyDBCluster", name) for name in clusters),
        ("eks:DescribeNodegroup", f"nodegroup/{cluster}/*"),
        ("eks:UpdateNodegroupConfig", f"nodegroup/{cluster}/*"),
    }
    variables = _environment(graph(stack).one(DEPLOYMENT, "season-scaler").inputs["spec"]["template"])
    assert variables["DATABASE_CLUSTERS"].split(",") == sorted(clusters, key=lambda name: "resident" in name)
    groups = dict(each.split("=") for each in variables["NODE_GROUPS"].split(","))
    made = graph(stack).all("aws:eks/nodeGroup:NodeGroup")
    assert set(groups.values()) == {each.inputs["nodeGroupName"] for each in made}
    assert variables["EKS_CLUSTER"] == cluster
    tables = graph(stack.partition("-")[0]).all("aws:dynamodb/table:Table")
    assert variables["AUDIT_TABLE"] in {each.inputs["name"] for each in tables}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_somebody_is_told_when_the_scaler_no_longer_reports(stack: str, graph: Registers) -> None:
    alarm = graph(stack).one("aws:cloudwatch/metricAlarm:MetricAlarm", "season-scaler-alarm").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("WedSync/SeasonScaler", "SoundCycles")
    assert alarm["dimensions"] == {"Stack": stack}
    assert (alarm["comparisonOperator"], alarm["threshold"], alarm["treatMissingData"]) == (
        "LessThanThreshold",
        1,
        "breaching",
    )
    assert [arn.rpartition("-")[2] for arn in alarm["alarmActions"]] == ["page"]
    policy = json.loads(graph(stack).one("aws:iam/rolePolicy:RolePolicy", "identity-season-scaler").inputs["policy"])
    (report,) = [each for each in policy["Statement"] if "cloudwatch:PutMetricData" in each["Action"]]
    assert report["Condition"] == {"StringEquals": {"cloudwatch:namespace": alarm["namespace"]}}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_jobs_and_controller_know_the_same_place(stack: str, graph: Registers) -> None:
    controller = graph(stack).one(DEPLOYMENT, "season-scaler").inputs["spec"]["template"]
    jobs = [job.inputs["spec"]["jobTemplate"]["spec"]["template"] for job in _seasonal_jobs(graph(stack))]
    region = stack.partition("-")[2]
    variables = _environment(controller)
    assert variables.pop("METRICS_HOST") == "0.0.0.0"  # noqa: S104
    assert variables.pop("METRICS_PORT") == str(int(controller["spec"]["containers"][0]["ports"][0]["containerPort"]))
    assert variables["REGION"] == region
    assert variables["AWS_REGION"] == FLEET.region(region).aws_region
    assert region in variables["REGIONS"].split(",")
    for job in jobs:
        assert _environment(job) == variables
        assert job["spec"]["containers"][0]["args"] == ["--once"]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_the_jobs_run_as_the_account_that_has_the_role(stack: str, graph: Registers) -> None:
    binding = graph(stack).one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "season-scaler").inputs
    role = graph(stack).one("kubernetes:rbac.authorization.k8s.io/v1:Role", "season-scaler").inputs
    account = graph(stack).one("kubernetes:core/v1:ServiceAccount", "season-scaler").inputs
    assert binding["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "Role",
        "name": role["metadata"]["name"],
    }
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": account["metadata"]["name"], "namespace": NAMESPACE}
    ]
    pods = [job.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"] for job in _seasonal_jobs(graph(stack))]
    pods.append(graph(stack).one(DEPLOYMENT, "season-scaler").inputs["spec"]["template"]["spec"])
    assert {pod["serviceAccountName"] for pod in pods} == {account["metadata"]["name"]}
    assert {pod["automountServiceAccountToken"] for pod in pods} == {True}


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_pod_is_restricted(stack: str, graph: Registers) -> None:
    deployments = [each.inputs["spec"]["template"]["spec"] for each in graph(stack).all(DEPLOYMENT)]
    jobs = [job.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"] for job in _seasonal_jobs(graph(stack))]
    assert len(deployments) == 7
    for pod in [*deployments, *jobs]:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_what_matters_on_a_wedding_day_is_guarded(stack: str, graph: Registers) -> None:
    budgets = {
        each.inputs["metadata"]["name"]: each.inputs["spec"]
        for each in graph(stack).all("kubernetes:policy/v1:PodDisruptionBudget")
    }
    for deployment in graph(stack).all(DEPLOYMENT):
        name, pod = deployment.inputs["metadata"]["name"], deployment.inputs["spec"]["template"]["spec"]
        selected, pods = budgets[name]["selector"]["matchLabels"], deployment.inputs["spec"]["template"]["metadata"]
        assert selected.items() <= pods["labels"].items()
        coordinates = name == "regional-optimization-coordinator"
        assert pod["priorityClassName"] == ("wedding-standard" if coordinates else "wedding-critical")
        spread = {each["topologyKey"] for each in pod["topologySpreadConstraints"]}
        assert spread == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_wedding_api_has_its_own_nodes_and_a_sidecar(graph: Registers) -> None:
    pod = graph("prod-us-east-1").one(DEPLOYMENT, "wedding-api").inputs["spec"]["template"]["spec"]
    assert [each["name"] for each in pod["containers"]] == ["app", "metrics"]
    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = required["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "wedsync.io/workload", "operator": "In", "values": ["wedding-optimised"]}
    ]
    assert pod["tolerations"] == [
        {"key": "wedsync.io/workload", "operator": "Equal", "value": "wedding-optimised", "effect": "NoSchedule"}
    ]


def test_claims_are_shared_and_500_gb_together(graph: Registers) -> None:
    specs = [each.inputs["spec"] for each in graph("prod-us-east-1").all(CLAIM)]
    assert {mode for spec in specs for mode in spec["accessModes"]} == {"ReadWriteMany"}
    assert sum(int(spec["resources"]["requests"]["storage"].removesuffix("G")) for spec in specs) == 500


def _probe(probe: dict[str, object]) -> tuple[object, ...]:
    get = probe["httpGet"]
    assert isinstance(get, dict)
    timings = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")
    return (get["path"], *(probe[each] for each in timings))


def _seasonal_jobs(graph: Graph) -> list[Registered]:
    """Those of the season scaler; the freeze windows' clock makes no pods."""
    return [each for each in graph.all(CRON_JOB) if each.inputs["metadata"]["name"] != CLOCK]


def _environment(template: dict[str, Any]) -> dict[str, str]:
    """The variables of a pod's one container that have a value."""
    (container,) = template["spec"]["containers"]
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}
