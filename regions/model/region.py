"""A region: everything that makes one differ from another."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from regions.model.base import AwsRegion, Identifier, LanguageCode, Model, RegionName, UniqueTuple, Weight
from regions.model.cache import Cache
from regions.model.cluster import ExistingCluster
from regions.model.database import Database, Replication, Residency
from regions.model.market import Market, Season
from regions.model.network import Network

Aggressiveness = Literal["conservative", "moderate", "cultural_aware", "payment_focused"]


class Region(Model):
    """One region of the fleet, as its YAML file says."""

    name: RegionName = Field(
        description="The region's name: the file's name without .yaml, and part of its stack's name."
    )
    aws_region: AwsRegion = Field(description="The AWS region it runs in, e.g. 'ap-southeast-1'.")
    traffic_weight: Weight = Field(
        description="The region's traffic relative to the other regions': a share is the weight by the sum of all, so"
        " that a new region changes no other file."
    )
    focus: Identifier = Field(description="What the region's optimiser works on first.")
    aggressiveness: Aggressiveness = Field(description="How boldly the optimiser applies what it finds.")
    languages: UniqueTuple[LanguageCode] = Field(min_length=1, description="ISO 639 codes, the main one first.")
    cultural_patterns: UniqueTuple[Identifier] = Field(
        min_length=1, description="Wedding styles that the region serves."
    )
    geography: Identifier = Field(description="Key of the region in regional_optimizations, e.g. 'us_east'.")
    optimization: Identifier = Field(description="Value of the region in regional_optimizations.")
    season: Season = Field(description="The season of the markets that give none of their own.")
    markets: tuple[Market, ...] = Field(
        min_length=1, description="The region's markets; jobs run by the first one's clock."
    )
    replication: Replication = Field(description="The region's member of the worldwide cluster (vendors, bookings).")
    residency: Residency | None = Field(
        default=None, description="The rule for residents' personal data, if there is one."
    )
    database: Database = Field(description="Sizing and tuning of the region's databases.")
    cache: Cache = Field(description="Size of the region's Redis.")
    network: Network = Field(description="The region's VPC and zones.")
    cluster: ExistingCluster | None = Field(
        default=None, description="The Kubernetes cluster, if it exists already; without, the region makes its own."
    )

    @property
    def first_market(self) -> Market:
        """The market whose clock the region's jobs go by."""
        return self.markets[0]

    @property
    def season_months(self) -> tuple[int, ...]:
        """Months, sorted, in which at least one market is in its wedding season."""
        return self._months("wedding_season")

    @property
    def engagement_months(self) -> tuple[int, ...]:
        """Months, sorted, in which a market is in its engagement season and none in its wedding season."""
        return tuple(month for month in self._months("engagement_season") if month not in self.season_months)

    @property
    def off_season_months(self) -> tuple[int, ...]:
        """Months, sorted, in which no market is in its wedding season: engagement months are among them."""
        return tuple(month for month in range(1, 13) if month not in self.season_months)

    @property
    def replications(self) -> tuple[Replication, ...]:
        """The region's place in each replication group it belongs to: worldwide first, then resident."""
        resident = self.residency.resident_cluster if self.residency else None
        return (self.replication, resident) if resident else (self.replication,)

    def season_of(self, market: Market) -> Season:
        """Return the season that holds in `market`: its own, else the region's."""
        return market.season or self.season

    def _months(self, phase: str) -> tuple[int, ...]:
        seasons = [self.season_of(market) for market in self.markets]
        return tuple(month for month in range(1, 13) if any(s.phase(month) == phase for s in seasons))
