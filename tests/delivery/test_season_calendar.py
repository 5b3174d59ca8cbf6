"""`wedops season calendar` from the command line: intervals, and years as a drawing."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from typer.testing import CliRunner, Result

from delivery.cli import app
from delivery.season.heat_map import days, heat_map
from regions.load import load_fleet
from seasons.freeze import windows
from seasons.intervals import Interval
from seasons.levels import Level

BAD_INPUT = 2
FLEET = load_fleet()
YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
SVG = "{http://www.w3.org/2000/svg}"

Calendar = Callable[..., Result]


@pytest.fixture
def calendar() -> Calendar:
    def run(*arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, ["season", "calendar", *arguments])

    return run


def drawing(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def documents(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_weekend_of_a_region(calendar: Calendar) -> None:
    found = documents(
        calendar("--region", "us-west-1", "--from", "2026-02-13", "--to", "2026-02-16T00:00:00Z", "--json")
    )
    los_angeles = [
        (each["kind"], each["name"], each["start"], each["end"]) for each in found if each["market"] != "Denver"
    ]
    assert los_angeles[0] == ("phase", "engagement_season", "2026-02-13T00:00:00Z", "2026-02-16T00:00:00Z")
    assert ("saturday", "Saturday", "2026-02-14T08:00:00Z", "2026-02-15T08:00:00Z") in los_angeles
    assert ("rush", "performance_monitor", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z") in los_angeles
    assert ("special day", "Valentine's Day", "2026-02-14T08:00:00Z", "2026-02-15T08:00:00Z") in los_angeles
    assert ("sabbath", "Sabbath", "2026-02-14T01:35:00Z", "2026-02-15T02:15:00Z") in los_angeles
    assert ("weddings", "indian", "2026-02-13T08:00:00Z", "2026-02-16T00:00:00Z") in los_angeles  # cut at the end
    assert [start for _, _, start, _ in los_angeles] == sorted(start for _, _, start, _ in los_angeles)
    assert {each["region"] for each in found} == {"us-west-1"}


def test_without_a_region_it_is_all_of_them(calendar: Calendar) -> None:
    found = documents(calendar("--from", "2026-06-06", "--to", "2026-06-07", "--json"))
    assert list(dict.fromkeys(each["region"] for each in found)) == list(FLEET.regions)


def test_people_read_local_times_and_utc(calendar: Calendar) -> None:
    result = calendar("--region", "asia-pacific-1", "--from", "2026-08-18", "--to", "2026-08-21")
    assert result.exit_code == 0, result.output
    assert "asia-pacific-1, Shanghai (Asia/Shanghai)" in result.stdout
    line = next(line for line in result.stdout.splitlines() if "Qixi" in line and "CST" in line)
    assert re.split(r"\s{2,}", line) == [
        "special day",
        "Qixi",
        "Wed 2026-08-19 00:00 CST",
        "Thu 2026-08-20 00:00 CST",
        "2026-08-18 16:00",
        "2026-08-19 16:00",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "2026-06-07", "--to", "2026-06-06"], "the range would be empty"),
        (["--from", "2026-06-07T00:00", "--to", "2026-06-08"], "has no offset from UTC"),
        (["--from", "June", "--to", "2026-06-08"], "--from 'June' is neither a day nor an instant"),
        (["--region", "mars-1", "--from", "2026-06-07", "--to", "2026-06-08"], "--region mars-1: no such region"),
    ],
)
def test_bad_input(calendar: Calendar, arguments: list[str], sentence: str) -> None:
    result = calendar(*arguments)
    assert result.exit_code == BAD_INPUT
    assert sentence in result.stderr


def test_a_file_that_cannot_be_written(calendar: Calendar, tmp_path: Path) -> None:
    file = tmp_path / "missing" / "year.svg"
    result = calendar("--from", "2026-06-07", "--to", "2026-06-08", "--svg", str(file))
    assert result.exit_code == BAD_INPUT
    assert f"--svg {file}: there is no directory {file.parent}; make it" in result.stderr


def test_the_drawing_is_written_beside_the_json(calendar: Calendar, tmp_path: Path) -> None:
    file = tmp_path / "year.svg"
    found = documents(calendar("--from", "2026-12-31", "--to", "2027-01-02", "--svg", str(file), "--json"))
    assert found
    text = file.read_text(encoding="utf-8")
    assert text == heat_map(
        FLEET,
        list(FLEET.regions.values()),
        Interval(datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)),
    )
    texts = [each.text for each in drawing(text).iter(f"{SVG}text")]
    assert "Expected demand, protection levels and blocked changes, 2026 to 2027" in texts
    assert [text for text in texts if text in FLEET.regions] == 2 * list(FLEET.regions)


def test_a_year_of_a_region_stays(snapshot: SnapshotAssertion) -> None:
    assert heat_map(FLEET, [FLEET.region("us-west-1")], YEAR) == snapshot


def test_freeze_windows_are_outlined_where_they_are() -> None:
    root = drawing(heat_map(FLEET, [FLEET.region("eu-central-1")], YEAR))
    outlines = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "freeze"]
    blocked = windows(FLEET, ["eu-central-1"], YEAR)
    assert len(outlines) - 1 == len(blocked)  # one is the legend's
    for outline, window in zip(outlines[1:], blocked, strict=True):
        start = (window.during.start - YEAR.start).total_seconds() / 86_400
        assert float(outline.get("x", "")) == pytest.approx(130 + 4 * start, abs=0.06)
        days_long = (window.during.end - window.during.start).total_seconds() / 86_400
        assert float(outline.get("width", "")) == pytest.approx(4 * days_long, abs=0.11)


def test_every_day_of_a_year_is_drawn_once() -> None:
    root = drawing(heat_map(FLEET, [FLEET.region("eu-central-1")], YEAR))
    cells = [each for each in root.iter(f"{SVG}rect") if each.get("height") == "24"]
    assert sum(float(each.get("width", "")) for each in cells) == 365 * 4
    starts = [float(each.get("x", "")) for each in cells]
    assert starts == sorted(starts)
    assert starts[0] == 130


def test_a_day_is_as_busy_as_its_busiest_hour() -> None:
    by_day = {each.day: each for each in days(FLEET, FLEET.region("us-east-1"), 2026)}
    assert len(by_day) == 365
    assert by_day[date(2026, 6, 6)].level is Level.MAXIMUM
    # Saturday's surge in the peak, 4 x 6, times the cultures' mean of about 1.26.
    assert by_day[date(2026, 6, 6)].times == pytest.approx(24 * 1.265, abs=0.5)
    assert by_day[date(2026, 3, 4)].times == pytest.approx(1.265, abs=0.05)
    assert by_day[date(2026, 3, 4)].level is Level.NORMAL
