"""A region's namespace on a real control plane, as its program renders it, and AWS on a moto server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import httpx

from devcloud.control_plane import ControlPlane, set_metrics
from tests.services.season_scaler.states import STANDARDS, WORKLOADS

Json = dict[str, Any]
TABLE, DATABASE, EKS_CLUSTER, NODE_GROUP = "wedsync-test-audit", "worldwide", "wedsync", "wedsync-general"
MAX_ACU, MAX_NODES = 64.0, 12
DEPLOYMENTS = {
    "performance_monitor": WORKLOADS.performance_monitor.name,
    "wedding_api": WORKLOADS.wedding_api.name,
}
_TIMEOUT_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Aws:
    """An endpoint, and what this region has there."""

    endpoint: str
    database: str = DATABASE
    node_group: str = NODE_GROUP
    clients: dict[str, Any] = field(default_factory=dict[str, Any])

    def client(self, service: str) -> Any:
        if service not in self.clients:
            session: Any = boto3.Session("local", "local", region_name="us-east-1")
            self.clients[service] = session.client(service, endpoint_url=self.endpoint)
        return self.clients[service]

    def acu(self) -> tuple[float, float]:
        """The database's floor and ceiling."""
        found = self.client("rds").describe_db_clusters(DBClusterIdentifier=self.database)["DBClusters"][0]
        scaling = found["ServerlessV2ScalingConfiguration"]
        return float(scaling["MinCapacity"]), float(scaling["MaxCapacity"])

    def nodes(self) -> tuple[int, int, int]:
        """The node group's floor, wanted size and ceiling."""
        answer = self.client("eks").describe_nodegroup(clusterName=EKS_CLUSTER, nodegroupName=self.node_group)
        size = answer["nodegroup"]["scalingConfig"]
        return size["minSize"], size["desiredSize"], size["maxSize"]

    def audited(self, region: str = "us-east-1") -> list[dict[str, str]]:
        """Every event of the trail about this region's things, the oldest first."""
        items = self.client("dynamodb").scan(TableName=TABLE)["Items"]
        events = [{name: value["S"] for name, value in item.items()} for item in items]
        return sorted((each for each in events if each["region"] == region), key=lambda each: each["event"])

    def environment(self) -> dict[str, str]:
        """What a process needs to use it."""
        keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        return {**keys, "AWS_ENDPOINT_URL": self.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass
class Place:
    """A namespace of its own, with everything that the season scaler looks at."""

    plane: ControlPlane
    api: httpx.Client
    namespace: str
    kubeconfig: Path
    aws: Aws
    directory: Path

    def hpa(self, workload: str) -> Json:
        name = STANDARDS[workload].autoscaler.name
        path = f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers/{name}"
        return self.api.get(path).raise_for_status().json()

    def bounds(self, workload: str) -> tuple[int, int, int]:
        """Floor, ceiling and CPU target."""
        spec = self.hpa(workload)["spec"]
        targets = {each["resource"]["name"]: each["resource"] for each in spec["metrics"] if "resource" in each}
        return spec["minReplicas"], spec["maxReplicas"], targets["cpu"]["target"]["averageUtilization"]

    def edit(self, workload: str, **spec: Any) -> None:
        """As somebody with kubectl would."""
        name = STANDARDS[workload].autoscaler.name
        path = f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers/{name}"
        headers = {"Content-Type": "application/merge-patch+json"}
        parameters = {"fieldManager": "kubectl-edit"}
        self.api.patch(path, params=parameters, headers=headers, json={"spec": spec}).raise_for_status()

    def intervals(self) -> list[str]:
        """How often the pods' metrics are read."""
        return [each["interval"] for each in self.pod_monitor()["podMetricsEndpoints"]]

    def pod_monitor(self) -> Json:
        path = f"/apis/monitoring.coreos.com/v1/namespaces/{self.namespace}/podmonitors/proxies"
        return self.api.get(path).raise_for_status().json()["spec"]

    def replicas(self, workload: str) -> int:
        path = f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{DEPLOYMENTS[workload]}"
        return self.api.get(path).raise_for_status().json()["status"].get("readyReplicas", 0)

    def usage(self, workload: str) -> int | None:
        """How busy the HPA finds its pods, percent of their CPU requests; None while it does not know."""
        status = self.hpa(workload)["status"]
        active = any(
            each["type"] == "ScalingActive" and each["status"] == "True" for each in status.get("conditions", [])
        )
        measured = {
            each["resource"]["name"]: each["resource"] for each in status["currentMetrics"] or () if "resource" in each
        }
        return measured["cpu"]["current"]["averageUtilization"] if active and "cpu" in measured else None

    def idles(self, workload: str) -> bool:
        """Whether as many pods run as at least must, and the HPA finds them idle: a floor may be lowered."""
        usage = self.usage(workload)
        return usage is not None and usage < 50 and self.replicas(workload) == self.bounds(workload)[0]

    def busy(self, workload: str, cpu_percent: float) -> None:
        selector = {"app": DEPLOYMENTS[workload]}
        set_metrics(self.plane.directory, namespace=self.namespace, selector=selector, cpu_percent=cpu_percent)

    def season_active(self) -> str:
        path = f"/api/v1/namespaces/{self.namespace}/configmaps/{WORKLOADS.season_config.name}"
        return self.api.get(path).raise_for_status().json()["data"]["season_active"]

    def declare(self, **data: str) -> None:
        """Set the emergency flag."""
        path = f"/api/v1/namespaces/{self.namespace}/configmaps"
        metadata = {"name": WORKLOADS.season_config.emergency}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
        self.api.post(path, json=body).raise_for_status()

    def events(self) -> list[Json]:
        path = f"/apis/events.k8s.io/v1/namespaces/{self.namespace}/events"
        found = self.api.get(path).raise_for_status().json()["items"]
        return [each for each in found if each.get("reportingController") == "season-scaler"]

    def holder(self) -> str:
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/season-scaler"
        answer = self.api.get(path)
        return "" if answer.status_code == 404 else answer.json()["spec"].get("holderIdentity", "")

    def environment(self, pod: str = "scaler-0", **changed: str) -> dict[str, str]:
        """What a pod of the season scaler gets, with the rights that the program gives it."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "KUBECONFIG": str(self.kubeconfig),
            **self.aws.environment(),
            "ENVIRONMENT": "test",
            "REGION": "us-east-1",
            "REGIONS": "us-east-1,us-west-1",
            "FREEZES": "false",
            "NAMESPACE": self.namespace,
            "POD_NAME": pod,
            "AWS_REGION": "us-east-1",
            "DATABASE_CLUSTERS": self.aws.database,
            "EKS_CLUSTER": EKS_CLUSTER,
            "NODE_GROUPS": f"general={self.aws.node_group}",
            "AUDIT_TABLE": TABLE,
            **changed,
        }

    def once(self, at: datetime, *arguments: str, dies_before: int = 0, **changed: str) -> Run:
        """Run the real program once, as of `at`; `dies_before` its n-th write it is killed."""
        done = subprocess.run(
            _command(at, dies_before, "--once", *arguments),
            env=self.environment(**changed),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            cwd=self.directory,
        )
        assert done.stderr == ""
        return Run(done.returncode, [json.loads(line) for line in done.stdout.splitlines()])

    @contextmanager
    def running(self, at: datetime, pod: str, port: int) -> Generator[Controller]:
        """The real program as a controller, as of `at`; killed at the end if it still runs."""
        log = self.directory / f"{pod}.log"
        environment = self.environment(pod, METRICS_PORT=str(port))
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(at, 0), env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=self.directory
            )
        try:
            yield Controller(process, log, port)
        finally:
            process.kill()
            process.wait()


@dataclass
class Run:
    """How a run ended, and the lines that it logged."""

    code: int
    lines: list[Json]

    @property
    def messages(self) -> list[str]:
        return [each["message"] for each in self.lines]


@dataclass(eq=False)
class Controller:
    """A season scaler that runs."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def ask(self, path: str) -> httpx.Response:
        with httpx.Client(trust_env=False) as client:
            return client.get(f"http://127.0.0.1:{self.port}{path}")

    def metric(self, name: str) -> str | None:
        """The value of a sample, by its name with labels; None while there is none."""
        try:
            text = self.ask("/metrics").text
        except httpx.ConnectError:
            return None
        return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")).get(name)


Eventually = Callable[[Callable[[], object]], None]


def _command(at: datetime, dies_before: int, *arguments: str) -> list[str]:
    module = "tests.services.season_scaler.as_of"
    return [sys.executable, "-m", module, at.isoformat(), str(dies_before), *arguments]


def deployment(workload: str, namespace: str) -> Json:
    """The workload's Deployment with nothing of its pods but what an HPA measures."""
    name = DEPLOYMENTS[workload]
    container = {
        "name": "app",
        "image": "example.test/app@sha256:" + "0" * 64,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template},
    }


def token_kubeconfig(file: Path, server: str, ca: Path, token: str) -> None:
    """A kubeconfig of a service account."""
    named: Callable[[str, Mapping[str, str]], list[Json]] = lambda key, value: [{"name": "scaler", key: dict(value)}]  # noqa: E731
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "scaler",
        "clusters": named("cluster", {"server": server, "certificate-authority": str(ca)}),
        "users": named("user", {"token": token}),
        "contexts": named("context", {"cluster": "scaler", "user": "scaler"}),
    }
    file.write_text(json.dumps(config))
    file.chmod(0o600)
