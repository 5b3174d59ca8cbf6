"""A simulated year for people: what each way served and cost, a bar a month, and what the off-season saves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table

from delivery.season.number_table import number_table
from seasons.intervals import HOUR, Interval
from seasons.replay import HourRun
from seasons.saving import GOAL, Saving
from seasons.simulation import Comparison

_WIDTH = 30


def run_table(comparison: Comparison) -> Table:
    """Return a row for each way to serve the same demand."""
    table = number_table("", "requests served", "shed", "part", "replica-hours", "")
    always = comparison.fixed.replica_hours
    for name, run in (
        ("as planned", comparison.plan),
        ("plain HPA", comparison.plain),
        (f"always {comparison.fixed_replicas}", comparison.fixed),
    ):
        table.add_row(
            name,
            f"{run.served:,.0f}",
            f"{run.shed:,.0f}",
            f"{run.shed_share:.4%}",
            f"{run.replica_hours:,.0f}",
            f"{run.replica_hours / always:.0%}",
        )
    return table


def month_table(comparison: Comparison, during: Interval) -> Table:
    """Return a bar for each month: the mean of the planned replicas, and what both autoscalers shed."""
    table = number_table("month, UTC", "mean", "shed as planned", "by plain HPA")
    table.add_column(f"planned replicas, of {comparison.fixed_replicas}")
    months: dict[str, list[tuple[HourRun, HourRun]]] = {}
    for number, hours in enumerate(zip(comparison.plan.hours, comparison.plain.hours, strict=True)):
        months.setdefault(f"{during.start + number * HOUR:%Y-%m}", []).append(hours)
    for month, hours in months.items():
        mean = math.fsum(planned.replicas for planned, _ in hours) / len(hours)
        shed = [math.fsum(each[way].shed for each in hours) for way in (0, 1)]
        bar = "█" * round(_WIDTH * min(mean / comparison.fixed_replicas, 1))
        table.add_row(month, f"{mean:.1f}", *(f"{each:,.0f}" for each in shed), bar)
    return table


def saving_table(savings: Sequence[Saving]) -> Table | str:
    """Return what the off-season saves of each thing that is paid for by the hour."""
    if not savings:
        return "These hours have no season or no off-season: nothing can be said about the off-season's saving."
    table = number_table("mean of an hour", "season", "off season", "saving", f"goal {GOAL:.0%}")
    for each in savings:
        verdict = "met" if each.met else "missed"
        table.add_row(each.what, f"{each.season:.2f}", f"{each.off_season:.2f}", f"{each.share:.0%}", verdict)
    return table


def held_back(savings: Sequence[Saving]) -> list[str]:
    """Return what the goal is held against, and a sentence for each measure that misses it: what keeps it from more."""
    if not savings:
        return []
    met = sum(each.met for each in savings)
    verdict = f"{met} of {len(savings)} measures save {GOAL:.0%} or more. They are amounts, not money."
    return [verdict] + [f"{each.what}: {each.held_back_by}." for each in savings if not each.met]
