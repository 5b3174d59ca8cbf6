"""The four ways to spend less that the business has named, with its own estimate of each, and what ours is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from costs.quote import number
from costs.scenarios import Change, better_queries, cached_reads, infrequent_files, no_lifecycle, peak_all_year
from costs.usage import Usage


@dataclass(frozen=True, slots=True)
class Optimisation:
    """A way to spend less."""

    name: str
    business_usd: int
    """What the business expects it to save, a month."""
    season_only: bool
    """Whether the business expects that in the season's months alone."""
    without: Change | None
    """Makes the platform as it would be if what is in place of this were not; None: nothing is in place."""
    further: Change | None
    """Makes the platform as it would be with what is left to do; None: nothing is left."""
    steps: tuple[str, ...]
    """What to do, the first thing first."""
    changes: tuple[str, ...]
    """Files and fields that it is in."""
    assumptions: Callable[[Usage], tuple[str, ...]]


def _scheduling(usage: Usage) -> tuple[str, ...]:
    return (
        "Without it, databases and nodes would be kept at the highest floor of the twelve months, all the time.",
        "Then nothing would grow above the floors; under the plan databases use"
        f" {number(usage.database.capacity_factor)} times theirs (costs/usage.yaml, database.capacity_factor).",
    )


def _caching(usage: Usage) -> tuple[str, ...]:
    use = usage.optimisations
    return (
        f"Of the reads {number(use.cacheable_percent)} % may be cached, and {number(use.hit_percent)} % of those are"
        " answered by a cache (costs/usage.yaml, optimisations); none of them is today.",
        "Capacity shrinks with the operations, down to what the clusters declare; the caches need no more nodes.",
        "It overlaps with query_optimization_automation: what both act on can be saved once.",
    )


def _queries(usage: Usage) -> tuple[str, ...]:
    use = usage.optimisations
    return (
        f"Better queries do without {number(use.query_capacity_percent)} % of the databases' capacity"
        " (costs/usage.yaml, optimisations.query_capacity_percent); no query was measured.",
        "Capacity shrinks down to what the clusters declare; I/O, a few dollars, stays; what the optimiser itself costs"
        " is not counted.",
        "It overlaps with intelligent_caching: what both act on can be saved once.",
    )


def _storage(usage: Usage) -> tuple[str, ...]:
    return (
        f"Exports of {number(usage.database.storage_gb)} GB of data shrink to {number(usage.exports.size_percent)} %,"
        f" and {usage.exports.kept} monthly ones are kept, seven years' worth (costs/usage.yaml, exports).",
        f"Of the files {number(usage.optimisations.infrequent_percent)} % are not opened for a month"
        " (costs/usage.yaml, optimisations.infrequent_percent); opening them again is not counted.",
    )


OPTIMISATIONS: tuple[Optimisation, ...] = (
    Optimisation(
        name="seasonal_resource_scheduling",
        business_usd=2400,
        season_only=True,
        without=peak_all_year,
        further=None,
        steps=(
            "In place: the season scaler keeps databases and nodes to the plan of the day.",
            "Check by `wedops season simulate` which floors are higher than what is served needs, and lower those.",
        ),
        changes=(
            "regions/workloads.yaml: planning.database_share, wedding_api.floors.normal",
            "regions/<region>.yaml: database.min_acu",
        ),
        assumptions=_scheduling,
    ),
    Optimisation(
        name="intelligent_caching",
        business_usd=1800,
        season_only=True,
        without=None,
        further=cached_reads,
        steps=(
            "Build the caches in front of the databases, and warm them before each wedding day.",
            "Watch the hit ratio for a month; then lower the floors of the databases by what no longer reaches them.",
        ),
        changes=(
            "regions/workloads.yaml: planning.database_share, demand.operations_per_day",
            "regions/<region>.yaml: database.min_acu, cache.node_type if the caches need more memory",
        ),
        assumptions=_caching,
    ),
    Optimisation(
        name="query_optimization_automation",
        business_usd=3200,
        season_only=False,
        without=None,
        further=better_queries,
        steps=(
            "Take the slowest statements from pg_stat_statements, and let the optimiser propose indexes and rewrites.",
            "Apply them on a wave of regions at a time; then lower the floors by what they save.",
        ),
        changes=(
            "regions/workloads.yaml: planning.database_share",
            "regions/<region>.yaml: database.min_acu, database.instance_parameters",
        ),
        assumptions=_queries,
    ),
    Optimisation(
        name="storage_optimization",
        business_usd=800,
        season_only=False,
        without=no_lifecycle,
        further=infrequent_files,
        steps=(
            "In place: exports go from hot to warm to cold storage, and are deleted after seven years.",
            "Give the file system a lifecycle policy that moves what was not opened for 30 days to infrequent access.",
        ),
        changes=(
            "regions/workloads.yaml: database.exports.transitions",
            "components/cluster/file_system.py: lifecycle_policies of the file system",
            "costs/usage.yaml: files.infrequent_percent, once it is in place",
        ),
        assumptions=_storage,
    ),
)
