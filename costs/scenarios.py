"""A stack in a month as it is, or as it would be if something were used differently: what optimisations change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from costs import tokens
from costs.basis import Basis
from costs.quote import percent
from costs.resources import Resource
from costs.seasonal_use import SeasonalUse
from costs.usage import Usage


@dataclass(frozen=True, slots=True)
class Scenario:
    """What an estimate is made from, and the season plans of the other months."""

    resources: Sequence[Resource]
    basis: Basis
    year: Sequence[SeasonalUse]


Change = Callable[[Scenario], Scenario]
"""Makes another scenario of one."""


def peak_all_year(scenario: Scenario) -> Scenario:
    """Keep the year's highest floors at all hours: what a fleet without a season plan would have to keep.

    Above those floors nothing grows.
    """
    hours, season = scenario.basis.month.hours, scenario.basis.season
    acu = {max(floor for use in scenario.year for floor in use.acu): hours} if season.acu else {}
    nodes = {pool: {max(count for use in scenario.year for count in use.nodes[pool]): hours} for pool in season.nodes}
    usage = _with_database(scenario.basis.usage, capacity_factor=Decimal(1))
    changed = replace(scenario, basis=replace(scenario.basis, usage=usage))
    return _with_season(changed, SeasonalUse(hours, acu, nodes))


def cached_reads(scenario: Scenario) -> Scenario:
    """Answer from caches what they may answer: operations and capacity shrink by those reads, writes stay."""
    use = scenario.basis.usage.optimisations
    writes = percent(scenario.basis.usage.database.write_percent)
    left = 1 - (1 - writes) * percent(use.cacheable_percent) * percent(use.hit_percent)
    # Without any operation left there was no write, either.
    usage = _with_database(scenario.basis.usage, write_percent=writes / left * 100 if left else Decimal(0))
    changed = replace(scenario.basis, usage=usage, fleet_operations=scenario.basis.fleet_operations * left)
    return _with_capacity(replace(scenario, basis=changed), left)


def better_queries(scenario: Scenario) -> Scenario:
    """Do the same operations with less capacity."""
    return _with_capacity(scenario, 1 - percent(scenario.basis.usage.optimisations.query_capacity_percent))


def no_lifecycle(scenario: Scenario) -> Scenario:
    """Leave every export in the hot tier: without the lifecycle rules of the buckets."""
    kept = [each for each in scenario.resources if each.type != tokens.LIFECYCLE]
    return replace(scenario, resources=kept)


def infrequent_files(scenario: Scenario) -> Scenario:
    """Move the files that nobody opens to infrequent access."""
    usage = scenario.basis.usage
    files = usage.files.model_copy(update={"infrequent_percent": usage.optimisations.infrequent_percent})
    return replace(scenario, basis=replace(scenario.basis, usage=usage.model_copy(update={"files": files})))


def _with_capacity(scenario: Scenario, factor: Decimal) -> Scenario:
    """With the plan's database floors times a factor; what clusters declare stays their least."""
    acu: dict[Decimal, Decimal] = {}
    for floor, hours in scenario.basis.season.acu.items():
        acu[floor * factor] = acu.get(floor * factor, Decimal(0)) + hours
    return _with_season(scenario, replace(scenario.basis.season, acu=acu))


def _with_season(scenario: Scenario, season: SeasonalUse) -> Scenario:
    return replace(scenario, basis=replace(scenario.basis, season=season))


def _with_database(usage: Usage, **changes: Decimal) -> Usage:
    return usage.model_copy(update={"database": usage.database.model_copy(update=changes)})
