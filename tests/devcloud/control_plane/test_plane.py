"""What a control plane promises, on a real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from devcloud.control_plane import ControlPlane, set_metrics, write_kubeconfig
from devcloud.control_plane.connection import connect
from devcloud.processes import Ports, StartError
from devcloud.toolchain import Tool

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
Eventually = Callable[[Callable[[], object]], None]
Render = Callable[..., Json]

_DAEMON = """
import sys, threading
from pathlib import Path
from devcloud.control_plane import ControlPlane
from devcloud.processes import Ports
from devcloud.toolchain import Tool

state, binaries = Path(sys.argv[1]), dict(argument.split("=") for argument in sys.argv[2:])
plane = ControlPlane(
    "us-east-1", state / "us-east-1", {Tool(t): Path(p) for t, p in binaries.items()}, Ports(state / "ports.json")
)
plane.start()
print("started", flush=True)
threading.Event().wait()
"""


def test_it_starts_with_ready_nodes_in_three_zones(plane: ControlPlane, api: httpx.Client) -> None:
    nodes = api.get("/api/v1/nodes").json()["items"]

    assert plane.exited() is None
    zones = {node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes}
    assert zones == {"us-east-1a", "us-east-1b", "us-east-1c"}


def test_nobody_gets_in_without_a_certificate(plane: ControlPlane) -> None:
    with httpx.Client(verify=False, trust_env=False) as stranger:  # noqa: S501 - a stranger checks nothing
        assert stranger.get(f"{plane.access.server}/api/v1/secrets").status_code == 401


def test_a_deployment_with_a_shared_volume_gets_ready(
    api: httpx.Client, namespace: str, deployment: Render, eventually: Eventually
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "logs"},
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "100Gi"}}},
    }
    claims = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    api.post(claims, json=claim).raise_for_status()
    volumes = [{"name": "logs", "persistentVolumeClaim": {"claimName": "logs"}}]
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    api.post(deployments, json=deployment("web", volumes=volumes)).raise_for_status()

    eventually(lambda: api.get(f"{deployments}/web").json()["status"].get("readyReplicas") == 2)
    volume = api.get(f"{claims}/logs").json()["spec"]["volumeName"]

    api.delete(f"/api/v1/namespaces/{namespace}").raise_for_status()
    eventually(lambda: api.get(f"/api/v1/persistentvolumes/{volume}").status_code == 404)
    eventually(lambda: api.get(f"/api/v1/namespaces/{namespace}").status_code == 404)


def test_pod_security_is_enforced(api: httpx.Client, namespace: str, deployment: Render) -> None:
    labels = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    merge = {"Content-Type": "application/merge-patch+json"}
    api.patch(f"/api/v1/namespaces/{namespace}", json=labels, headers=merge).raise_for_status()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        **deployment("web")["spec"]["template"],
    }
    pod["metadata"] = {"name": "web"}

    answer = api.post(f"/api/v1/namespaces/{namespace}/pods", json=pod)

    assert answer.status_code == 403
    assert 'violates PodSecurity "restricted' in answer.json()["message"]


@pytest.mark.parametrize(("zone", "status"), [("America/New_York", 201), ("America/Gotham", 422)])
def test_cron_jobs_have_a_time_zone_that_exists(api: httpx.Client, zone: str, status: int) -> None:
    container = {"name": "scaler", "image": "example.test/scaler"}
    pod = {"restartPolicy": "Never", "containers": [container]}
    cron_job = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "seasonal"},
        "spec": {
            "schedule": "0 8 1 5 *",
            "timeZone": zone,
            "jobTemplate": {"spec": {"template": {"spec": pod}}},
        },
    }

    answer = api.post("/apis/batch/v1/namespaces/default/cronjobs", json=cron_job)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "busy", [{"cpu_percent": 200.0}, {"memory_percent": 300.0}, {"custom": {"queue_length": 30.0}}]
)
def test_an_autoscaler_follows_the_metrics_up_and_down(
    plane: ControlPlane,
    api: httpx.Client,
    deployment: Render,
    eventually: Eventually,
    busy: Mapping[str, Any],
) -> None:
    namespace = f"scaling-{next(iter(busy)).replace('_', '-')}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    api.post("/api/v1/namespaces", json=body).raise_for_status()
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    api.post(deployments, json=deployment("web")).raise_for_status()
    autoscalers = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    api.post(autoscalers, json=_autoscaler()).raise_for_status()

    def replicas() -> int:
        return api.get(f"{deployments}/web").json()["status"].get("readyReplicas", 0)

    def is_measuring() -> bool:
        conditions = api.get(f"{autoscalers}/web").json().get("status", {}).get("conditions", [])
        return any(c["type"] == "ScalingActive" and c["status"] == "True" for c in conditions)

    eventually(is_measuring)
    assert api.get(f"{deployments}/web").json()["spec"]["replicas"] == 2

    set_metrics(plane.directory, namespace=namespace, selector={"app": "web"}, **busy)
    eventually(lambda: replicas() == 6)

    set_metrics(plane.directory, namespace=namespace, selector={"app": "web"})
    eventually(lambda: replicas() == 2)


def _autoscaler() -> Json:
    at_once = {"stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 9, "periodSeconds": 1}]}
    queue = {"metric": {"name": "queue_length"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    resources = [
        {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": 70}}}
        for name in ("cpu", "memory")
    ]
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 6,
            "behavior": {"scaleUp": at_once, "scaleDown": at_once},
            "metrics": [*resources, {"type": "Pods", "pods": queue}],
        },
    }


def test_a_second_start_on_a_taken_port_names_it(plane: ControlPlane, binaries: Mapping[Tool, Path]) -> None:
    ports = Ports(plane.directory.parent / "ports.json")
    second = ControlPlane("us-east-1", plane.directory, binaries, ports)

    with pytest.raises(StartError, match=r"port \d+ \(us-east-1/etcd\) is taken by another process"):
        second.start()

    assert plane.exited() is None


def test_two_regions_side_by_side_share_one_kubeconfig_and_nothing_else(
    plane: ControlPlane, api: httpx.Client, binaries: Mapping[Tool, Path], tmp_path: Path
) -> None:
    ports = Ports(plane.directory.parent / "ports.json")
    other = ControlPlane("eu-central-1", tmp_path / "eu-central-1", binaries, ports)
    other.start()
    try:
        write_kubeconfig(tmp_path / "kubeconfig", [plane.access, other.access])
        assert (tmp_path / "kubeconfig").stat().st_mode & 0o777 == 0o600
        assert (plane.kubeconfig_context, other.kubeconfig_context) == ("wedsync-us-east-1", "wedsync-eu-central-1")
        with connect(other.access) as other_api:
            name = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "only-in-europe"}}
            other_api.post("/api/v1/namespaces/default/configmaps", json=name).raise_for_status()
        assert api.get("/api/v1/namespaces/default/configmaps/only-in-europe").status_code == 404
    finally:
        other.stop()


def test_killed_with_its_parent_it_leaves_no_process_and_loses_nothing(
    binaries: Mapping[Tool, Path], tmp_path: Path, eventually: Eventually
) -> None:
    arguments = [f"{tool}={path}" for tool, path in binaries.items()]
    command = [sys.executable, "-c", _DAEMON, str(tmp_path), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "started\n"
        children = _children(daemon.pid)
        set_metrics(tmp_path / "us-east-1", namespace="default", cpu_percent=55.0)
        os.kill(daemon.pid, signal.SIGKILL)

    assert len(children) == 6
    eventually(lambda: not any(_runs(child) for child in children))

    again = ControlPlane("us-east-1", tmp_path / "us-east-1", binaries, Ports(tmp_path / "ports.json"))
    with pytest.raises(StartError, match="does not run"):
        set_metrics(tmp_path / "us-east-1", namespace="default")
    again.start()
    try:
        assert '"cpu_percent": 55.0' in (tmp_path / "us-east-1" / "metrics.json").read_text()
    finally:
        again.stop()


def test_objects_outlive_a_restart_and_kwok_takes_the_nodes_back(
    binaries: Mapping[Tool, Path], tmp_path: Path, deployment: Render, eventually: Eventually
) -> None:
    plane = ControlPlane("us-east-1", tmp_path / "us-east-1", binaries, Ports(tmp_path / "ports.json"))
    path = "/apis/apps/v1/namespaces/default/deployments"

    def ready(api: httpx.Client, name: str) -> bool:
        return api.get(f"{path}/{name}").raise_for_status().json()["status"].get("readyReplicas") == 2

    try:
        plane.start()
        server = plane.access.server
        with connect(plane.access) as api:
            api.post(path, json=deployment("before")).raise_for_status()
            eventually(lambda: ready(api, "before"))
        plane.stop()

        plane.start()
        assert plane.access.server == server
        with connect(plane.access) as api:
            assert ready(api, "before")
            api.post(path, json=deployment("after")).raise_for_status()
            eventually(lambda: ready(api, "after"))
    finally:
        plane.stop()


def test_a_process_that_cannot_start_is_named_with_its_last_words_and_nothing_is_left(
    binaries: Mapping[Tool, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho out of order\nexit 3\n")
    broken.chmod(0o755)
    plane = ControlPlane(
        "us-east-1",
        tmp_path / "us-east-1",
        {**binaries, Tool.KUBE_APISERVER: broken},
        Ports(tmp_path / "ports.json"),
    )

    with pytest.raises(StartError, match=r"(?s)kube-apiserver of us-east-1 exited with 3.*out of order"):
        plane.start()

    assert not any(str(tmp_path / "us-east-1") in _command_line(pid) for pid in _processes())


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _runs(pid: int) -> bool:
    """Whether any of its threads is there and no zombie: the first one may be gone while others still hold ports."""
    try:
        threads = [thread.read_text() for thread in Path(f"/proc/{pid}/task").glob("*/stat")]
    except (FileNotFoundError, ProcessLookupError):
        return True  # one of them ended while we looked: look again
    return any(thread.rpartition(")")[2].split()[0] not in "ZX" for thread in threads)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
