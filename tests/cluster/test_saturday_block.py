"""The locks on the real engine: what an update that is blocked changes, and what opens one."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from guard.document import written
from tests.cluster.frozen import Frozen, frozen_at
from tests.guard.signing import ADA, AT, GRACE

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACK = "local-us-east-1"
DEPLOYMENT = "/apis/apps/v1/namespaces/database-optimization/deployments/database-performance-monitor"
BINDING = (
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/closed-unless-the-season-scaler-says-open"
)
WORKLOADS, REGION = "regions/workloads.yaml", "regions/us-east-1.yaml"
UP = ("up", "--yes", "--skip-preview", "--stack")
BLOCKED = f"{STACK} is blocked until Sun 2026-11-29"


def _surge(embedded: Embedded) -> tuple[int, int]:
    """Of the live object: what every change of this file would change, and its generation."""
    with embedded.kubernetes() as cluster:
        live = cluster.get(DEPLOYMENT)
    assert live is not None
    return live["spec"]["strategy"]["rollingUpdate"]["maxSurge"], live["metadata"]["generation"]


def _state(embedded: Embedded) -> Any:
    """Every resource, but for the lines of the program that registered it."""
    exported = json.dumps(embedded.engine.export(STACK)["deployment"]["resources"])
    exported = re.sub(r'"ciphertext": "[^"]*"', '"secret": true', exported)  # each export encrypts anew
    lines = {"sourcePosition", "stackTrace"}
    return [{name: each[name] for name in each.keys() - lines} for each in json.loads(exported)]


def _take_the_clusters_lock_away(embedded: Embedded) -> None:
    """No scaler runs here that would keep its window, so it is closed for good: docs/runbooks/frozen-cluster.md."""
    with embedded.kubernetes() as cluster:
        cluster.request("DELETE", BINDING)


@contextmanager
def _listener() -> Generator[tuple[str, list[Any]]]:
    """An address that answers nothing, and who has called there."""
    callers: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    call, caller = server.accept()
                except OSError:
                    return
                callers.append(caller)
                call.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", callers
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


@pytest.fixture
def frozen(tmp_path: Path, embedded: Embedded) -> Frozen:
    """On a Saturday, with a change to make that is committed."""
    made = frozen_at(tmp_path / "project", embedded, AT)
    made.edit(WORKLOADS, "max_surge: 3", "max_surge: 2")
    return made


def test_a_blocked_up_changes_nothing(frozen: Frozen, embedded: Embedded) -> None:
    state, live = _state(embedded), _surge(embedded)
    code, output = frozen.pulumi(*UP, STACK)
    assert code != 0
    assert BLOCKED in output
    assert "Saturday 2026-11-28" in output
    assert (_state(embedded), _surge(embedded)) == (state, live)


def test_without_the_program_s_lock_the_pack_stops_it_before_any_provider_is_called(
    tmp_path: Path, embedded: Embedded
) -> None:
    frozen = frozen_at(tmp_path / "project", embedded, AT, locked=False)
    frozen.edit(WORKLOADS, "max_surge: 3", "max_surge: 2")
    state, live = _state(embedded), _surge(embedded)
    with _listener() as (address, callers):
        code, output = frozen.pulumi(
            *UP, STACK, "--policy-pack", frozen.pack, AWS_ENDPOINT_URL=address, KUBECONFIG="/dev/null"
        )
    assert code != 0
    assert "block-saturday-deploys" in output
    assert BLOCKED in output
    assert callers == []
    assert (_state(embedded), _surge(embedded)) == (state, live)


def test_a_preview_passes_and_says_what_would_be_blocked_and_until_when(frozen: Frozen) -> None:
    code, output = frozen.pulumi("preview", "--stack", STACK, "--policy-pack", frozen.pack)
    assert code == 0, output
    assert output.count("An update would be refused now.") >= 2, "both the program and the pack say so"
    assert BLOCKED in output
    assert "[advisory]  block-saturday-deploys" in output
    assert "Deployment performance-monitor update" in output


def test_an_override_opens_its_stack_alone_and_is_in_the_audit_trail(frozen: Frozen, embedded: Embedded) -> None:
    override = frozen.checkout.override(environment="local", stacks=(STACK,))
    code, output = frozen.pulumi(*UP, "local", "--policy-pack", frozen.pack)
    assert code != 0
    assert f"opens {STACK}, not local" in output

    try:
        code, output = frozen.pulumi(*UP, STACK, "--policy-pack", frozen.pack)
        assert code == 0, output
        assert f"{STACK} may be changed though it is blocked" in output
        assert _surge(embedded)[0] == 2
    finally:
        _take_the_clusters_lock_away(embedded)
        back = embedded.run("up")
        assert back.code == 0, back.output
    items = embedded.aws("dynamodb").scan(TableName="wedsync-local-audit")["Items"]
    [used] = [{name: value["S"] for name, value in each.items()} for each in items if "override" in each]
    assert used["action"] == "override:use"
    assert used["stack"] == STACK
    assert used["approvers"] == f"{ADA}, {GRACE}"
    assert used["actor"].startswith("arn:aws:")
    assert used["document"] == f"sha256:{hashlib.sha256(written(override)).hexdigest()}"
    assert used["day"] == "local#2026-11-28"


def test_the_ceiling_stops_a_cluster_of_twice_the_size_in_a_preview(tmp_path: Path, embedded: Embedded) -> None:
    frozen = frozen_at(tmp_path / "project", embedded, AT)
    frozen.edit(REGION, "readers: 1", "readers: 3")
    code, output = frozen.pulumi("preview", "--stack", STACK, "--policy-pack", frozen.pack)
    assert code != 0
    assert "[mandatory]  enforce-cost-ceiling" in output
    assert re.search(r"its dearest month, 20\d\d-\d\d, costs [\d,.]+ \$, [\d,.]+ \$ more than its ceiling", output)
