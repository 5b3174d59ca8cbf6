"""`wedops season forecast` from the command line, from a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from .forecasts import HOUR, START, document, forecast, history, sentence, value, written


def test_a_week_from_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "hours.csv", history(5))
    answer = document(forecast("--history", str(path), "--json"))
    hours = answer.pop("hours")
    assert [hour["time"] for hour in hours[:2]] == ["2026-04-10T00:00:00Z", "2026-04-10T01:00:00Z"]
    assert len(hours) == 168
    assert [hour["value"] for hour in hours] == pytest.approx(
        [value(START + number * HOUR) for number in range(168)], rel=0.05
    )
    assert all(hour["low"] <= hour["value"] <= hour["high"] for hour in hours)
    backtest = answer.pop("backtest")
    assert (backtest["from"], backtest["to"]) == ("2026-04-03T00:00:00Z", "2026-04-10T00:00:00Z")
    assert backtest["baseline_accuracy"] == pytest.approx(1)
    assert answer == {
        "region": "us-east-1",
        "workload": "performance_monitor",
        "from": "2026-04-10T00:00:00Z",
        "to": "2026-04-17T00:00:00Z",
        "interval": 0.9,
    }


def test_the_week_starts_with_the_hour_that_an_instant_is_in(tmp_path: Path) -> None:
    path = written(tmp_path / "hours.csv", history(5))
    arguments = ("--history", str(path), "--json", "--at")
    assert document(forecast(*arguments, "2026-04-08T10:15:00-04:00"))["from"] == "2026-04-08T14:00:00Z"
    assert document(forecast(*arguments, "2026-04-08T10:00:00-04:00"))["from"] == "2026-04-08T14:00:00Z"


def test_the_season_that_the_plan_knows_of_is_in_it(tmp_path: Path) -> None:
    """In May the wedding season begins: four times as much for the monitor, two and a half for the API."""
    end = datetime(2026, 4, 30, 12, tzinfo=UTC)
    path = written(tmp_path / "hours.csv", history(5, end))
    for workload, factor in (("performance_monitor", 4.0), ("wedding_api", 2.5)):
        hours = document(forecast("--history", str(path), "--workload", workload, "--json"))["hours"]
        by_time = {hour["time"]: hour["value"] for hour in hours}
        assert by_time["2026-05-05T12:00:00Z"] == pytest.approx(factor * 100, rel=0.01)


def test_the_table_stays(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """By local and UTC days; busiest at 06:00 UTC, which is 02:00 in New York."""
    result = forecast("--history", str(written(tmp_path / "hours.csv", history(5))))
    assert result.exit_code == 0
    assert result.stdout == snapshot


def test_a_start_that_is_no_instant_is_told_with_its_option(tmp_path: Path) -> None:
    path = written(tmp_path / "hours.csv", history(5))
    assert sentence(forecast("--history", str(path), "--at", "2026-04-10")).startswith(
        "--at '2026-04-10' has no offset from UTC: write 2026-04-10T00:00:00Z, or"
    )


def test_too_little_history_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "hours.csv", history(1))
    assert sentence(forecast("--history", str(path))) == (
        "There is too little history for a week from 2026-04-10T00:00:00Z: 168 hours are known in the 56 days before"
        " the forecast. Give at least 336 hours, two weeks, that end at the start of the forecast or shortly before."
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--prometheus", "http://127.0.0.1:9"),
        ("--query", "up"),
        ("--history", "h.csv", "--prometheus", "http://127.0.0.1:9", "--query", "up"),
        ("--history", "h.csv", "--query", "up"),
    ],
)
def test_one_history_is_to_be_given(arguments: tuple[str, ...]) -> None:
    assert sentence(forecast(*arguments)) == "Give either --history, or --prometheus together with --query."


def test_an_unknown_workload_is_refused() -> None:
    says = sentence(forecast("--history", "h.csv", "--workload", "wedding-api"))
    assert says == "--workload wedding-api: no such workload; did you mean 'wedding_api'?"
