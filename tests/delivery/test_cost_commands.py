"""`wedops cost …` from the command line: figures, what adds up, the drawing, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from costs.off_season import GOAL
from delivery.cli import app
from delivery.cost import inputs
from delivery.cost.inputs import Subject
from regions.load import PACKAGE_DIRECTORY, load_fleet
from stacks.environment import load_environment
from stacks.offline import run_stacks

BAD_INPUT = 2
PROD = load_environment("prod")
PROJECT = PACKAGE_DIRECTORY.parent
LINE = {"resource", "item", "quantity", "unit", "unit_price_usd", "monthly_usd", "assumption", "source"}

Cost = Callable[..., Result]


@pytest.fixture(scope="module")
def cost() -> Iterator[Cost]:
    """The command; programs are run once for all tests that ask for all stacks of prod."""
    runs = run_stacks("prod", PROD.regions)

    def known(environment: str, regions: list[str]) -> Mapping[str, Any]:
        assert environment == "prod"
        return {name: runs[name] for name in ("prod", *(f"prod-{region}" for region in regions))}

    def run(*arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "140"}).invoke(app, ["cost", *arguments])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "run_stacks", known)
        yield run


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def sentence(result: Result) -> str:
    assert result.exit_code == BAD_INPUT, result.output
    assert result.stdout == ""
    return result.stderr.strip()


def test_an_estimate_of_a_region(cost: Cost) -> None:
    found = document(cost("estimate", "-e", "prod", "--region", "eu-central-1", "--month", "2027-07", "--json"))
    keys = ["environment", "region", "month", "total_usd", "lines", "unpriced", "ceiling_usd", "warnings"]
    assert list(found) == keys
    assert (found["environment"], found["region"], found["month"]) == ("prod", "eu-central-1", "2027-07")
    assert found["ceiling_usd"] == PROD.monthly_ceilings_usd["eu-central-1"]
    assert found["unpriced"] == []
    assert {frozenset(line) for line in found["lines"]} == {frozenset(LINE)}
    assert found["total_usd"] > 5000


def test_lines_multiply_and_sum_to_the_total(cost: Cost) -> None:
    found = document(cost("estimate", "-e", "prod", "--region", "us-east-1", "--month", "2027-02", "--json"))
    exact = Decimal(0)
    for line in found["lines"]:
        product = Decimal(str(line["quantity"])) * Decimal(str(line["unit_price_usd"]))
        assert abs(product - Decimal(str(line["monthly_usd"]))) <= Decimal("0.0050001")
        exact += product
    assert abs(exact - Decimal(str(found["total_usd"]))) < Decimal("0.006")
    dearest_first = [line["monthly_usd"] for line in found["lines"]]
    assert dearest_first == sorted(dearest_first, reverse=True)
    assert all(line["source"].startswith("https://") for line in found["lines"])


def test_the_whole_is_the_sum_of_its_stacks(cost: Cost) -> None:
    month = ("--month", "2027-07", "--json")
    whole = document(cost("estimate", "-e", "prod", *month))
    parts = {
        name: document(cost("estimate", "-e", "prod", "--region", name, *month)) for name in ("global", *PROD.regions)
    }
    assert whole["region"] is None
    assert whole["total_usd"] == pytest.approx(sum(part["total_usd"] for part in parts.values()), abs=0.03)
    assert whole["ceiling_usd"] == sum(PROD.monthly_ceilings_usd.values())
    assert {line["stack"] for line in whole["lines"]} == {"prod", *(f"prod-{name}" for name in PROD.regions)}
    assert len(whole["lines"]) == sum(len(part["lines"]) for part in parts.values())


def test_old_prices_are_warned_of_for_the_books_that_are_used(cost: Cost) -> None:
    found = document(cost("estimate", "-e", "prod", "--region", "us-west-1", "--month", "2027-07", "--json"))
    assert [each.partition(":")[0] for each in found["warnings"]] == ["Prices of us-west-1"]
    whole = document(cost("estimate", "-e", "prod", "--month", "2027-07", "--json"))
    books = {each.partition(":")[0].removeprefix("Prices of ") for each in whole["warnings"]}
    assert books == {"worldwide", *load_fleet().restricted(PROD.regions).aws_regions}


def test_over_a_ceiling_is_said_and_not_refused(cost: Cost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Subject, "ceiling", lambda *_: 5000)
    arguments = ("estimate", "-e", "prod", "--region", "us-east-1", "--month", "2027-07")
    says = document(cost(*arguments, "--json"))["warnings"]
    assert "more than its ceiling of 5,000 $." in says[0]
    assert "monthly_ceilings_usd in Pulumi.prod.yaml" in says[2]
    shown = cost(*arguments)
    assert shown.exit_code == 0
    assert "of 5,000 $" in shown.stdout
    season = cost("season", "-e", "prod", "--from", "2027-01")
    assert " !" in season.stdout.splitlines()[1]


def test_people_see_what_costs_most_and_the_stacks(cost: Cost) -> None:
    shown = cost("estimate", "-e", "prod", "--month", "2027-07").stdout
    title, *rest = shown.splitlines()
    assert title.startswith("prod in 2027-07: ")
    assert title.endswith(f"of {sum(PROD.monthly_ceilings_usd.values()):,} $")
    kinds = [line for line in rest if line.startswith(("ClusterInstance: capacity", "NodeGroup: nodes"))]
    assert kinds[0].startswith("ClusterInstance: capacity")
    assert any(line.startswith("prod-asia-pacific-1 ") for line in rest)


def test_a_year_by_region(cost: Cost) -> None:
    found = document(cost("season", "-e", "prod", "--from", "2027-03", "--json"))
    months = [f"2027-{number:02}" for number in range(3, 13)] + ["2028-01", "2028-02"]
    assert [each["month"] for each in found["months"]] == months
    assert [each["region"] for each in found["stacks"]] == [None, *PROD.regions]
    for place, each in enumerate(found["months"]):
        together = sum(stack["months"][place]["total_usd"] for stack in found["stacks"])
        assert each["total_usd"] == pytest.approx(together, abs=0.03)
    july = document(cost("estimate", "-e", "prod", "--month", "2027-07", "--json"))
    assert july["total_usd"] == found["months"][4]["total_usd"]
    assert {stack["level"] for stack in found["stacks"]} == {"within"}


def test_the_off_season_in_money_against_the_goal(cost: Cost) -> None:
    found = document(cost("season", "-e", "prod", "--from", "2027-01", "--json"))
    assert found["goal"] == float(GOAL) == 0.4
    regions = {each["region"]: each["off_season"] for each in found["stacks"]}
    assert regions.pop(None) is None
    for each in (*regions.values(), found["off_season"]):
        assert each["saving"] == pytest.approx(1 - each["off_season_usd"] / each["season_usd"], abs=1e-4)
        assert each["met"] == (each["saving"] >= 0.4)
        held_back = [one["above_goal_usd"] for one in each["held_back_by"]]
        assert held_back == sorted(held_back, reverse=True)
        assert all(usd > 0 or usd == 0.0 for usd in held_back)
    east = next(each for each in found["stacks"] if each["region"] == "us-east-1")
    by_month = {int(each["month"][-2:]): each["total_usd"] for each in east["months"]}
    assert east["off_season"]["season_usd"] == pytest.approx(
        sum(by_month[month] for month in range(5, 11)) / 6, abs=0.01
    )
    assert east["off_season"]["off_season_usd"] == pytest.approx(
        sum(by_month[month] for month in (3, 4, 11)) / 3, abs=0.01
    )


def test_the_drawing(cost: Cost, tmp_path: Path) -> None:
    drawings: list[str] = []
    for name in ("a.svg", "b.svg"):
        assert cost("season", "-e", "prod", "--from", "2027-01", "--svg", str(tmp_path / name)).exit_code == 0
        drawings.append((tmp_path / name).read_text(encoding="utf-8"))
    assert drawings[0] == drawings[1]
    svg = ElementTree.fromstring(drawings[0])  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    bars = [each for each in svg.iter(f"{name}rect") if each.find(f"{name}title") is not None]
    assert len(bars) == 12 * (1 + len(PROD.regions))
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    for each in svg.iter(f"{name}rect"):
        x, y = float(each.get("x", 0)), float(each.get("y", 0))
        assert 0 <= x <= x + float(each.attrib["width"]) <= width
        assert 0 <= y <= y + float(each.attrib["height"]) <= height
    # A month's bars stand on each other, and none is above the ceilings.
    january = [(float(each.attrib["y"]), float(each.attrib["height"])) for each in bars[: 1 + len(PROD.regions)]]
    for (y, _), (above, tall) in pairwise(january):
        assert above + tall == pytest.approx(y, abs=0.11)
    ceiling = next(each for each in svg.iter(f"{name}line") if each.get("class") == "ceiling")
    assert float(ceiling.attrib["y1"]) < min(float(each.attrib["y"]) for each in bars)
    texts = {each.text for each in svg.iter(f"{name}text")}
    assert {"2027-01", "2027-12", "prod-eu-central-1"} <= texts


def test_advice_beside_the_business_estimates(cost: Cost) -> None:
    found = document(cost("advise", "-e", "prod", "--from", "2027-01", "--json"))["advice"]
    business = {each["name"]: (each["business_usd"], each["season_only"]) for each in found}
    assert business == {
        "seasonal_resource_scheduling": (2400, True),
        "intelligent_caching": (1800, True),
        "query_optimization_automation": (3200, False),
        "storage_optimization": (800, False),
    }
    assert [each["monthly_usd"] for each in found] == sorted((each["monthly_usd"] for each in found), reverse=True)
    for each in found:
        assert each["monthly_usd"] == pytest.approx(each["in_place_usd"] + each["open_usd"], abs=0.011)
        assert each["monthly_usd"] == pytest.approx(sum(one["saved_usd"] for one in each["arithmetic"]), abs=0.1)
        assert each["monthly_usd"] > 0
        assert each["steps"]
        assert each["changes"]
        assert each["assumptions"]
        assert f"{each['business_usd']:,} $" in each["verdict"]


def test_files_and_fields_that_advice_names_exist(cost: Cost) -> None:
    for each in document(cost("advise", "-e", "prod", "--from", "2027-01", "--json"))["advice"]:
        for change in each["changes"]:
            file, _, fields = change.partition(": ")
            text = (PROJECT / file.replace("<region>", "us-east-1")).read_text(encoding="utf-8")
            if file.endswith(".yaml"):
                for field in fields.partition(" if ")[0].partition(", once")[0].split(", "):
                    assert f"{field.rsplit('.', 1)[-1]}:" in text, (file, field)


def test_people_see_the_advice(cost: Cost) -> None:
    shown = cost("advise", "-e", "prod", "--from", "2027-01").stdout
    assert "seasonal_resource_scheduling" in shown
    assert "Far below the business's 3,200 $" in shown
    assert "left to do" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("estimate", "-e", "prdo"), "Pulumi.prdo.yaml: no such environment"),
        (("estimate", "-e", "prod", "--region", "eu-central-2"), "--region eu-central-2: prod has no such stack"),
        (("estimate", "-e", "prod", "--month", "2027-13"), "--month: '2027-13' is no month; write it as 2026-11"),
        (("estimate", "-e", "prod", "--month", "1066-10"), "--month 1066-10: is outside of the years 1900 to"),
        (("season", "-e", "prod", "--from", "soon"), "--from: 'soon' is no month"),
        (("season", "-e", "prod", "--svg", "/nowhere/a.svg"), "there is no directory /nowhere"),
        (("advise", "-e", "prod", "--from", "2027"), "--from: '2027' is no month"),
    ],
)
def test_bad_input_is_refused(cost: Cost, arguments: tuple[str, ...], says: str) -> None:
    assert says in sentence(cost(*arguments))


def test_a_month_that_is_not_given_is_this_one(cost: Cost) -> None:
    found = document(cost("estimate", "-e", "prod", "--region", "global", "--json"))
    assert found["month"] == str(inputs.month_of("--month", None))
