"""Protection levels: how much of a rush an instant is."""

from __future__ import annotations

import enum
from typing import NamedTuple

from regions.model.demand import ProtectionLevels
from seasons.calendar import Moment


class Level(enum.IntEnum):
    """How strongly a region is protected; a higher level is a higher number."""

    NORMAL = 0
    HIGH = 1
    MAXIMUM = 2


class Cause(NamedTuple):
    """A level, and in a few words why it is."""

    level: Level
    reason: str


EMERGENCY = Cause(Level.MAXIMUM, "an emergency is declared")


def cause(moment: Moment, protection: ProtectionLevels) -> Cause:
    """Return a market's level at a moment, and the foremost of its reasons."""
    occasion, in_season = moment.occasion, moment.phase == "wedding_season"
    if occasion.factor >= protection.maximum_event_factor:
        return Cause(Level.MAXIMUM, occasion.name)
    if moment.saturday and in_season:
        return Cause(Level.MAXIMUM, "Saturday in the wedding season")
    if occasion.factor >= protection.high_event_factor:
        return Cause(Level.HIGH, occasion.name)
    if moment.saturday:
        return Cause(Level.HIGH, "Saturday")
    if moment.beside_saturday and in_season:
        return Cause(Level.HIGH, "Friday or Sunday in the wedding season")
    return Cause(Level.NORMAL, "an ordinary day")


def is_wedding_day(moment: Moment, protection: ProtectionLevels) -> bool:
    """Tell whether a market has a Saturday, or an event that raises the level."""
    return moment.saturday or moment.occasion.factor >= protection.high_event_factor
