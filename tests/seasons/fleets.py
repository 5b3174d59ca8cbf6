"""Fleets of one region whose markets a test chooses, with the project's own workloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from regions.fleet import Fleet
from regions.load import load_fleet
from regions.model import Market, Region, Season

FLEET = load_fleet()
WORKLOADS = FLEET.workloads
BASELINE = 50_000_000 / 86_400  # a fleet of one region has all of the operations

SUMMER = Season(peak_months=(6, 7, 8), engagement_months=(12, 1, 2))


def market(
    time_zone: str = "UTC",
    cultures: Mapping[str, float] | None = None,
    *,
    season: Season | None = None,
    share: float = 1.0,
    name: str | None = None,
    country: str | None = None,
) -> Market:
    """A market of baseline weddings, unless other cultures are given. UTC is no country's and has no holidays."""
    return Market(
        name=name or time_zone,
        time_zone=time_zone,
        traffic_share=share,
        season=season,
        cultures=cultures or {"british": 1.0},
        country=country,
    )


def fleet_of(*markets: Market, season: Season = SUMMER, min_acu: float = 4, max_acu: float = 64) -> Fleet:
    """A fleet whose one region has these markets."""
    model = FLEET.region("eu-central-1")
    database = model.database.model_copy(update={"min_acu": float(min_acu), "max_acu": float(max_acu)})
    region = model.model_copy(update={"markets": markets, "season": season, "database": database})
    return Fleet({region.name: region}, WORKLOADS)


def region_of(fleet: Fleet) -> Region:
    """Its only region."""
    (region,) = fleet.regions.values()
    return region


def utc(text: str) -> datetime:
    """An instant of UTC, such as "2026-06-06 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(intervals: Sequence[tuple[datetime, datetime]]) -> list[tuple[str, str]]:
    """Intervals as people read them, to the minute, in UTC."""
    return [(start.strftime("%Y-%m-%d %H:%M"), end.strftime("%Y-%m-%d %H:%M")) for start, end in intervals]
