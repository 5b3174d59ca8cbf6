"""The workflows: all that they run can be run by hand, and what they may do is no more than they need."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from delivery.cli import app
from devcloud.toolchain import ConsoleProgress, Tool, ensure
from devcloud.toolchain.pulumi import satisfies
from devcloud.toolchain.tools import module_of
from regions.load import PACKAGE_DIRECTORY
from stacks.environment import load_environment

CHECKOUT = PACKAGE_DIRECTORY.parent
WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*"))
PULL_REQUEST, DRIFT = (CHECKOUT / ".github" / "workflows" / f"{name}.yml" for name in ("pull-request", "drift"))
# What a permission is for; nothing else is given to anybody.
_ALLOWED = {"contents": "read", "id-token": "write", "pull-requests": "write"}
_SECONDS = 60


def _read(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(), yaml.BaseLoader)  # noqa: S506 - the strictest: `on` stays a word


def _jobs(file: Path) -> dict[str, dict[str, Any]]:
    return _read(file)["jobs"]


def _steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in _jobs(file).values():
        yield from job["steps"]


def _runs(file: Path) -> list[str]:
    return [step["run"] for step in _steps(file) if "run" in step]


def test_there_are_these() -> None:
    assert [file.name for file in WORKFLOWS] == ["drift.yml", "pull-request.yml"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_step_runs_by_hand(file: Path) -> None:
    """A make target that there is, or a wedops command with options that it has; no expression of GitHub's in it."""
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    commands: Any = get_command(app)
    for run in _runs(file):
        assert "${{" not in run
        assert "\n" not in run.strip()
        words = shlex.split(run.removesuffix(' >> "$GITHUB_OUTPUT"'))
        if words[0] == "make":
            assert len(words) == 2
            assert words[1] in targets
        else:
            assert words[0] == ".venv/bin/wedops"
            options = {option for parameter in commands.commands[words[1]].params for option in parameter.opts}
            assert {word for word in words[2:] if word.startswith("-")} <= options
            assert not set("|&;<>`(){}") & set("".join(words))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(file: Path) -> None:
    used = [step["uses"] for step in _steps(file) if "uses" in step]
    assert used
    lines = [line.split("uses: ", 1)[1] for line in file.read_text().splitlines() if "uses: " in line]
    assert len(lines) == len(used)
    assert [line for line in lines if not re.match(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_job_has_an_end_and_few_rights(file: Path) -> None:
    workflow = _read(file)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert 0 < int(job["timeout-minutes"]) <= 180
        assert job["permissions"].items() <= _ALLOWED.items()
        assert "secrets" not in str(job)
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"
            assert not {"aws-access-key-id", "aws-secret-access-key"} & set(step.get("with", {}))


def test_rights_to_write_are_the_reviews_alone() -> None:
    writing = {
        (file.stem, name, right)
        for file in WORKFLOWS
        for name, job in _jobs(file).items()
        for right, access in job["permissions"].items()
        if access == "write"
    }
    assert writing == {
        ("pull-request", "review", "id-token"),
        ("pull-request", "review", "pull-requests"),
        ("drift", "drift", "id-token"),
    }


def test_a_pull_request_gets_everything() -> None:
    assert _read(PULL_REQUEST)["on"] == {"pull_request": ""}  # never pull_request_target: it would have secrets
    runs = _runs(PULL_REQUEST)
    assert {"make check", "make fast-test", "make test", "make policy"} <= set(runs)
    assert any(run.startswith(".venv/bin/wedops review ") and run.endswith(" --post") for run in runs)


@pytest.mark.parametrize(("file", "job"), [(PULL_REQUEST, "review"), (DRIFT, "drift")])
def test_every_environment_but_the_local_one(file: Path, job: str) -> None:
    matrix = _jobs(file)[job]["strategy"]["matrix"]["environment"]
    files = {each.name.split(".")[1] for each in CHECKOUT.glob("Pulumi.*.yaml") if "-" not in each.name}
    assert set(matrix) == files - {"local"}


def test_drift_is_asked_on_days_without_weddings() -> None:
    (schedule,) = _read(DRIFT)["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* 2-4", schedule["cron"])


def test_the_pulumi_is_the_one_of_the_project() -> None:
    versions = {
        step["with"]["pulumi-version"]
        for file in WORKFLOWS
        for step in _steps(file)
        if "pulumi/" in step.get("uses", "")
    }
    (version,) = versions
    project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
    assert satisfies(version, project["requiredPulumiVersion"])
    assert module_of(Tool.PULUMI).version == f"v{version}"


def test_the_branch_that_may_ask_for_drift_is_the_one_that_the_role_trusts() -> None:
    assert _jobs(DRIFT)["drift"]["if"] == "github.ref == 'refs/heads/main'"
    assert load_environment("prod").repository


@pytest.fixture(scope="module")
def actionlint() -> Path:
    return ensure([Tool.ACTIONLINT], ConsoleProgress(sys.stderr))[Tool.ACTIONLINT]


def _complaints(actionlint: Path, *files: Path) -> list[str]:
    """What it says, a line each, without asking programs that this machine may have or not."""
    command = [str(actionlint), "-no-color", "-oneline", "-shellcheck=", "-pyflakes=", *map(str, files)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == (1 if done.stdout else 0), done.stderr
    return done.stdout.splitlines()


@pytest.mark.cluster
def test_actionlint_has_nothing_against_them(actionlint: Path) -> None:
    assert _complaints(actionlint, *WORKFLOWS) == []


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("steps.settings.outputs.role", "steps.sittings.outputs.role", 'property "sittings" is not defined'),
        ("timeout-minutes: 60", "timeout-minute: 60", 'unexpected key "timeout-minute"'),
        ("id-token: write", "id-token: always", '"always" is invalid as permission of scope "id-token"'),
        (
            "run: make setup",
            'run: echo "${{ github.event.pull_request.title }}"',
            '"github.event.pull_request.title" is potentially untrusted',
        ),
    ],
)
def test_actionlint_finds_what_is_broken(
    actionlint: Path, tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    text = PULL_REQUEST.read_text()
    assert before in text
    broken = tmp_path / "pull-request.yml"
    broken.write_text(text.replace(before, after))
    assert any(complaint in line for line in _complaints(actionlint, broken))
