"""One real control plane for all tests of this folder, and a way to talk to it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from devcloud.control_plane import ControlPlane
from devcloud.control_plane.connection import connect
from devcloud.processes import Ports
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, Tool, ensure

DEADLINE_SECONDS = 40.0

Json = dict[str, Any]
Eventually = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="session")
def binaries() -> Mapping[Tool, Path]:
    return ensure(CONTROL_PLANE_TOOLS, ConsoleProgress(sys.stderr))


@pytest.fixture(scope="session")
def plane(binaries: Mapping[Tool, Path], tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A control plane that runs."""
    state = tmp_path_factory.mktemp("state")
    control_plane = ControlPlane("us-east-1", state / "us-east-1", binaries, Ports(state / "ports.json"))
    control_plane.start()
    yield control_plane
    control_plane.stop()


@pytest.fixture
def api(plane: ControlPlane) -> Generator[httpx.Client]:
    """An administrator's client of `plane`."""
    with connect(plane.access) as client:
        yield client


@pytest.fixture
def eventually() -> Eventually:
    """Waits until what it is given returns something true, and fails at the deadline with the last value."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (value := condition()):
            assert time.monotonic() < deadline, f"still {value!r} after {DEADLINE_SECONDS:.0f} s"
            time.sleep(0.1)

    return wait


@pytest.fixture
def namespace(api: httpx.Client, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own."""
    name = request.node.name.replace("_", "-").partition("[")[0][:60].strip("-")
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.post("/api/v1/namespaces", json=body).raise_for_status()
    return name


@pytest.fixture
def deployment() -> Callable[..., Json]:
    """Renders a Deployment of two replicas."""

    def render(name: str, **pod_spec: Any) -> Json:
        labels = {"app": name}
        container = {
            "name": "app",
            "image": "example.test/app@sha256:" + "0" * 64,
            "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}},
        }
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [container], **pod_spec},
                },
            },
        }

    return render
