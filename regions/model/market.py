"""Markets: where a region's couples marry, when it is busy there, and by which customs."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from regions.model.base import Model, Month, Share, ShareMapping, Text, TimeZoneName, UniqueTuple

Phase = Literal["wedding_season", "engagement_season", "off_season"]


class Season(Model):
    """The months of a year that are busy. A month that is in both lists counts as peak."""

    peak_months: UniqueTuple[Month] = Field(
        min_length=1,
        description="Months of the wedding season, 1-12, in the season's order: [11, 12, 1] crosses the year.",
    )
    engagement_months: UniqueTuple[Month] = Field(
        default=(12, 1, 2),
        description="Months in which couples get engaged, 1-12; December to February unless given.",
    )

    def phase(self, month: int) -> Phase:
        """Return what `month` (1-12) is; peak wins over engagement."""
        if month in self.peak_months:
            return "wedding_season"
        return "engagement_season" if month in self.engagement_months else "off_season"


class Market(Model):
    """One local market of a region: its Saturday is Saturday by its own clock."""

    name: Text = Field(description="The market's name, e.g. its largest city; unique in the region.")
    time_zone: TimeZoneName = Field(description="IANA time zone whose calendar the market lives by.")
    traffic_share: Share = Field(
        description="Part of the region's traffic, above 0 to 1; the region's markets sum to 1."
    )
    season: Season | None = Field(default=None, description="The market's own season, where it is not the region's.")
    cultures: ShareMapping = Field(
        min_length=1,
        description="Part of the market's weddings by culture (names from workloads.yaml, demand.cultures); sums to 1.",
    )

    @property
    def zone(self) -> ZoneInfo:
        """The market's time zone."""
        return ZoneInfo(self.time_zone)
