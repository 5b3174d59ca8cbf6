"""`wedops season simulate` from the command line: figures, drawing, and what is wrong with a trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from syrupy.assertion import SnapshotAssertion
from typer.testing import CliRunner, Result

from delivery.cli import app

BAD_INPUT = 2
# Three weeks around the end of a season: the wedding season of the region's markets ends on 31 October.
START, HOURS = datetime(2026, 10, 22, tzinfo=UTC), 21 * 24

Simulate = Callable[..., Result]


@pytest.fixture
def simulate() -> Simulate:
    def run(*arguments: str, region: str = "us-east-1", year: int = 2026) -> Result:
        command = ["season", "simulate", "--region", region, "--year", str(year), *arguments]
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, command)

    return run


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """1,000 requests/s, and 12,000 in one hour of an ordinary Wednesday that no calendar knows of."""
    rows = [f"{START + number * timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ},{1000}" for number in range(HOURS)]
    rows[150] = rows[150].replace(",1000", ",12000")
    path = tmp_path / "trace.csv"
    path.write_text("time,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def _document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _sentence(result: Result) -> str:
    assert result.exit_code == BAD_INPUT, result.output
    assert result.stdout == ""
    return result.stderr.strip()


def test_a_trace_is_served_in_three_ways(simulate: Simulate, trace: Path) -> None:
    document = _document(simulate("--trace", str(trace), "--json"))
    assert document["region"] == "us-east-1"
    assert (document["from"], document["to"]) == ("2026-10-22T00:00:00Z", "2026-11-12T00:00:00Z")
    assert document["demand"] == str(trace)
    monitor = document["workloads"]["performance_monitor"]
    asked = (1000 * (HOURS - 1) + 12_000) * 3600
    assert (monitor["hours"], monitor["busiest_rate"]) == (HOURS, 12_000)
    for way in ("plan", "plain_hpa", "static"):
        assert monitor[way]["served"] + monitor[way]["shed"] == pytest.approx(asked)
        assert monitor[way]["shed_share"] == pytest.approx(monitor[way]["shed"] / asked)
    assert monitor["static"]["replicas"] == 24
    assert monitor["static"]["replica_hours"] == 24 * HOURS
    assert monitor["static"]["shed"] == pytest.approx(2_000 * 3600)  # 24 replicas serve 10,000/s
    assert monitor["plan"]["shed"] >= monitor["static"]["shed"]
    assert set(document["workloads"]) == {"performance_monitor"}


def test_a_trace_is_of_the_workload_that_is_named(simulate: Simulate, trace: Path) -> None:
    document = _document(simulate("--trace", str(trace), "--workload", "wedding_api", "--json"))
    assert set(document["workloads"]) == {"wedding_api"}
    api = document["workloads"]["wedding_api"]
    assert (api["static"]["replicas"], api["static"]["shed"]) == (50, pytest.approx(2_000 * 3600))
    assert document["saving"]["measures"][0]["what"] == "replicas of wedding_api"


def test_an_unknown_workload_is_refused(simulate: Simulate) -> None:
    says = _sentence(simulate("--workload", "wedding-api"))
    assert says == "--workload wedding-api: no such workload; did you mean 'wedding_api'?"


def test_the_off_season_is_held_against_the_goal(simulate: Simulate, trace: Path) -> None:
    saving = _document(simulate("--trace", str(trace), "--json"))["saving"]
    measures = {each["what"]: each for each in saving["measures"]}
    assert set(measures) == {
        "replicas of performance_monitor",
        "nodes of general",
        "nodes of wedding-optimised",
        "database ACU",
    }
    for each in measures.values():
        assert each["saving"] == pytest.approx(1 - each["off_season_per_hour"] / each["season_per_hour"])
        assert each["met"] == (each["saving"] >= saving["goal"]) == (not each["held_back_by"])
    assert saving["goal"] == 0.4
    assert saving["all_measures_met"] == all(each["met"] for each in measures.values())


def test_hours_of_one_season_say_nothing_about_a_saving(simulate: Simulate, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("time,value\n2026-06-01T00:00:00Z,5\n2026-06-01T01:00:00Z,6\n", encoding="utf-8")
    assert _document(simulate("--trace", str(path), "--json"))["saving"] == {
        "goal": 0.4,
        "all_measures_met": None,
        "measures": [],
    }
    assert "nothing can be said about the off-season's saving" in simulate("--trace", str(path)).stdout


def test_the_model_s_own_year_is_whole_and_always_the_same(simulate: Simulate) -> None:
    result = simulate("--json", region="eu-central-1")
    document = _document(result)
    monitor = document["workloads"]["performance_monitor"]
    assert (document["from"], document["to"]) == ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert monitor["hours"] == 8760
    assert monitor["plan"]["shed_share"] < monitor["plain_hpa"]["shed_share"] < 0.01
    assert monitor["plan"]["replica_hours"] < 0.6 * monitor["static"]["replica_hours"]
    assert simulate("--json", region="eu-central-1").stdout == result.stdout


@pytest.mark.parametrize("workload", ["performance_monitor", "wedding_api"])
def test_the_tables_stay(simulate: Simulate, trace: Path, workload: str, snapshot: SnapshotAssertion) -> None:
    result = simulate("--trace", str(trace), "--workload", workload)
    assert result.exit_code == 0
    assert result.stdout.replace(str(trace), "TRACE") == snapshot


def test_the_drawing_is_the_same_for_the_same_hours(simulate: Simulate, trace: Path, tmp_path: Path) -> None:
    drawings: list[str] = []
    for name in ("a.svg", "b.svg"):
        assert simulate("--trace", str(trace), "--svg", str(tmp_path / name)).exit_code == 0
        drawings.append((tmp_path / name).read_text(encoding="utf-8"))
    assert drawings[0] == drawings[1]
    svg = ElementTree.fromstring(drawings[0])  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in svg.iter(f"{name}text")]
    assert {"performance_monitor", "Oct", "Nov"} <= set(texts)
    planned = [each.get("points", "") for each in svg.iter(f"{name}polygon")]
    assert [len(each.split()) for each in planned] == [2 * 21 + 2]  # a step a day, and back to the axis
    # A day on which everyone shed: a mark for each; and one in the legend.
    shed = [each for each in svg.iter(f"{name}rect") if each.get("class") == "shed"]
    assert len(shed) == 3
    points = [float(number) for each in planned for pair in each.split() for number in pair.split(",")]
    assert all(0 <= number <= 1000 for number in points)


@pytest.mark.parametrize("rate", ["1", "100000000", "1e15"])
def test_a_drawing_has_few_lines_whatever_the_rates(simulate: Simulate, tmp_path: Path, rate: str) -> None:
    trace, drawing = tmp_path / "trace.csv", tmp_path / "a.svg"
    trace.write_text(f"time,value\n2026-06-01T00:00:00Z,{rate}\n2026-06-01T01:00:00Z,5\n", encoding="utf-8")
    assert simulate("--trace", str(trace), "--svg", str(drawing)).exit_code == 0
    lines = [each for each in drawing.read_text(encoding="utf-8").splitlines() if 'text-anchor="end"' in each]
    assert 3 <= len(lines) <= 7


def test_a_drawing_without_a_directory_is_refused_before_the_trace_is_read(simulate: Simulate, tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.svg"
    says = _sentence(simulate("--trace", str(tmp_path / "no.csv"), "--svg", str(path)))
    assert says == f"--svg {path}: there is no directory {path.parent}; make it, or name another file."
    says = _sentence(simulate("--trace", str(tmp_path / "no.csv"), "--svg", str(tmp_path)))
    assert says == f"--svg {tmp_path}: is a directory; name a file in it."


def test_a_file_that_cannot_be_written_after_all_is_told(simulate: Simulate, trace: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 300}.svg"
    says = _sentence(simulate("--trace", str(trace), "--svg", str(path)))
    assert says == f"--svg {path}: cannot be written (File name too long); name a file that can."


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["2026-01-01T00:00:00,5"], "line 2: '2026-01-01T00:00:00' has no offset from UTC"),
        (["2026-01-01T00:30:00Z,5"], "line 2: '2026-01-01T00:30:00Z' is not on the hour in UTC"),
        (["2026-01-01T05:30:00+05:30,5", "2026-01-01T00:00:00Z,5"], "2026-01-01T00:00:00Z is there twice"),
        (["2026-01-01T02:00:00Z,5", "2026-01-01T01:00:00Z,5"], "comes after 2026-01-01T02:00:00Z; sort"),
        (["2026-01-01T02:00:00Z,-5"], "-5 must be 0 or more"),
        (["2026-01-01T02:00:00Z,1e308"], "1e308 must be 0, or from 1e-09 to 1e+15"),
        (
            ["2025-12-31T23:00:00Z,5", "2026-01-01T00:00:00Z,5"],
            "23:00:00Z is not in the year from 2026-01-01T00:00:00Z to 2027-01-01T00:00:00Z (1 such hours); leave",
        ),
        (["2026-12-31T23:00:00Z,5", "2027-01-01T00:00:00Z,5"], "2027-01-01T00:00:00Z is not in the year"),
        (
            ["2026-01-01T00:00:00Z,5", "2026-01-01T04:00:00Z,5"],
            "3 hours are missing, 2026-01-01T01:00:00Z first; a replay needs every hour",
        ),
    ],
)
def test_a_wrong_trace_is_refused(simulate: Simulate, tmp_path: Path, rows: list[str], says: str) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("\n".join(["time,value", *rows]), encoding="utf-8")
    assert says in _sentence(simulate("--trace", str(path)))


def test_all_that_is_wrong_with_a_trace_is_told_at_once(simulate: Simulate, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("time,value\n2025-12-31T22:00:00Z,5\n2026-01-01T00:00:00Z,5\n", encoding="utf-8")
    outside, missing = _sentence(simulate("--trace", str(path))).splitlines()
    assert "2025-12-31T22:00:00Z is not in the year" in outside
    assert "1 hours are missing, 2025-12-31T23:00:00Z first" in missing


@pytest.mark.parametrize("year", [1899, 2200])
def test_a_year_without_a_calendar_is_refused(simulate: Simulate, year: int) -> None:
    assert "Invalid value for '--year'" in _sentence(simulate(year=year))


def test_an_unknown_region_is_refused(simulate: Simulate) -> None:
    assert "--region us-eats-1: no such region; did you mean 'us-east-1'?" in _sentence(simulate(region="us-eats-1"))
