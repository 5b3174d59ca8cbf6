"""`wedops preview`, `up` and `destroy` from the command line, with a `pulumi` that says what a test wants."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from costs.errors import CostDataError
from delivery.cli import app
from delivery.deploy import asking, commands
from delivery.deploy.subject import Surroundings
from guard.override import Approved
from guard.target import Target
from guard.verdict import Verdict
from regions.problems import ABSENT, Problem
from stacks.audit import AuditError
from tests.delivery.deploy.conftest import FakePulumi, exported, signals_sent
from tests.delivery.deploy.projects import CLOSED, OPEN, Project, whole_project
from tests.delivery.deploy.stream import CLUSTER, KEY, STACK, TABLE, diagnostic, outputs, step, urn, violation
from tests.guard.signing import changed

DELETE_TABLE = step("delete", TABLE, "locks", {"billingMode": "PAY_PER_REQUEST"})
CHANGE = step("update", KEY, "key", {"tags": {}}, {"tags": {"a": "b"}}, paths=["tags.a"])


@dataclass
class Wedops:
    """Runs commands in surroundings of the test's."""

    project: Project
    at: list[str]
    """Instants: what the clock says, one call after the other; the last one from then on."""
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def _now(self) -> datetime:
        return datetime.fromisoformat(self.at.pop(0) if len(self.at) > 1 else self.at[0])

    def __call__(self, command: Callable[..., Any], *arguments: Any, as_json: bool = False, **named: Any) -> int:
        around = Surroundings(self.project.path, self._now)
        try:
            command(around, *arguments, json_output=as_json, **named)
        except typer.Exit as end:
            self.out, self.err = self.capture.readouterr()
            return end.exit_code
        raise AssertionError("a command ends with an exit code")

    def preview(self, stack: str = STACK, **named: Any) -> int:
        return self(commands.preview_in, stack, **named)

    def up(self, *accepted: str, yes: bool = True, stack: str = STACK, **named: Any) -> int:
        return self(commands.up_in, stack, list(accepted), yes=yes, **named)

    def destroy(self, *, yes: bool = True, **named: Any) -> int:
        return self(commands.destroy_in, STACK, yes=yes, **named)

    @property
    def told(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return whole_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def wedops(project: Project, pulumi: FakePulumi, capsys: pytest.CaptureFixture[str]) -> Wedops:
    pulumi.previews(CHANGE)
    pulumi.say("up")
    pulumi.say("destroy-preview", events=[DELETE_TABLE])
    pulumi.say("destroy")
    return Wedops(project, [OPEN], capsys)


@pytest.fixture
def freezing(pulumi: FakePulumi, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Wedops:
    """In an environment with freeze windows, in one of them."""
    made = whole_project(tmp_path / "freezing")
    made.settings(freeze=True)
    pulumi.previews(CHANGE)
    pulumi.say("destroy-preview", events=[DELETE_TABLE])
    return Wedops(made, [CLOSED], capsys)


@pytest.fixture
def overridden(monkeypatch: pytest.MonkeyPatch) -> Approved:
    """An override that opens the stack."""
    approved = Approved("overrides/one.yaml", changed(), ("ada@wedsync.example", "grace@wedsync.example"))

    def answer(_: object, target: Target, *_rest: object, **_named: object) -> Verdict:
        return Verdict(target, datetime.fromisoformat(CLOSED), True, None, None, approved, ("opened",))

    monkeypatch.setattr("delivery.deploy.subject.answer", answer)
    return approved


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes standard input a terminal, at which somebody answers."""

    def answers(text: str) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(asking, "typer", _Asked(text))

    return answers


class _Asked:
    """typer's questions, answered."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def confirm(self, question: str, *, default: bool, **_: Any) -> bool:
        assert question == f"Change {STACK}?"
        assert default is False
        return self._answer == "y"

    def prompt(self, question: str, **_: Any) -> str:
        assert STACK in question
        return self._answer


def test_an_up_is_looked_at_first_and_refreshed_and_has_the_pack(wedops: Wedops, pulumi: FakePulumi) -> None:
    assert wedops.up() == 0
    assert pulumi.commands() == ["export", "preview", "export", "up"]
    preview, up = pulumi.calls[1], pulumi.calls[3]
    pack = str(wedops.project.path / "policies")
    for words in (preview, up):
        assert "--refresh" in words
        assert words[words.index("--policy-pack") + 1] == pack
    assert {"--yes", "--skip-preview"} <= set(up)
    assert f"{STACK}: done." in wedops.out


def test_a_preview_changes_nothing(wedops: Wedops, pulumi: FakePulumi) -> None:
    assert wedops.preview() == 0
    assert pulumi.commands() == ["export", "preview"]
    assert "1 to update" in wedops.out
    assert f"To make it: wedops up --stack {STACK}" in wedops.out


def test_nothing_to_change_is_not_changed(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(step("same", KEY, "key", {}, {}))
    assert wedops.up() == 0
    assert pulumi.commands() == ["export", "preview"]
    assert "nothing to change" in wedops.out


def test_an_export_alone_is_a_change(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(outputs({}, {"endpoint": "a"}))
    assert wedops.up() == 0
    assert "Outputs that differ: endpoint" in wedops.out
    assert "up" in pulumi.commands()


@pytest.mark.parametrize("command", ["up", "preview"])
def test_what_is_lost_stops_it(wedops: Wedops, pulumi: FakePulumi, command: str) -> None:
    pulumi.previews(DELETE_TABLE)
    assert getattr(wedops, command)() == 3
    assert f"--accept-loss '{urn(TABLE, 'locks')}'" in wedops.err
    assert pulumi.commands() == ["export", "preview"]


def test_an_accepted_loss_is_told_and_goes_on(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(DELETE_TABLE)
    assert wedops.up(urn(TABLE, "locks"), as_json=True) == 0
    assert wedops.told["losses"][0]["accepted"] is True
    assert "up" in pulumi.commands()


def test_a_policy_stops_it_and_the_engines_own_error_is_not_told_instead(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(CHANGE, violation("keep-backups", "35 days."), diagnostic("error", "preview failed"), code=255)
    assert wedops.up() == 3
    assert "Policy keep-backups: 35 days." in wedops.err
    assert "up" not in pulumi.commands()


def test_what_it_costs_is_told_where_a_policy_stops_it(wedops: Wedops, pulumi: FakePulumi) -> None:
    stopped = violation("enforce-cost-ceiling", "Too much."), diagnostic("error", "preview failed")
    pulumi.previews(step("same", KEY, "a", {}, {}), step("update", KEY, "b", {}, {}), *stopped, code=255)
    assert wedops.up(as_json=True) == 3
    assert wedops.told["cost"]["after"]["total_usd"] > 0


def test_a_preview_that_fails_is_no_refusal(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(diagnostic("error", "no such image"), code=255)
    assert wedops.up() == 1
    assert "no such image" in wedops.err


def test_a_jump_of_the_cost_stops_it(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.previews(step("same", KEY, "a", {}, {}), step("create", KEY, "b", None, {}))
    assert wedops.up(as_json=True) == 3
    assert [sentence.partition(":")[0] for sentence in wedops.told["refusals"]] == ["Cost"]
    assert wedops.told["cost"]["increase_percent"] == 100.0


def test_a_closed_window_stops_an_up_before_anything_is_started(freezing: Wedops, pulumi: FakePulumi) -> None:
    assert freezing.up() == 3
    assert pulumi.calls == []
    assert "is blocked until Sun 2026-11-29" in freezing.err
    assert "wedops override request" in freezing.err


def test_a_closed_window_stops_a_destroy_before_anything_is_started(freezing: Wedops, pulumi: FakePulumi) -> None:
    assert freezing.destroy(as_json=True) == 3
    assert pulumi.calls == []
    assert freezing.told["window"]["opens_at"] == "2026-11-29T10:00:00Z"


def test_a_closed_window_is_told_in_a_preview(freezing: Wedops) -> None:
    assert freezing.preview() == 0
    assert "is blocked until Sun 2026-11-29" in freezing.out


def test_a_window_that_closes_while_somebody_thinks_stops_it(freezing: Wedops, pulumi: FakePulumi) -> None:
    freezing.at[:] = [OPEN, OPEN, CLOSED]
    assert freezing.up() == 3
    assert pulumi.commands() == ["export", "preview", "export"]
    assert "is blocked until" in freezing.err


def test_an_update_by_somebody_else_meanwhile_stops_it(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.say("export", {"prints": exported()}, {"prints": exported("2026-11-25T12:00:01Z")})
    assert wedops.up() == 3
    assert "was updated since it was previewed" in wedops.err
    assert "up" not in pulumi.commands()


@pytest.mark.parametrize("command", ["up", "preview", "destroy"])
def test_operations_in_flight_stop_it(wedops: Wedops, pulumi: FakePulumi, command: str) -> None:
    pulumi.say("export", prints=exported(pending=[urn(TABLE, "locks")]))
    assert getattr(wedops, command)() == 3
    assert pulumi.commands() == ["export"]
    assert f"creating {urn(TABLE, 'locks')}" in wedops.err
    assert "pulumi cancel --yes" in wedops.err


def test_nobody_can_be_asked_without_a_terminal(wedops: Wedops, pulumi: FakePulumi) -> None:
    assert wedops.up("urn:pulumi:other::a", "nonsense", yes=False) == 2
    for words in ("Add --yes", "--accept-loss urn:pulumi:other::a", "--accept-loss nonsense"):
        assert words in wedops.err
    assert wedops.destroy(yes=False) == 2
    assert pulumi.calls == []


@pytest.mark.parametrize(("answer", "code", "last"), [("y", 0, "up"), ("n", 3, "preview")])
def test_somebody_has_to_say_yes(
    wedops: Wedops, pulumi: FakePulumi, terminal: Callable[[str], None], answer: str, code: int, last: str
) -> None:
    terminal(answer)
    assert wedops.up(yes=False) == code
    assert pulumi.commands()[-1] == last
    assert ("Nothing was changed." in wedops.err) == (answer == "n")


@pytest.mark.parametrize(("answer", "code"), [(STACK, 0), ("y", 3), ("", 3), (f"{STACK}-", 3)])
def test_the_name_has_to_be_typed_before_a_stack_goes(
    wedops: Wedops, pulumi: FakePulumi, terminal: Callable[[str], None], answer: str, code: int
) -> None:
    terminal(answer)
    assert wedops.destroy(yes=False) == code
    assert ("--skip-preview" in pulumi.calls[-1]) == (code == 0)


def test_a_destroy_tells_what_it_takes_and_leaves_what_is_protected(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.say("export", prints=exported(protected=[urn(KEY, "key")]))
    assert wedops.destroy() == 0
    assert "DATA IS LOST WITH THIS CHANGE (1):" in wedops.out
    for words in (pulumi.calls[1], pulumi.calls[3]):
        assert {"--refresh", "--exclude-protected"} <= set(words)


def test_a_destroy_is_refused_while_the_database_is_protected(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.say("export", prints=exported(protected=[urn(CLUSTER, "database")]))
    assert wedops.destroy() == 3
    assert urn(CLUSTER, "database") in wedops.err
    assert pulumi.commands() == ["export"]


@pytest.mark.parametrize("command", ["up", "preview"])
def test_a_preview_that_is_interrupted_changed_nothing(wedops: Wedops, pulumi: FakePulumi, command: str) -> None:
    pulumi.say("preview", waits=True, code=255)
    with signals_sent(pulumi, signal.SIGINT):
        assert getattr(wedops, command)() == 130
    assert "Nothing was changed." in wedops.err
    assert pulumi.commands() == ["export", "preview"]


def test_an_up_that_is_interrupted_says_what_is_left(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.say("up", waits=True, code=255)
    with signals_sent(pulumi, signal.SIGINT, on="up"):
        assert wedops.up() == 130
    assert "The same command goes on where this stopped" in wedops.err


def test_an_up_that_fails_says_what_is_left(wedops: Wedops, pulumi: FakePulumi) -> None:
    pulumi.say("up", events=[diagnostic("error", "no capacity")], code=255)
    pulumi.say("export", {"prints": exported()}, {"prints": exported()}, {"prints": exported(pending=[urn(KEY, "a")])})
    assert wedops.up(as_json=True) == 1
    assert wedops.told["result"] == "failed"
    assert "no capacity" in wedops.told["failure"]
    assert f"creating {urn(KEY, 'a')}" in wedops.told["failure"]


def test_a_destroy_records_the_override_that_it_uses_before_anything_goes(
    overridden: Approved, wedops: Wedops, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses: list[tuple[str, str, list[str]]] = []

    def record(approved: Approved, stack: str, at: datetime) -> None:
        assert at == datetime.fromisoformat(CLOSED)
        uses.append((approved.name, stack, pulumi.calls[-1][:1]))

    monkeypatch.setattr("stacks.audit.trail_in", lambda *_: record)
    assert wedops.destroy(as_json=True) == 0
    assert uses == [(overridden.name, STACK, ["stack"])]
    assert wedops.told["window"]["override"] == overridden.name


def test_an_override_whose_use_cannot_be_recorded_opens_nothing(
    overridden: Approved, wedops: Wedops, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(*_: object) -> None:
        raise AuditError("The table is away.")

    monkeypatch.setattr("stacks.audit.trail_in", lambda *_: record)
    assert wedops.destroy() == 3
    assert (
        f"The use of {overridden.name} is not in the audit trail, so it opens nothing. The table is away." in wedops.err
    )
    assert not any("--skip-preview" in words for words in pulumi.calls)


def test_a_stack_that_does_not_exist_is_bad_input(wedops: Wedops, pulumi: FakePulumi) -> None:
    assert wedops.up(stack="local-us-eats-1") == 2
    assert "did you mean 'local-us-east-1'" in wedops.err
    assert wedops.up(stack="nowhere") == 2
    assert pulumi.calls == []


def test_prices_that_cannot_be_read_are_told_before_anybody_waits(
    wedops: Wedops, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> object:
        raise CostDataError((Problem("free.yaml", "a", ABSENT, "is there twice"),))

    monkeypatch.setattr("delivery.deploy.subject.load_tariff", broken)
    assert wedops.up() == 2
    assert "free.yaml: a: is there twice" in wedops.err
    assert pulumi.calls == []


def test_the_commands_are_there() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    assert {"up", "preview", "destroy"} <= set(told.split())
