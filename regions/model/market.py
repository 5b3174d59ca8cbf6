"""Markets: where a region's couples marry, when it is busy there, and by which customs."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.cities import City, city_of
from regions.model.base import (
    CountryCode,
    Model,
    Month,
    Share,
    ShareMapping,
    SubdivisionCode,
    Text,
    TimeZoneName,
    UniqueTuple,
)
from regions.zones import time_zone

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
    country: CountryCode | None = Field(
        default=None, description="Country whose public holidays it has; the time zone's own unless given."
    )
    subdivision: SubdivisionCode | None = Field(
        default=None, description="Part of the country, for holidays that only it has, e.g. 'BY'."
    )
    latitude: float | None = Field(
        default=None, ge=-90, le=90, description="Degrees north, for sunsets; the time zone's city unless given."
    )
    longitude: float | None = Field(
        default=None,
        validate_default=True,  # for a latitude without one
        ge=-180,
        le=180,
        description="Degrees east; together with latitude, or neither.",
    )

    @field_validator("longitude")
    @classmethod
    def _with_the_latitude(cls, longitude: float | None, info: ValidationInfo) -> float | None:
        if "latitude" in info.data and (longitude is None) != (info.data["latitude"] is None):
            raise PydanticCustomError("place", "must be given together with latitude, or neither of them")
        return longitude

    @property
    def city(self) -> City | None:
        """Where its sun sets: its own place, else its time zone's city; None for a zone of no city, such as UTC."""
        if self.latitude is not None and self.longitude is not None:
            return City(self.country_code, self.latitude, self.longitude)
        return city_of(self.time_zone)

    @property
    def country_code(self) -> str | None:
        """The country whose public holidays it has, ISO 3166; None for a zone of no country, unless it is given."""
        if self.country is not None:
            return self.country
        city = city_of(self.time_zone)
        return city.country if city else None

    @property
    def zone(self) -> ZoneInfo:
        """The market's time zone."""
        return time_zone(self.time_zone)
