"""One real control plane for all tests of this folder, with everything that a region renders in it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any

import httpx
import pytest

from devcloud.control_plane import ControlPlane
from devcloud.control_plane.connection import connect
from devcloud.control_plane.surroundings import NodePool, Surroundings, Taint
from devcloud.processes import Ports
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, definition_files, ensure
from tests.stacks.conftest import FLEET, Registers
from tests.stacks.rendering import Json, identity, rendered

STACK = "local-eu-central-1"
"""Its cluster has everything that any region's has."""

_REGION = STACK.partition("-")[2]
_DEADLINE_SECONDS = 60.0
_FIRST = ("Namespace", "PriorityClass", "StorageClass", "CustomResourceDefinition")

Eventually = Callable[[Callable[[], object]], None]
Apply = Callable[..., list[httpx.Response]]


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """The control plane of `STACK`'s region, with nothing in it."""
    progress, state = ConsoleProgress(sys.stderr), tmp_path_factory.mktemp("state")
    region, marks = FLEET.region(_REGION), FLEET.workloads.wedding_api.node_labels
    pools = (NodePool("general"), NodePool("wedding", marks, [Taint(key, value) for key, value in marks.items()]))
    around = Surroundings(region.aws_region, region.network.zones, pools, definition_files(progress))
    made = ControlPlane(
        _REGION, state / _REGION, ensure(CONTROL_PLANE_TOOLS, progress), Ports(state / "ports.json"), around
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def api(plane: ControlPlane) -> Generator[httpx.Client]:
    """An administrator's client of `plane`."""
    with connect(plane.access) as client:
        yield client


@pytest.fixture(scope="session")
def apply(api: httpx.Client) -> Apply:
    """(objects, **parameters) → the API server's answers when it is given each with strict field validation."""
    places: dict[str, dict[str, Any]] = {}

    def place(version: str, kind: str) -> Any:
        base = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if version not in places:
            _wait(lambda: api.get(base).is_success)  # a kind is served a moment after its definition is there
            served = api.get(base).json()["resources"]
            places[version] = {each["kind"]: each for each in served if "/" not in each["name"]}
        return base, places[version][kind]

    def send(objects: Iterable[Json], **parameters: str) -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        for each in objects:
            base, resource = place(each["apiVersion"], each["kind"])
            metadata = each["metadata"]
            where = f"/namespaces/{metadata['namespace']}" if resource["namespaced"] else ""
            answers.append(
                api.patch(
                    f"{base}{where}/{resource['name']}/{metadata['name']}",
                    params={"fieldManager": "pulumi", "fieldValidation": "Strict", "force": "true", **parameters},
                    headers={"Content-Type": "application/apply-patch+yaml"},
                    json=each,
                )
            )
        return answers

    return send


@pytest.fixture(scope="session")
def objects(graph: Registers) -> list[Json]:
    """What `STACK` renders, what others need first."""
    return sorted(rendered(graph(STACK).resources), key=lambda each: each["kind"] not in _FIRST)


@pytest.fixture(scope="session")
def applied(apply: Apply, objects: list[Json]) -> dict[str, httpx.Response]:
    """What the API server answered to each of `objects`, by what it is."""
    return dict(zip(map(identity, objects), apply(objects), strict=True))


@pytest.fixture
def eventually() -> Eventually:
    """Waits until what it is given returns something true, and fails at the deadline with the last value."""

    return _wait


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still {value!r} after {_DEADLINE_SECONDS:.0f} s"
        time.sleep(0.1)
