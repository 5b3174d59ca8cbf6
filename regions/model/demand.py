"""What drives demand, and how a rush is protected: the numbers that the season planner works with."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.base import (
    Count,
    CountryCode,
    DnsLabel,
    Factor,
    FrozenMapping,
    Identifier,
    Model,
    Month,
    Percent,
    Seconds,
    Share,
    Text,
    UniqueTuple,
)

LunarCalendar = Literal["chinese", "islamic"]
Hour = Annotated[int, Field(ge=0, le=23)]
Pad = Annotated[float, Field(ge=0, le=48)]
Rate = Annotated[int, Field(ge=1, le=10_000_000)]


def _not_during_clock_changes(hour: int) -> int:
    if hour in (1, 2):  # clocks change then: a job would run twice on one day and not at all on another
        raise PydanticCustomError("clock_change", "must not be between 01:00 and 03:00, when clocks change")
    return hour


class SeasonFactors(Model):
    """Demand in each phase of the year as a multiple of the off-season's."""

    wedding_season: Factor = Field(description="Factor in the market's peak months.")
    engagement_season: Factor = Field(description="Factor in the market's engagement months.")
    off_season: Factor = Field(description="Factor in the other months.")


class SaturdayWindow(Model):
    """Demand on Saturdays, for the whole day or for some hours by the market's clock."""

    factor: Factor = Field(description="Multiple of the day's demand.")
    start_hour: Hour = Field(description="First hour of the window, market-local.")
    end_hour: int = Field(ge=1, le=24, description="Hour at which the window ends, market-local; 24 is midnight.")

    @field_validator("end_hour")
    @classmethod
    def _after_the_start(cls, end_hour: int, info: ValidationInfo) -> int:
        start_hour = info.data.get("start_hour")
        if start_hour is not None and end_hour <= start_hour:
            raise PydanticCustomError("range", "must be after start_hour ({start})", {"start": start_hour})
        return end_hour


class Event(Model):
    """A day of the year that is busy everywhere, by each market's calendar."""

    name: Identifier = Field(description="The event's name in other files.")
    title: Text = Field(description="The event as people read it.")
    month: Month = Field(description="Month, 1-12.")
    day: int = Field(ge=1, le=31, description="Day of the month.")
    factor: Factor = Field(description="Multiple of demand; the highest special factor wins.")

    @field_validator("day")
    @classmethod
    def _in_the_month(cls, day: int, info: ValidationInfo) -> int:
        month = info.data.get("month")
        longest = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
        if day > longest:
            raise PydanticCustomError(
                "day", "must be at most {longest} in month {month}", {"longest": longest, "month": month}
            )
        return day


class LunarEvent(Model):
    """A day by a lunar calendar, busy in proportion to a market's weddings by cultures that keep the calendar."""

    name: Identifier = Field(description="The event's name in other files.")
    title: Text = Field(description="The event as people read it.")
    calendar: LunarCalendar = Field(description="The calendar: chinese, or islamic (Umm al-Qura).")
    month: Month = Field(description="Month of the calendar, 1-12; never its leap month.")
    day: int = Field(ge=1, le=28, description="Day of the month; Umm al-Qura has had months of 28 days.")
    factor: Factor = Field(description="Multiple of demand where all weddings are by such cultures.")
    pad_days: int = Field(ge=0, le=15, description="Days before and after that are as busy.")


class ObservedDate(Model):
    """Where a lunar event's day was, or will be, another than the computed one: months begin when a moon is seen."""

    event: Identifier = Field(description="Name of a lunar event of workloads.yaml.")
    year: int = Field(
        ge=1343,
        le=2099,
        description="Year of the event's own calendar: 1445 (islamic), 2024 (chinese; its new year's).",
    )
    observed: date = Field(description="The day, e.g. 2024-04-11.")
    countries: UniqueTuple[CountryCode] | None = Field(
        default=None, min_length=1, description="Countries (ISO 3166) that observed it then; every one unless given."
    )


class ObservedDates(Model):
    """observed_dates.yaml: lunar events that were observed on other days than computed."""

    dates: tuple[ObservedDate, ...] = Field(description="Each event and year that differs.")


class Holidays(Model):
    """Public holidays of a market's country, as the `holidays` package has them."""

    factor: Factor = Field(description="Multiple of demand on each of them.")


class Culture(Model):
    """How a culture's weddings load the platform."""

    factor: Factor = Field(description="Multiple of demand against the baseline wedding.")
    guests: int = Field(ge=1, le=10_000, description="Typical number of guests.")
    days: int = Field(ge=1, le=14, description="Days that the wedding lasts.")
    keeps_sabbath: bool = Field(default=False, description="Never from Friday sunset to Saturday night.")
    calendar: LunarCalendar | None = Field(default=None, description="The lunar calendar that it keeps, if one.")


class Demand(Model):
    """Demand of the whole platform; a workload's own season and Saturday factors are with the workload."""

    operations_per_day: int = Field(ge=1, description="Database operations a day over all regions.")
    emergency_factor: Factor = Field(description="Multiple of demand while an emergency is declared.")
    headroom_factor: Factor = Field(description="Capacity planned per expected demand, e.g. 1.25.")
    events: tuple[Event, ...] = Field(description="Days that are busy everywhere.")
    holidays: Holidays = Field(description="Days that are busy in one country.")
    lunar_events: tuple[LunarEvent, ...] = Field(description="Days that are busy by a lunar calendar.")
    cultures: FrozenMapping[Culture] = Field(min_length=1, description="Cultures by the name that markets use.")

    @property
    def mean_operations_per_second(self) -> float:
        """Mean database operations a second over all regions."""
        return self.operations_per_day / 86_400


class ProtectionLevels(Model):
    """The events that raise the protection level; those that do also block changes."""

    high_event_factor: Factor = Field(description="An event of this factor or more raises the level to HIGH.")
    maximum_event_factor: Factor = Field(description="An event of this factor or more raises it to MAXIMUM.")

    @field_validator("maximum_event_factor")
    @classmethod
    def _not_below_high(cls, maximum: float, info: ValidationInfo) -> float:
        high = info.data.get("high_event_factor")
        if high is not None and maximum < high:
            raise PydanticCustomError("range", "must not be below high_event_factor ({high})", {"high": high})
        return maximum


class Planning(Model):
    """How the season planner turns demand into floors."""

    settle_hours: Pad = Field(description="A floor that would be raised again sooner than this is not lowered, h.")
    database_share: Share = Field(
        description="Part of the expected demand, as a multiple of the baseline, that the databases' Serverless v2"
        " floor is a multiple of min_acu by."
    )


class SaturdayProtection(Model):
    """When changes are blocked, and how fast protection must be active."""

    pad_before_hours: Pad = Field(description="Blocked this long before the day starts, elapsed hours.")
    pad_after_hours: Pad = Field(description="Blocked this long after the day ends, elapsed hours.")
    activation_seconds: Seconds = Field(description="Protection is active within this time, s.")


class WeddingDayMode(Model):
    """How both workloads run from before a day's first event to its end."""

    lead_hours: Pad = Field(description="Starts this long before the first event; surges are prescaled as early, h.")
    metrics_interval_seconds: Seconds = Field(description="Metrics are taken this often, s.")
    normal_metrics_interval_seconds: Seconds = Field(description="Metrics are taken this often outside the mode, s.")
    cpu_percent: Percent = Field(description="CPU use that the autoscalers hold in the mode, percent.")
    floor_increase_percent: Percent = Field(description="Added to the planned floor, percent, up to the ceiling.")


class SeasonalJobs(Model):
    """The two CronJobs that run the season scaler once a day."""

    season_name: DnsLabel = Field(description="Name of the job that runs in the wedding season's months.")
    off_season_name: DnsLabel = Field(description="Name of the job that runs in the other months.")
    hour: Annotated[Hour, AfterValidator(_not_during_clock_changes)] = Field(
        description="Hour at which they run, by the clock of the region's first market."
    )


class LoadTest(Model):
    """The season load test."""

    name: DnsLabel = Field(description="The Job's name.")
    requests_per_second: Rate = Field(description="Rate that it sustains.")
    minutes: Count = Field(description="For how long, min.")
    scenarios: tuple[Identifier, ...] = Field(min_length=1, description="What it plays.")
