"""What the provider's tests share: real API documents, and a control plane for those that need the real server."""

from __future__ import annotations

import copy
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devcloud.control_plane import ControlPlane, write_kubeconfig
from devcloud.control_plane.surroundings import Surroundings
from devcloud.processes import Ports
from devcloud.providers.kubernetes.client import Client
from devcloud.providers.kubernetes.kubeconfig import load
from devcloud.providers.kubernetes.provider import KubernetesProvider
from devcloud.providers.plugin import Resource, State
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, definition_files, ensure

Manifest = dict[str, Any]


@pytest.fixture
def live_document() -> Callable[[str], Manifest]:
    """An object as a real API server returned it (see live/)."""
    return lambda name: json.loads((Path(__file__).parent / "live" / f"{name}.json").read_text())


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a control plane that runs for the whole session, with the add-ons' definitions."""
    folder, progress = tmp_path_factory.mktemp("control-plane"), ConsoleProgress(sys.stderr)
    binaries, around = ensure(CONTROL_PLANE_TOOLS, progress), Surroundings(definitions=definition_files(progress))
    plane = ControlPlane("us-east-1", folder / "us-east-1", binaries, Ports(folder / "ports.json"), around)
    plane.start()
    try:
        write_kubeconfig(folder / "kubeconfig", [plane.access])
        yield folder / "kubeconfig"
    finally:
        plane.stop()


class Cluster:
    """The provider under test, and a hand that changes things behind its back."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self.namespace = namespace
        self.provider = KubernetesProvider()
        self.provider.configure({"kubeconfig": str(kubeconfig), "namespace": namespace})
        self.api = Client(load(str(kubeconfig)))

    def close(self) -> None:
        self.provider.close()
        self.api.close()

    def resource(self, token: str, name: str = "thing") -> Resource:
        return Resource(token, name, f"urn:pulumi:local::wedsync::{token}::{name}")

    def inputs(self, resource: Resource, manifest: Manifest, olds: Manifest | None = None) -> Manifest:
        """Checked inputs, as the engine would have them."""
        checked = self.provider.check(resource, olds or {}, copy.deepcopy(manifest), b"seed")
        assert checked.failures == []
        return checked.inputs

    def create(self, resource: Resource, manifest: Manifest, *, timeout: float = 60) -> State:
        return self.provider.create(resource, self.inputs(resource, manifest), timeout=timeout, preview=False)

    def read(self, resource: Resource, state: State) -> State:
        found = self.provider.read(resource, state)
        assert found is not None
        return found

    def update(self, resource: Resource, old: State, news: Manifest, *ignored: str, preview: bool = False) -> State:
        return self.provider.update(resource, old, news, ignore_changes=ignored, timeout=60, preview=preview)

    def changed_paths(self, resource: Resource, old: State, news: Manifest, *ignored: str) -> list[tuple[Any, ...]]:
        return [change.path for change in self.provider.diff(resource, old, news, ignored).changes]

    def patch(self, path: str, change: Manifest, manager: str = "kubectl-edit") -> None:
        """Change an object as `kubectl edit` does."""
        query = {"fieldManager": manager}
        self.api.request("PATCH", path, query=query, body=change, content_type="application/merge-patch+json")

    def take_over(self, path: str, manifest: Manifest, manager: str = "season-scaler") -> None:
        """Apply fields by force, as the season scaler does."""
        query = {"fieldManager": manager, "force": "true"}
        self.api.request("PATCH", path, query=query, body=manifest, content_type="application/apply-patch+yaml")

    def path(self, collection: str, name: str) -> str:
        """`collection` is e.g. apis/apps/v1/deployments."""
        base, _, plural = collection.rpartition("/")
        return f"/{base}/namespaces/{self.namespace}/{plural}/{name}"


@pytest.fixture
def cluster(kubeconfig: Path, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The provider with a namespace of the test's own as default."""
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:6]
    name = f"{request.node.originalname.lower().replace('_', '-')[:40].rstrip('-')}-{digest}"
    namespaced = Cluster(kubeconfig, name)
    namespace = namespaced.resource("kubernetes:core/v1:Namespace", name)
    # It goes with the control plane; waiting for its deletion here would only cost time.
    namespaced.create(namespace, {"metadata": {"name": name}})
    yield namespaced
    namespaced.close()


def deployment(image: str = "monitor:1", **spec: Any) -> Manifest:
    """A Deployment with what the server rewrites: quantities, default protocol, keyed lists."""
    container = {
        "name": "monitor",
        "image": image,
        "resources": {"requests": {"cpu": "1000m", "memory": "0.5Gi"}},
        "ports": [{"containerPort": 80}],
        "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
    }
    labels = {"app": "monitor"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": labels},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def autoscaler() -> Manifest:
    """An HPA: `metrics` is an atomic list, `behavior` gets many defaults."""
    target = {"type": "Utilization", "averageUtilization": 70}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "monitor"},
        "spec": {
            "minReplicas": 4,
            "maxReplicas": 24,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "monitor"},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
        },
    }
