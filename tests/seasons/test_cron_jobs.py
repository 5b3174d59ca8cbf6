"""The seasonal CronJobs over five years: each day has one run, by the job of its part of the year."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim

from components.workload.seasonal_scaler import schedule
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.zones import time_zone

FIFTH_REGION = Path(__file__).parents[1] / "data" / "sa-east-1.yaml"
FILES = sorted((*(path for path in PACKAGE_DIRECTORY.glob("*-*.yaml")), FIFTH_REGION))
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1)]

Run = tuple[str, datetime]


def planned(files: Path, region: str) -> list[Run]:
    """When the jobs of a region start, by cronsim: the job's name, and the instant in UTC, in order."""
    fleet = load_fleet(files)
    place, jobs = fleet.region(region), fleet.workloads.seasonal_jobs
    zone = time_zone(place.first_market.time_zone)
    months = {jobs.season_name: place.season_months, jobs.off_season_name: place.off_season_months}
    runs = [
        (name, start.astimezone(UTC))
        for name, its in months.items()
        if its
        for start in _starts(CronSim(schedule(jobs.hour, its), datetime.combine(FIRST, time.min, zone)))
    ]
    return sorted(runs, key=lambda run: run[1])


def _starts(simulation: CronSim) -> Iterator[datetime]:
    for start in simulation:
        if start.date() > LAST:
            return
        yield start


def wanted(document: dict[str, Any]) -> list[Run]:
    """What the region's file says: at 08:00 by its first market, in season where it is any market's peak."""
    peak = {
        month for market in document["markets"] for month in (market.get("season") or document["season"])["peak_months"]
    }
    zone = time_zone(document["markets"][0]["time_zone"])
    return [
        (
            "wedding-season-scaling" if day.month in peak else "off-season-scaling",
            datetime.combine(day, time(8), zone).astimezone(UTC),
        )
        for day in DAYS
    ]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The fleet's files and a fifth region's, whose season crosses the year's end."""
    for path in (*PACKAGE_DIRECTORY.glob("*.yaml"), FIFTH_REGION):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_day_has_one_run_by_the_job_of_its_part_of_the_year(files: Path, file: Path) -> None:
    assert planned(files, file.stem) == wanted(yaml.safe_load(file.read_text(encoding="utf-8")))
