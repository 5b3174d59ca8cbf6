"""`wedops season plan` from the command line: JSON, what people read, sentences."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from delivery.cli import app
from delivery.instants import iso, parse_instant
from regions.load import load_fleet
from seasons.plan import plan_at
from stacks.environment import load_environment

BAD_INPUT = 2
FLEET = load_fleet()

Plan = Callable[..., Result]


@pytest.fixture
def plan() -> Plan:
    def run(*arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, ["season", "plan", *arguments])

    return run


def document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_document_has_the_plan(plan: Plan) -> None:
    found = document(plan("--region", "us-east-1", "--at", "2026-06-06T10:00:00-04:00", "--json"))
    assert found["region"] == "us-east-1"
    assert found["at"] == "2026-06-06T14:00:00Z"
    assert found["during"] == {"start": "2026-06-06T11:00:00Z", "end": "2026-06-06T16:00:00Z"}
    assert (found["phase"], found["level"], found["wedding_day"]) == ("wedding_season", "MAXIMUM", True)
    assert found["emergency"] is False
    monitor = found["workloads"]["performance_monitor"]
    assert {name: monitor[name] for name in ("floor", "ceiling", "cpu_percent", "shortfall")} == {
        "floor": 29,
        "ceiling": 36,
        "cpu_percent": 60,
        "shortfall": 0,
    }
    assert found["nodes"] == {"general": 9, "wedding-optimised": 6}
    assert (found["min_acu"], found["acu_shortfall"]) == (61.0, 0.0)
    assert found["metrics_interval_seconds"] == 10
    assert found["reasons"][0] == "Level MAXIMUM: Saturday in the wedding season."


def test_the_document_has_every_factor(plan: Plan) -> None:
    found = document(plan("--region", "us-east-1", "--at", "2026-06-06T14:00:00Z", "--json"))
    for workload in ("performance_monitor", "wedding_api"):
        expected = found["demand"][workload]
        assert [each["market"] for each in expected["markets"]] == ["New York", "Chicago"]
        assert expected["rate"] == pytest.approx(sum(each["rate"] for each in expected["markets"]))
        for each in expected["markets"]:
            assert each["rate"] == pytest.approx(math.prod(factor["value"] for factor in each["factors"]))
            assert all(".yaml" in factor["source"] for factor in each["factors"])
    new_york = found["demand"]["performance_monitor"]["markets"][0]["factors"]
    assert [(factor["name"], factor["value"]) for factor in new_york[1:3]] == [
        ("wedding season", 4.0),
        ("Saturday 08:00-12:00", 6.0),
    ]


def test_the_next_change_is_the_next_plan_with_other_numbers(plan: Plan) -> None:
    found = document(plan("--region", "us-east-1", "--at", "2026-06-05T23:00:00Z", "--json"))
    following = found["next_change"]
    assert following["at"] == "2026-06-06T02:00:00Z"
    assert following["level"] == "HIGH"
    assert following["wedding_day"] is True
    assert (found["metrics_interval_seconds"], following["metrics_interval_seconds"]) == (30, 10)
    assert following["workloads"]["wedding_api"]["floor"] == 50


def test_an_emergency(plan: Plan) -> None:
    found = document(plan("--region", "us-west-1", "--at", "2026-03-04T12:00:00Z", "--emergency", "--json"))
    assert (found["level"], found["emergency"]) == ("MAXIMUM", True)
    assert found["workloads"]["wedding_api"]["floor"] == 50
    assert found["demand"]["wedding_api"]["markets"][0]["factors"][2]["name"] == "emergency"
    assert found["next_change"]["emergency"] is True


def test_it_is_the_plan_that_the_scaler_gets(plan: Plan) -> None:
    for region in FLEET.regions.values():
        at = "2026-12-31T03:30:00Z"
        found = document(plan("--region", region.name, "--at", at, "--json"))
        expected = plan_at(FLEET, region, parse_instant(at))
        assert found["during"]["end"] == iso(expected.during.end)
        assert {name: each["floor"] for name, each in found["workloads"].items()} == {
            name: bounds.floor for name, bounds in expected.workloads.items()
        }


@pytest.fixture
def two_regions(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Staging with two of the regions."""
    regions = ("us-east-1", "us-west-1")
    staging = load_environment("staging").model_copy(update={"regions": regions})
    monkeypatch.setattr("stacks.environment.load_environment", {"staging": staging}.__getitem__)
    return regions


def test_in_an_environment_traffic_is_shared_among_its_regions(plan: Plan, two_regions: tuple[str, ...]) -> None:
    """As the season scaler, which knows no other regions, plans for it."""
    at, fleet = "2026-06-06T14:00:00Z", FLEET.restricted(two_regions)
    for region in two_regions:
        of_all = document(plan("--region", region, "--at", at, "--json"))
        found = document(plan("--region", region, "--at", at, "--environment", "staging", "--json"))
        expected = plan_at(fleet, fleet.region(region), parse_instant(at))
        for workload, bounds in expected.workloads.items():
            assert found["workloads"][workload] == asdict(bounds)
            assert found["workloads"][workload]["rate"] > of_all["workloads"][workload]["rate"]
            assert found["demand"][workload]["rate"] > of_all["demand"][workload]["rate"]
        assert found["min_acu"] == expected.min_acu


def test_in_an_environment_with_all_regions_the_plan_is_that_of_all(plan: Plan) -> None:
    asked = ("--region", "eu-central-1", "--at", "2026-06-06T14:00:00Z", "--json")
    assert document(plan(*asked, "--environment", "prod")) == document(plan(*asked))


@pytest.mark.usefixtures("two_regions")
def test_a_region_that_the_environment_has_not_is_refused(plan: Plan) -> None:
    result = plan("--region", "eu-central-1", "--environment", "staging")
    assert result.exit_code == BAD_INPUT
    assert "--region eu-central-1: staging has no such region; it has us-east-1, us-west-1." in result.stderr


def test_people_read_why_how_much_and_when_it_changes(plan: Plan) -> None:
    result = plan("--region", "us-east-1", "--at", "2026-06-05T23:00:00Z")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "us-east-1: level HIGH"
    for part in (
        "Level HIGH: Friday or Sunday in the wedding season.",
        "158 baseline x 4 wedding season x 1.27 culture",
        "Metrics are taken every 30 s.",
        "nodes 6 general, 6 wedding-optimised; each database 10.5 ACU",
        "Changes in 3 h: wedding-day mode on; performance_monitor 29 to 36 replicas",
        "UTC       Fri 2026-06-05 23:00 UTC  Sat 2026-06-06 02:00 UTC",
        "Chicago   Fri 2026-06-05 18:00 CDT  Fri 2026-06-05 21:00 CDT",
    ):
        assert part in result.stdout, part


def test_unless_told_it_is_now(plan: Plan) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    at = parse_instant(document(plan("--region", "eu-central-1", "--json"))["at"])
    assert before <= at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--region", "us-east-1", "--environment", "prdo"], "prdo"),
        (["--region", "us-east-2"], "--region us-east-2: no such region; did you mean 'us-east-1'?"),
        (["--region", "us-east-1", "--at", "2026-06-06T10:00"], "has no offset from UTC: write 2026-06-06T10:00:00Z"),
        (["--region", "us-east-1", "--at", "soon"], "'soon' is no instant: write it as 2026-11-28T18:30:00Z"),
    ],
)
def test_bad_input(plan: Plan, arguments: list[str], sentence: str) -> None:
    result = plan(*arguments)
    assert result.exit_code == BAD_INPUT
    assert sentence in result.stderr
    assert result.stdout == ""
