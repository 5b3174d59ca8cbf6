"""What an environment has once and how it is watched from outside: entry, images, budgets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from regions.model.base import Count, Model, Percent


class Entry(Model):
    """How clients find a healthy region: health checks and DNS records."""

    health_interval_seconds: Literal[10, 30] = Field(description="Time between two checks of a region's ingress, s.")
    health_failures: int = Field(ge=1, le=10, description="Failed checks in a row that make a region unhealthy.")
    record_ttl_seconds: int = Field(ge=1, le=300, description="Time that resolvers keep an answer, s.")
    healthy_regions: Count = Field(description="Regions that must serve, or somebody is woken.")


class ImageRetention(Model):
    """What is kept of the images in the registry."""

    untagged_days: Count = Field(description="Days that an image without a tag is kept.")
    kept: Count = Field(description="Images of each repository that are kept, the newest.")


class BudgetAlerts(Model):
    """When a budget tells somebody, in percent of the ceiling."""

    actual_percent: Percent = Field(description="What the month has cost so far.")
    forecast_percent: Percent = Field(description="What AWS expects the whole month to cost.")
