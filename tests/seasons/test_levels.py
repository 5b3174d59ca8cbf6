"""Protection levels by the letter of the requirements."""

from __future__ import annotations

import pytest

from regions.model import Phase
from seasons.calendar import Moment
from seasons.events import Occasion
from seasons.levels import Level, cause, is_wedding_day

from .fleets import WORKLOADS

NONE = Occasion("", 1.0, "")
VALENTINE, NEW_YEAR = Occasion("Valentine's Day", 6.0, ""), Occasion("New Year's Eve", 8.0, "")
HOLIDAY = Occasion("Epiphany", 5.9, "")
OFF, ENGAGEMENT, PEAK = "off_season", "engagement_season", "wedding_season"


@pytest.mark.parametrize(
    ("phase", "day", "occasion", "level", "wedding_day"),
    [
        (PEAK, "saturday", NONE, Level.MAXIMUM, True),
        (PEAK, "beside", NONE, Level.HIGH, False),
        (PEAK, "weekday", NONE, Level.NORMAL, False),
        (ENGAGEMENT, "saturday", NONE, Level.HIGH, True),
        (OFF, "saturday", NONE, Level.HIGH, True),
        (OFF, "beside", NONE, Level.NORMAL, False),
        (ENGAGEMENT, "beside", NONE, Level.NORMAL, False),
        (OFF, "weekday", NONE, Level.NORMAL, False),
        (ENGAGEMENT, "weekday", VALENTINE, Level.HIGH, True),
        (ENGAGEMENT, "saturday", VALENTINE, Level.HIGH, True),
        (PEAK, "saturday", VALENTINE, Level.MAXIMUM, True),
        (ENGAGEMENT, "weekday", NEW_YEAR, Level.MAXIMUM, True),
        (OFF, "weekday", HOLIDAY, Level.NORMAL, False),
        (PEAK, "beside", HOLIDAY, Level.HIGH, False),
    ],
)
def test_levels(phase: Phase, day: str, occasion: Occasion, level: Level, wedding_day: bool) -> None:
    moment = Moment(phase, day == "saturday", day == "beside", (), False, occasion)
    assert cause(moment, WORKLOADS.protection).level is level
    assert is_wedding_day(moment, WORKLOADS.protection) is wedding_day


def test_higher_is_more() -> None:
    assert Level.NORMAL < Level.HIGH < Level.MAXIMUM


def test_an_event_is_told_by_its_name() -> None:
    moment = Moment("wedding_season", True, False, (), False, NEW_YEAR)
    assert cause(moment, WORKLOADS.protection).reason == "New Year's Eve"
    assert cause(moment._replace(occasion=VALENTINE), WORKLOADS.protection).reason == "Saturday in the wedding season"
