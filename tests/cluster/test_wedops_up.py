"""`wedops up`, `preview` and `destroy` on the real engine: what they change, and when they change nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.delivery.deploy.projects import CLOSED, SMALL, Project, small_project, whole_project

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

WHOLE, STACK = "local-us-east-1", "local-eu-central-1"
TABLE = f"urn:pulumi:{STACK}::wedsync::aws:dynamodb/table:Table::table"
NOWHERE = {"wedsync.test/nowhere": "true"}
_SECONDS = 90


class Wedops:
    """`wedops` for one checkout and stack, on the embedded cloud."""

    def __init__(self, cloud: Embedded, project: Project, stack: str) -> None:
        self.cloud, self.project, self.stack = cloud, project, stack
        self.environment: Mapping[str, str] = cloud.engine.environment()

    def run(self, command: str, *options: str, **named: str) -> subprocess.CompletedProcess[str]:
        return self.project.run(self.environment, command, self.stack, *options, **named)

    def start(self, *options: str, **streams: Any) -> subprocess.Popen[str]:
        """Begin an `up` of the stack."""
        return subprocess.Popen(
            self.project.wedops("up", self.stack, *options), env=self.environment, text=True, **streams
        )

    def pulumi(self, *words: str) -> None:
        subprocess.run(
            ["pulumi", *words, "--stack", self.stack, "--non-interactive"],
            cwd=self.project.path,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def state(self) -> bytes:
        """The file that the backend keeps the stack's state in."""
        return (self.cloud.state.backend / ".pulumi" / "stacks" / "wedsync" / f"{self.stack}.json").read_bytes()

    def waits_for(self, name: str) -> bool:
        """Whether the creation of the Deployment is in flight."""
        latest = json.loads(self.state())["checkpoint"].get("latest") or {}
        return any(each["resource"]["urn"].endswith(f"::{name}") for each in latest.get("pending_operations") or ())

    def object(self, path: str) -> dict[str, Any] | None:
        with self.cloud.kubernetes() as cluster:
            return cluster.get(path)

    def settings(self, name: str) -> dict[str, Any] | None:
        return self.object(f"/api/v1/namespaces/default/configmaps/wedops-{name}")

    def deployment(self, name: str) -> dict[str, Any] | None:
        return self.object(_path(name))

    def let_pods_run(self, name: str) -> None:
        """Take away what the Deployment waits for."""
        body = {"spec": {"template": {"spec": {"nodeSelector": None}}}}
        with self.cloud.kubernetes() as cluster:
            cluster.request(
                "PATCH",
                _path(name),
                query={"fieldManager": "kubectl-patch"},
                body=body,
                content_type="application/merge-patch+json",
            )


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not {what} in {_SECONDS} s"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def small(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Generator[Wedops]:
    """A stack of its own, which is up. No test depends on what another one leaves in it, but the table stays."""
    wedops = Wedops(embedded, small_project(tmp_path_factory.mktemp("small")), STACK)
    wedops.project.change(**SMALL)
    wedops.pulumi("stack", "init")
    try:
        up = wedops.run("up", "--yes", "--json")
        assert up.returncode == 0, up.stdout + up.stderr
        assert json.loads(up.stdout)["cost"]["before"] is None
        yield wedops
    finally:
        wedops.pulumi("destroy", "--yes", "--skip-preview")
        wedops.pulumi("stack", "rm", "--yes")


def test_a_change_is_made_and_then_nothing_is_left_to_change(small: Wedops) -> None:
    small.project.change(**{**SMALL, "data": {"key": "other"}, "secret": "hunter3-canary"})
    up = small.run("up", "--yes")
    assert up.returncode == 0, up.stderr
    assert f"{STACK}: 2 to update" in up.stdout
    assert "[data.key]" in up.stdout
    assert "canary" not in up.stdout + up.stderr
    live = small.settings("settings")
    assert live is not None
    assert live["data"] == {"key": "other"}

    before = small.state()
    again = small.run("up", "--yes")
    assert again.returncode == 0, again.stderr
    assert "nothing to change" in again.stdout
    assert small.state() == before


def test_everything_that_stops_a_change_is_told_at_once(small: Wedops) -> None:
    change = {"table": "wedops-other", "secret": "hunter4-canary", "data": {"forbidden": "value"}}
    small.project.change(**{**SMALL, **change, "keys": 3})
    before = small.state()
    for command in (("preview", "--json"), ("up", "--yes", "--json")):
        refused = small.run(*command)
        assert refused.returncode == 3
        told = json.loads(refused.stdout)
        lost, policy, cost = told["refusals"]
        assert lost == (
            "replace aws:dynamodb/table:Table table because of name. Lost: every item, in all regions."
            f" To accept that: --accept-loss '{TABLE}'"
        )
        assert policy == "Policy forbid-keys (settings): No forbidden keys. the ConfigMap has a key `forbidden`"
        assert cost.startswith("Cost: the busiest month would be ")
        assert "max_cost_increase_percent in Pulumi.local.yaml" in cost
        assert "canary" not in refused.stdout + refused.stderr
    assert small.state() == before


def test_replacing_the_database_is_refused_and_nothing_changes(embedded: Embedded, tmp_path: Path) -> None:
    whole = Wedops(embedded, whole_project(tmp_path), WHOLE)
    whole.project.change(**{"aws:rds/cluster:Cluster": {"cluster_identifier": "other"}})
    before = whole.state()
    refused = whole.run("up", "--yes", "--json")
    assert refused.returncode == 3, refused.stderr
    told = json.loads(refused.stdout)
    assert told["result"] == "refused"
    [loss] = told["losses"]
    assert (loss["operation"], loss["urn"].rsplit("::", 1)[-1]) == ("replace", "database")
    assert whole.state() == before
    clusters = embedded.aws("rds").describe_db_clusters()["DBClusters"]
    assert "other" not in {each["DBClusterIdentifier"] for each in clusters}


def test_a_closed_window_stops_what_changes_and_no_preview(embedded: Embedded, small: Wedops, tmp_path: Path) -> None:
    closed = Wedops(embedded, small_project(tmp_path), STACK)
    closed.project.settings(freeze=True)
    closed.project.change(**{**SMALL, "data": {"key": "closed"}})
    before = small.state()
    for command in ("up", "destroy"):
        refused = closed.run(command, "--yes", at=CLOSED)
        assert refused.returncode == 3
        assert f"{STACK} is blocked until Sun 2026-11-29" in refused.stderr
        assert "Previewing" not in refused.stderr
    preview = closed.run("preview", at=CLOSED)
    assert preview.returncode == 0, preview.stderr
    assert f"Window: {STACK} is blocked until Sun 2026-11-29" in preview.stdout
    assert small.state() == before


def test_ctrl_c_lets_the_engine_finish_what_is_in_flight(small: Wedops) -> None:
    small.project.change(**{**SMALL, "deployment": "first", "node_selector": NOWHERE})
    with small.start("--yes", stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as up:
        until(lambda: small.waits_for("first"), "waiting for pods")
        for _ in range(2):  # the second one is not passed on, or the engine would stop at once
            up.send_signal(signal.SIGINT)
            _read_until(up, "finishes what is in flight and begins nothing new")
        small.let_pods_run("first")
        printed, _ = up.communicate(timeout=_SECONDS)
    assert up.returncode == 130, printed
    assert "The same command goes on where this stopped" in printed
    assert small.deployment("first") is not None
    assert small.settings("after") is None

    small.project.change(**{**SMALL, "deployment": "first"})
    again = small.run("up", "--yes")
    assert again.returncode == 0, again.stderr
    assert small.settings("after") is not None


def test_an_update_ends_well_though_wedops_was_killed(small: Wedops) -> None:
    small.project.change(**{**SMALL, "deployment": "second", "node_selector": NOWHERE})
    _kill_while_waiting(small, "second")
    refused = small.run("up", "--yes")
    assert refused.returncode == 3
    assert "::second" in refused.stderr
    assert f"pulumi cancel --yes --stack {STACK}" in refused.stderr

    small.let_pods_run("second")
    until(lambda: not small.cloud.engine.lock_files(STACK), "ended")
    small.project.change(**{**SMALL, "deployment": "second"})
    again = small.run("up", "--yes")
    assert again.returncode == 0, again.stderr


def test_what_a_killed_engine_left_is_told_with_what_to_do(small: Wedops) -> None:
    small.project.change(**{**SMALL, "deployment": "third", "node_selector": NOWHERE})
    _kill_while_waiting(small, "third")
    [lock] = small.cloud.engine.lock_files(STACK)
    os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL)
    refused = small.run("up", "--yes")
    assert refused.returncode == 3
    assert f"pulumi refresh --clear-pending-creates --stack {STACK}" in refused.stderr

    with small.cloud.kubernetes() as cluster:  # what exists of it was looked at: nobody wants it
        cluster.request("DELETE", _path("third"))
    small.pulumi("cancel", "--yes")
    small.pulumi("refresh", "--clear-pending-creates", "--yes", "--skip-preview")
    small.project.change(**SMALL)
    again = small.run("up", "--yes")
    assert again.returncode == 0, again.stderr


def test_a_loss_that_is_accepted_by_name_is_asked_about_at_a_terminal(small: Wedops) -> None:
    small.project.change(**{**SMALL, "table": "wedops-other"})
    master, slave = os.openpty()
    with small.start("--accept-loss", TABLE, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as up:
        os.write(master, b"y\n")
        printed, _ = up.communicate(timeout=_SECONDS)
    os.close(master)
    os.close(slave)
    assert up.returncode == 0, printed
    assert f"Change {STACK}? [y/N]" in printed
    assert "wedops-other" in small.cloud.aws("dynamodb").list_tables()["TableNames"]


def test_destroy_takes_everything_and_says_what_it_held(small: Wedops) -> None:
    destroyed = small.run("destroy", "--yes", "--json")
    assert destroyed.returncode == 0, destroyed.stderr
    told = json.loads(destroyed.stdout)
    assert told["result"] == "done"
    assert [loss["urn"] for loss in told["losses"]] == [TABLE]
    assert told["cost"]["after"] is None
    assert small.settings("settings") is None


def _path(deployment: str) -> str:
    return f"/apis/apps/v1/namespaces/default/deployments/{deployment}"


def _read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read what it prints until these words, or its end."""
    assert process.stdout is not None
    assert any(words in line for line in process.stdout), f"it ended without saying {words!r}"


def _kill_while_waiting(wedops: Wedops, name: str) -> None:
    """Begin an `up` and end `wedops`, and nothing else, while the Deployment is waited for."""
    with wedops.start("--yes", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as up:
        until(lambda: wedops.waits_for(name), "waiting for pods")
        up.kill()
