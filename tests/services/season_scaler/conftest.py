"""A control plane and an AWS endpoint for all tests of this folder, and a namespace in them for each test."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from components.kubernetes.freeze_windows import FreezeWindows, FreezeWindowsArgs
from components.kubernetes.pod_metrics import PodMetrics, PodMetricsArgs
from components.workload.configuration import Configuration, ConfigurationArgs
from components.workload.scaler_pod import job_pod
from components.workload.season_config import season_config
from components.workload.seasonal_scaler import SeasonalScaler, SeasonalScalerArgs
from components.workload.workload_autoscaler import WorkloadAutoscaler, WorkloadAutoscalerArgs
from devcloud.control_plane import ControlPlane
from devcloud.control_plane.connection import connect
from devcloud.control_plane.surroundings import Surroundings
from devcloud.processes import Ports
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, definition_files, ensure
from guard.in_cluster import CLOCK
from regions.model.kubernetes import ScalingPolicy, ScalingRules
from tests.services.season_scaler.place import (
    DATABASE,
    DEPLOYMENTS,
    EKS_CLUSTER,
    MAX_ACU,
    MAX_NODES,
    NODE_GROUP,
    TABLE,
    Aws,
    Eventually,
    Json,
    Place,
    deployment,
    token_kubeconfig,
)
from tests.services.season_scaler.states import FLEET, STANDARDS, WORKLOADS
from tests.stacks.rendering import rendered

if TYPE_CHECKING:
    from stacks.recording import Registered

_DEADLINE_SECONDS = 60.0
# Minutes in production; waiting for them would be most of a test.
_AT_ONCE = ScalingRules(
    stabilization_window_seconds=0, policies=(ScalingPolicy(type="Pods", value=60, period_seconds=1),)
)
_PATHS = {
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
    "CustomResourceDefinition": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "FreezeWindow": "/apis/wedsync.io/v1/namespaces/{}/freezewindows",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "PodMonitor": "/apis/monitoring.coreos.com/v1/namespaces/{}/podmonitors",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
}

# What the program makes of the season scaler beside these are its pods.
_KINDS = (
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "PodMonitor",
    "HorizontalPodAutoscaler",
    "CustomResourceDefinition",
    "FreezeWindow",
)

Program = Callable[[Callable[[], object], str], "list[Registered]"]


@pytest.fixture
def eventually() -> Eventually:
    """Waits until what it is given returns something true, and fails at the deadline with the last value."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not (value := condition()):
            assert time.monotonic() < deadline, f"still {value!r} after {_DEADLINE_SECONDS:.0f} s"
            time.sleep(0.1)

    return wait


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A control plane that runs."""
    state = tmp_path_factory.mktemp("state")
    progress = ConsoleProgress(sys.stderr)
    of_monitors = [file for file in definition_files(progress) if file.name.startswith("podmonitors.")]
    made = ControlPlane(
        "us-east-1",
        state / "us-east-1",
        ensure(CONTROL_PLANE_TOOLS, progress),
        Ports(state / "ports.json"),
        Surroundings(definitions=of_monitors),
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of an AWS endpoint."""
    port = Ports(tmp_path_factory.mktemp("aws") / "ports.json").get("moto")
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """An endpoint with one database at 0.5 ACU, one node group of two nodes, and an empty audit trail."""
    with httpx.Client(trust_env=False) as client:
        client.post(f"{endpoint}/moto-api/reset").raise_for_status()
    made = Aws(endpoint)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    made.client("rds").create_db_cluster(
        DBClusterIdentifier=DATABASE,
        Engine="aurora-postgresql",
        MasterUsername="wed",
        MasterUserPassword="first-p4ssword",
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": MAX_ACU},
    )
    role = "arn:aws:iam::123456789012:role/nodes"
    made.client("eks").create_cluster(name=EKS_CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]})
    made.client("eks").create_nodegroup(
        clusterName=EKS_CLUSTER,
        nodegroupName=NODE_GROUP,
        nodeRole=role,
        subnets=["subnet-1"],
        scalingConfig={"minSize": 2, "desiredSize": 2, "maxSize": MAX_NODES},
    )
    keys = ("day", "event")
    made.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=True)],
    )
    return made


@pytest.fixture
def place(
    plane: ControlPlane,
    aws: Aws,
    registered_by: Program,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Generator[Place]:
    """A namespace in which the program's HPAs hold both workloads, and the season scaler has its account and rights."""
    namespace = re.sub("[^a-z0-9]+", "-", request.node.name)[-60:].strip("-")
    with connect(plane.access) as api:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        api.post("/api/v1/namespaces", json=body).raise_for_status()
        made = rendered(registered_by(lambda: _program(namespace), "test-us-east-1"))
        # The scaler itself runs as a process of the test, with its pods' account and rights.
        objects = [each for each in made if each["kind"] in _KINDS]
        for each in (*objects, *(deployment(workload, namespace) for workload in DEPLOYMENTS)):
            _apply(api, each)
        (clock,) = [each for each in made if each["metadata"]["name"] == CLOCK]
        _start(api, clock)
        token = api.post(
            f"/api/v1/namespaces/{namespace}/serviceaccounts/season-scaler/token",
            json={"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
        )
        kubeconfig = tmp_path / "kubeconfig"
        access = plane.access
        token_kubeconfig(kubeconfig, access.server, access.ca, token.raise_for_status().json()["status"]["token"])
        yield Place(plane, api, namespace, kubeconfig, aws, tmp_path)
        api.delete(f"/api/v1/namespaces/{namespace}").raise_for_status()


def _program(namespace: str) -> None:
    for workload, standard in STANDARDS.items():
        quick = standard.autoscaler.model_copy(update={"scale_up": _AT_ONCE, "scale_down": _AT_ONCE})
        WorkloadAutoscaler(
            workload, WorkloadAutoscalerArgs(namespace, DEPLOYMENTS[workload], quick, season_scaled=True)
        )
    normal_seconds = WORKLOADS.wedding_day_mode.normal_metrics_interval_seconds
    PodMetrics("metrics", PodMetricsArgs(namespace, normal_seconds, season_scaled=True))
    name = WORKLOADS.season_config.name
    region = FLEET.region("us-east-1")
    Configuration("configuration", ConfigurationArgs(namespace, {name: season_config(FLEET, region)}))
    args = SeasonalScalerArgs(
        namespace,
        region,
        WORKLOADS.seasonal_jobs,
        WORKLOADS.season_scaler,
        [standard.autoscaler.name for standard in STANDARDS.values()],
        name,
        WORKLOADS.season_config.emergency,
        environment={},
        image="example.test/season-scaler@sha256:" + "0" * 64,
        metrics_seconds=normal_seconds,
    )
    SeasonalScaler("scaler", args)
    pod = job_pod(args.workload, args.image, "season-scaler", {})
    pod["metadata"] = {"labels": {"app.kubernetes.io/name": CLOCK}}
    FreezeWindows("freeze", FreezeWindowsArgs(namespace, pod))


def _start(api: httpx.Client, clock: Json) -> None:
    """The freeze windows' clock and a Job of it, for which nobody wants to wait until the next five minutes."""
    _apply(api, clock)
    namespace, template = clock["metadata"]["namespace"], clock["spec"]["jobTemplate"]
    made = api.get(f"{_PATHS['CronJob'].format(namespace)}/{CLOCK}").raise_for_status().json()["metadata"]
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": CLOCK, "uid": made["uid"], "controller": True}
    metadata = {**template["metadata"], "name": f"{CLOCK}-1", "ownerReferences": [owner]}
    job = {"metadata": metadata, "spec": template["spec"]}
    api.post(f"/apis/batch/v1/namespaces/{namespace}/jobs", json=job).raise_for_status()


def _apply(api: httpx.Client, rendering: Json) -> None:
    path = _PATHS[rendering["kind"]].format(rendering["metadata"].get("namespace"))
    parameters: dict[str, Any] = {"fieldManager": "pulumi", "fieldValidation": "Strict"}
    headers = {"Content-Type": "application/apply-patch+yaml"}
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while True:
        answer = api.patch(
            f"{path}/{rendering['metadata']['name']}", params=parameters, headers=headers, json=rendering
        )
        # A kind is served a moment after its definition is there.
        if answer.status_code != httpx.codes.NOT_FOUND.value or time.monotonic() >= deadline:
            break
        time.sleep(0.1)
    answer.raise_for_status()
