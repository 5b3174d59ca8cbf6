"""`wedops season simulate`: a region's year, served as planned, by a plain autoscaler, and by a fixed number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.console import JsonOption, RegionOption, errors
from delivery.instants import YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regions.fleet import Fleet
    from regions.model import Region
    from seasons.calendar import Workload
    from seasons.intervals import Interval
    from seasons.replay import Run
    from seasons.saving import Saving
    from seasons.simulation import Comparison

YearOption = Annotated[int, typer.Option("--year", min=YEARS[0], max=YEARS[-1], help="Calendar year, by UTC.")]
TraceOption = Annotated[
    Path | None,
    typer.Option(
        "--trace",
        help="CSV of hours of the year, one after the other: time,value in requests/s of one workload. Unless given:"
        " the model's own demand, with noise.",
    ),
]
WorkloadChoice = Annotated[
    str | None,
    typer.Option(
        "--workload",
        help="Simulate this one alone: performance_monitor or wedding_api. Unless given: both, or performance_monitor"
        " with --trace.",
    ),
]
SvgOption = Annotated[Path | None, typer.Option("--svg", help="Draw the chart into this file.")]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A region's hours, what each workload made of them, and what the off-season saves under the plan."""

    region: Region
    during: Interval
    demand: str
    comparisons: dict[str, Comparison]
    savings: tuple[Saving, ...]


def simulate(
    region: RegionOption,
    year: YearOption,
    trace: TraceOption = None,
    workload: WorkloadChoice = None,
    svg: SvgOption = None,
    json_output: JsonOption = False,
) -> None:
    """Replay a year: served, shed and replica-hours of the plan beside a plain autoscaler and a fixed number."""
    with errors():
        from delivery.inputs import check_writable, region_of, write
        from regions.load import load_fleet

        fleet = load_fleet()
        place, kinds = region_of(fleet, region), _workloads(workload, trace)
        if svg is not None:
            check_writable("--svg", svg)
        result = _simulate(fleet, place, kinds, year, trace)
        if svg is not None:
            from delivery.season.simulation_chart import chart

            write("--svg", svg, chart(place.name, result.during, result.comparisons))
        if json_output:
            typer.echo(json.dumps(_document(result), indent=2, allow_nan=False))
        else:
            _show(result)


def _workloads(name: str | None, trace: Path | None) -> tuple[Workload, ...]:
    """Those that are simulated; a trace has the requests of one."""
    from delivery.season.options import workload_of
    from seasons.calendar import WORKLOADS

    if name is not None:
        return (workload_of(name),)
    return WORKLOADS if trace is None else ("performance_monitor",)


def _simulate(
    fleet: Fleet, region: Region, workloads: Sequence[Workload], number: int, trace: Path | None
) -> Simulation:
    from delivery.season.trace import read_trace
    from seasons.plan import plans
    from seasons.saving import savings
    from seasons.simulation import SEED, compare, expected_rates, with_noise, year

    if trace is None:
        during = year(number)
        rates = {each: with_noise(expected_rates(fleet, region, each, during), SEED) for each in workloads}
    else:
        during, read = read_trace(trace, year(number))
        rates = dict.fromkeys(workloads, read)
    planned = plans(fleet, region, during)
    comparisons: dict[str, Comparison] = {
        each: compare(fleet.workloads, each, rates[each], during.start, planned) for each in workloads
    }
    saved = savings(planned, during.start, {each: comparison.plan for each, comparison in comparisons.items()})
    said = f"the model's own, with noise (seed {SEED})" if trace is None else str(trace)
    return Simulation(region, during, said, comparisons, saved)


def _document(result: Simulation) -> dict[str, object]:
    from delivery.instants import iso
    from seasons.saving import GOAL

    return {
        "region": result.region.name,
        "from": iso(result.during.start),
        "to": iso(result.during.end),
        "demand": result.demand,
        "workloads": {
            workload: {
                "hours": len(each.rates),
                "busiest_rate": max(each.rates),
                "plan": _run(each.plan),
                "plain_hpa": _run(each.plain),
                "static": {"replicas": each.fixed_replicas, **_run(each.fixed)},
            }
            for workload, each in result.comparisons.items()
        },
        "saving": {
            "goal": GOAL,
            "all_measures_met": all(each.met for each in result.savings) if result.savings else None,
            "measures": [
                {
                    "what": each.what,
                    "season_per_hour": each.season,
                    "off_season_per_hour": each.off_season,
                    "saving": each.share,
                    "met": each.met,
                    "held_back_by": each.held_back_by,
                }
                for each in result.savings
            ],
        },
    }


def _run(run: Run) -> dict[str, float]:
    return {
        "served": run.served,
        "shed": run.shed,
        "shed_share": run.shed_share,
        "replica_hours": run.replica_hours,
    }


def _show(result: Simulation) -> None:
    from rich.console import Console

    from delivery.season.simulation_tables import held_back, month_table, run_table, saving_table

    console = Console(highlight=False, markup=False)
    for workload, comparison in result.comparisons.items():
        console.print(f"{workload} in {result.region.name}, demand: {result.demand}", style="bold", soft_wrap=True)
        console.print(run_table(comparison))
        console.print(month_table(comparison, result.during))
        console.print()
    console.print(saving_table(result.savings))
    for sentence in held_back(result.savings):
        console.print(sentence)
