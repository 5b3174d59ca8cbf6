"""`wedops drift`: a line a stack, and an exit code for whoever schedules it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer

from delivery.deploy.engine import Ended
from delivery.deploy.preview import preview_of
from delivery.drift.command import drift_in
from delivery.drift.drifted import Drift, drift_of, exit_code
from tests.delivery.review.fake_pulumi import calls, installed
from tests.delivery.review.recorded import stream
from tests.delivery.review.reviews import preview, step
from tests.delivery.review.test_review import EAST, EVERY, WEST

CHECKOUT = Path(__file__).parents[3]
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def command(stacks: Mapping[str, Mapping[str, object]], *, json_output: bool = False) -> tuple[int, str]:
        directory = installed(tmp_path / "bin", {stack: {} for stack in EVERY} | dict(stacks))
        monkeypatch.setenv("PATH", str(directory))
        code = 0
        try:
            drift_in(CHECKOUT, "local", json_output=json_output)
        except typer.Exit as end:
            code = end.exit_code
        return code, capfd.readouterr().out

    return command


def test_no_drift(run: Run, tmp_path: Path) -> None:
    assert run({}) == (0, "".join(f"{stack}: no drift\n" for stack in _sorted()))
    assert f"end preview --refresh --expect-no-changes {EAST}" in calls(tmp_path / "bin")


def _sorted() -> list[str]:
    """In the fleet's order: the first writer's region, then by name."""
    return ["local", EAST, "local-asia-pacific-1", "local-eu-central-1", WEST]


def test_a_drift_and_a_failure(run: Run) -> None:
    code, output = run({EAST: {"stream": "domain", "code": 255}, WEST: {"stream": "broken", "code": 1}})
    assert code == 1
    lines = dict(zip(_sorted(), output.splitlines(), strict=True))
    assert lines[EAST].startswith(f"{EAST}: DRIFT: ")
    assert lines[EAST].endswith("; and 7 more; outputs name_servers, zone_id")
    assert lines[WEST].startswith(f"{WEST}: not known: Program failed with an unhandled exception: Traceback")
    assert lines["local"] == "local: no drift"


def test_a_drift_alone(run: Run) -> None:
    code, output = run({EAST: {"stream": "domain", "code": 255}}, json_output=True)
    assert code == 3
    document = json.loads(output)
    assert {each["stack"] for each in document["stacks"] if each["drifted"]} == {EAST}
    (drifted,) = [each for each in document["stacks"] if each["drifted"]]
    assert drifted["failure"] is None
    assert drifted["outputs"] == ["name_servers", "zone_id"]
    assert len(drifted["changes"]) == 10


def test_what_drifted_is_told_in_a_line() -> None:
    steps = tuple(step("update", ALARM, f"alarm-{number}", paths=tuple("abcd")) for number in range(5))
    assert Drift("prod", steps).line == "prod: DRIFT: " + "; ".join(
        [*(f"update {ALARM} alarm-{number} [a, b, c, …]" for number in range(3)), "and 2 more"]
    )
    assert Drift("prod", failure="one\n two").line == "prod: not known: one two"


@pytest.mark.parametrize("code", [1, 255])
def test_a_failure_without_a_change_is_no_drift(code: int, tmp_path: Path) -> None:
    ended = Ended(code, (), interrupted=False, printed="error: no stack named 'prod' found", log=tmp_path)
    found = drift_of("prod", ended, preview(step("same", ALARM, "alarm")))
    assert not found.drifted
    assert "no stack named" in found.failure


def test_a_preview_that_failed_half_way_is_no_drift(tmp_path: Path) -> None:
    """Of what came after nothing is known, so what is known proves nothing."""
    ended = Ended(1, (), interrupted=False, printed="", log=tmp_path)
    found = drift_of("local-us-west-1", ended, preview_of("local-us-west-1", stream("occupied")))
    assert not found.drifted
    assert "Namespace database-optimization exists already" in found.failure


def test_exit_codes() -> None:
    drifted, failed = Drift("a", (step("update", ALARM, "alarm"),)), Drift("b", failure="no")
    assert exit_code([Drift("c"), Drift("d")]) == 0
    assert exit_code([Drift("c"), drifted]) == exit_code([Drift("c", outputs=("x",))]) == 3
    assert exit_code([drifted, failed]) == 1
