"""The pull-request workflow's review by hand, on the real engine: from an edit in a checkout to the comment."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from delivery.drift.drifted import DriftLooker
from delivery.review.comment import marker
from devcloud.state import CHECKOUT
from tests.delivery.review.github_server import TOKEN, github
from tests.guard.checkout import Checkout

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACK = "local-us-east-1"
DEPLOYMENT = "/apis/apps/v1/namespaces/database-optimization/deployments/database-performance-monitor"
_LEFT_OUT = (
    "tests",
    "bench",
    "docs",
    ".git",
    ".venv",
    ".devcloud",
    "__pycache__",
    "*.egg-info",
    ".*_cache",
    "Pulumi.local-*",
)
_SECONDS = 240


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A clone's like, whose origin/main is where the work begins."""
    path = tmp_path / "checkout"
    shutil.copytree(CHECKOUT, path, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (path / ".venv").symlink_to(CHECKOUT / ".venv")
    made = Checkout(path)
    made.git("init", "--quiet")
    for name, value in (("name", "Mary"), ("email", "mary@wedsync.example")):
        made.git("config", f"user.{name}", value)
    made.commit()
    made.git("update-ref", "refs/remotes/origin/main", "HEAD")
    return made


def _runs(job: str) -> list[str]:
    workflow = yaml.safe_load((CHECKOUT / ".github/workflows/pull-request.yml").read_text())
    # `make setup` is what these tests stand on already.
    return [step["run"] for step in workflow["jobs"][job]["steps"] if step.get("run", "make").split()[0] != "make"]


def _edit(checkout: Checkout, before: str, after: str) -> None:
    file = checkout.path / "regions" / "us-east-1.yaml"
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))
    checkout.commit()


def _by_hand(checkout: Checkout, variables: Mapping[str, str]) -> list[subprocess.CompletedProcess[str]]:
    """Every `wedops` command of the review job, in order, as a shell runs it."""
    return [
        subprocess.run(
            ["bash", "-e", "-c", run],
            cwd=checkout.path,
            env=dict(variables),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        for run in _runs("review")
    ]


def test_from_an_edit_to_the_comment_and_to_its_update(embedded: Embedded, checkout: Checkout, tmp_path: Path) -> None:
    event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "wedsync/platform"}}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    output = tmp_path / "output.txt"
    with github() as hub:
        variables = {
            **embedded.engine.environment(),
            "PYTHONPATH": str(checkout.path),  # its modules, not the checkout's that is installed
            "PYTHONSAFEPATH": "1",
            "ENVIRONMENT": "local",
            "GITHUB_API_URL": hub.address,
            "GITHUB_BASE_REF": "main",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "wedsync/platform",
            "GITHUB_TOKEN": TOKEN,
        }
        _edit(checkout, "  replicas: 2 ", "  replicas: 3 ")
        assert [(done.returncode, done.stderr) for done in _by_hand(checkout, variables)] == [
            (0, ""),
            (0, f"{STACK}: looked at\nhttps://github.test/1\n"),
        ]
        (first,) = [each["body"] for each in hub.comments]
        _edit(checkout, "engine_version:", "a_slip: 1\n  engine_version:")
        *_, wrong = _by_hand(checkout, variables)
        (again,) = [each["body"] for each in hub.comments]
    settings = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert settings["role"] == "arn:aws:iam::123456789012:role/bootstrap/wedsync-local-preview"
    assert settings["backend"] == "s3://wedsync-local-state-123456789012?region=us-east-1"

    assert first.startswith(f"{marker('local')}\n## local: nothing stops it\n")
    assert f"| {STACK} | 0 | " in first
    assert "Not touched by this edit: local, local-asia-pacific-1," in first
    assert "- **update** `aws:elasticache/replicationGroup:ReplicationGroup` `cache`\n" in first
    assert "`numCacheClusters`: `3` → `4`" in first
    assert "- cost in " in first
    assert "| pass |" in first

    assert wrong.returncode == 2  # the region's file is wrong, so that there is nothing to preview
    assert "regions/us-east-1.yaml: database.a_slip" in wrong.stderr
    assert again.startswith(f"{marker('local')}\n## local: nothing could be previewed\n")
    assert "regions/us-east-1.yaml: database.a_slip" in again


def test_drift_of_a_stack(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in embedded.engine.variables().items():
        monkeypatch.setenv(name, value)
    look = DriftLooker(CHECKOUT)
    assert look(STACK).line == f"{STACK}: no drift"
    _patch(embedded, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 1}}}})
    try:
        drifted = look(STACK)
    finally:
        _patch(embedded, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 3}}}})
    assert drifted.line == (
        f"{STACK}: DRIFT: update kubernetes:apps/v1:Deployment performance-monitor"
        " [spec.strategy.rollingUpdate.maxSurge]"
    )
    unknown = look("local-us-east-9")
    assert "no stack named" in unknown.failure


def _patch(embedded: Embedded, change: dict[str, Any]) -> None:
    """By hand, as kubectl does."""
    with embedded.kubernetes() as cluster:
        cluster.request(
            "PATCH",
            DEPLOYMENT,
            query={"fieldManager": "kubectl-patch"},
            body=change,
            content_type="application/merge-patch+json",
        )
