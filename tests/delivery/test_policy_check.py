"""`wedops policy check` from the command line: what it asks, and how it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi
import pytest
from typer.testing import CliRunner, Result

import policies.rules
import stacks.offline
from delivery.cli import app
from delivery.policy_command import subjects_of
from policies.rules import enforce_cost_ceiling
from policies.subject import Subject
from stacks.recording import Registered, Run

ALLOWED, BAD_INPUT, REFUSED = 0, 2, 3
_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter22"}
_PROVIDER = "urn:pulumi:prod::wedsync::pulumi:providers:aws::aws"


def registered(type_token: str, name: str, custom: bool = True, provider: str = "", **inputs: Any) -> Registered:
    urn = f"urn:pulumi:prod::wedsync::{type_token}::{name}"
    return Registered(urn, type_token, name, custom, inputs, provider, True, [], [])


PROVIDER = registered("pulumi:providers:aws", "aws", region="eu-central-1")
GOOD = registered("wedsync:network:RegionalNetwork", "network", custom=False)
BAD = registered("aws:nowhere/thing:Thing", "thing", provider=f"{_PROVIDER}::id")

Check = Callable[..., Result]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """(what every stack registers, arguments) → the command's result; programs are not run, and one rule is asked."""

    def run(made: Iterable[Registered], *arguments: str) -> Result:
        def run_stacks(environment: str, regions: Iterable[str]) -> Mapping[str, Run]:
            names = (environment, *(f"{environment}-{region}" for region in regions))
            return {name: Run([PROVIDER, *made], {}) for name in names}

        monkeypatch.setattr(stacks.offline, "run_stacks", run_stacks)
        monkeypatch.setattr(policies.rules, "RULES", (enforce_cost_ceiling.RULE,))
        return CliRunner().invoke(app, ["policy", "check", *arguments])

    return run


def test_every_stack_of_every_environment_is_asked_about(check: Check) -> None:
    result = check([GOOD])
    assert result.exit_code == ALLOWED, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 16
    assert "prod-eu-central-1: 2 resources, 0 findings" in lines
    assert lines[-1] == "15 stacks may be deployed."


def test_an_environment_is_asked_about_alone(check: Check) -> None:
    result = check([GOOD], "--environment", "staging")
    assert [line.partition(":")[0].partition("-")[0] for line in result.stdout.splitlines()[:-1]] == ["staging"] * 5


def test_a_violation_refuses_and_is_told(check: Check) -> None:
    result = check([BAD], "-e", "local")
    assert result.exit_code == REFUSED
    assert "  mandatory enforce-cost-ceiling: local: 1 of its resources cannot be priced" in result.stdout
    assert "5 of 5 stacks must not be deployed: local, local-us-east-1" in result.stderr


def test_the_same_as_json(check: Check) -> None:
    result = check([BAD], "-e", "local", "--json")
    assert result.exit_code == REFUSED
    first = json.loads(result.stdout)[0]
    assert (first["stack"], first["resources"], first["refused"]) == ("local", 2, True)
    found = {each["rule"]: each for each in first["findings"]}["enforce-cost-ceiling"]
    assert (found["level"], found["urn"]) == ("mandatory", None)


def test_an_unknown_environment_is_told_before_anything_is_run(check: Check) -> None:
    result = check([GOOD], "-e", "local", "-e", "qa")
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert "Pulumi.qa.yaml: no such environment. Known: local, prod, staging." in result.stderr


def test_files_that_are_wrong_are_told_as_the_program_tells_them(check: Check) -> None:
    def refuses(made: Iterable[Registered]) -> Iterable[Registered]:
        raise pulumi.RunError("regions/us-east-1.yaml: database.max_acux is no field")
        yield from made

    result = check(refuses([GOOD]))
    assert result.exit_code == BAD_INPUT
    assert "max_acux is no field" in result.stderr


def test_subjects_are_as_the_engine_sends_them() -> None:
    made = registered(BAD.type, "thing", provider=f"{_PROVIDER}::id", size=35.0, password=_SECRET)
    _, component, subject = subjects_of([PROVIDER, GOOD, made])
    assert (component.provider, component.aws_region) == ("", None)
    assert subject == Subject(
        BAD.type,
        "thing",
        made.urn,
        {"size": 35, "password": "hunter22"},
        protect=True,
        aws_region="eu-central-1",
        provider="aws",
        secrets=frozenset({"hunter22"}),
    )
