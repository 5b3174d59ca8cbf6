"""Generated projects are valid, and the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.generated import project
from bench.regions import SIZES
from regions.load import PACKAGE_DIRECTORY, load_fleet
from stacks.environment import check_regions, load_environment

SETTINGS = PACKAGE_DIRECTORY.parent / "Pulumi.prod.yaml"


@pytest.mark.parametrize("count", SIZES)
def test_they_are_valid(count: int, tmp_path: Path) -> None:
    written = project(count, 4, SETTINGS).write(tmp_path)
    fleet, environment = load_fleet(written / "regions"), load_environment("prod", written)
    check_regions(environment, fleet)
    assert set(environment.regions) == set(fleet.regions)
    assert len(fleet.regions) == count
    assert (len(fleet.groups) > 1) >= (count > 11)  # Aurora's limit


def test_a_seed_makes_the_same_project() -> None:
    assert project(4, 1, SETTINGS) == project(4, 1, SETTINGS)
    assert project(4, 1, SETTINGS) != project(4, 2, SETTINGS)


def test_more_regions_leave_the_data_of_the_first_as_they_are() -> None:
    one, many = (next(iter(project(count, 4, SETTINGS).regions.values())) for count in (1, 24))
    assert {field: one[field] for field in ("name", "season", "languages")} == {
        field: many[field] for field in ("name", "season", "languages")
    }
    assert len(one["markets"]) == len(many["markets"])


def test_they_cover_what_a_region_may_be() -> None:
    regions = [region for seed in range(6) for region in project(24, seed, SETTINGS).regions.values()]
    months = [region["season"]["peak_months"] for region in regions]
    assert any(12 in season and 1 in season and len(season) < 12 for season in months)  # across the year's end
    assert any(len(season) == 12 for season in months)
    assert {len(region["network"]["zones"]) for region in regions} == {2, 3}
    assert {"resident_cluster" in region.get("residency", {"-": None}) for region in regions} == {True, False}
    assert {"cluster" in region for region in regions} == {True, False}
    assert max(len(region["name"]) for region in regions) == 24
    assert max(len(region["markets"]) for region in regions) == 8
