"""`wedops season plan`: what should run in a region at an instant, why, and what changes next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from delivery.console import AtOption, JsonOption, RegionOption, errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from regions.fleet import Fleet
    from regions.model import Region
    from seasons.calendar import Workload
    from seasons.demand import MarketDemand
    from seasons.plan import Plan

EmergencyOption = Annotated[bool, typer.Option("--emergency", help="As if an emergency were declared.")]
EnvironmentChoice = Annotated[
    str | None,
    typer.Option("--environment", "-e", help="With the traffic of its regions alone; unless given, of all there are."),
]


class Answer(NamedTuple):
    """The plan at an instant, what is expected then, and the next plan with other numbers, if one is near."""

    region: Region
    at: datetime
    plan: Plan
    demand: Mapping[Workload, tuple[MarketDemand, ...]]
    next_plan: Plan | None


def plan(
    region: RegionOption,
    at: AtOption = None,
    environment: EnvironmentChoice = None,
    emergency: EmergencyOption = False,
    json_output: JsonOption = False,
) -> None:
    """Tell the protection level, floors and ceilings, demand with every factor, and the next change."""
    with errors():
        from delivery.inputs import instant_of, region_of
        from regions.load import load_fleet

        instant = instant_of(at)
        fleet = load_fleet()
        wanted = region_of(fleet, region)
        if environment is not None:
            fleet = _of_environment(fleet, environment, wanted)
        answer = _answer(fleet, fleet.region(region), instant, emergency=emergency)
        if json_output:
            typer.echo(json.dumps(document(answer), indent=2))
        else:
            from delivery.season.plan_tables import show

            show(answer)


def _of_environment(fleet: Fleet, environment: str, region: Region) -> Fleet:
    """The fleet that the season scaler plans for there: traffic is shared among the environment's regions alone."""
    from delivery.freeze.inputs import environment_regions
    from delivery.steps import InputError

    names = [each.name for each in environment_regions(fleet, environment)]
    if region.name not in names:
        raise InputError(f"--region {region.name}: {environment} has no such region; it has {', '.join(names)}.")
    return fleet.restricted(names)


def _answer(fleet: Fleet, region: Region, at: datetime, *, emergency: bool) -> Answer:
    from seasons.calendar import WORKLOADS
    from seasons.demand import demand
    from seasons.plan import next_change, plan_at

    found = plan_at(fleet, region, at, emergency=emergency)
    expected: dict[Workload, tuple[MarketDemand, ...]] = {
        workload: demand(fleet, region, workload, at, emergency=emergency) for workload in WORKLOADS
    }
    return Answer(region, at, found, expected, next_change(fleet, region, found))


def document(answer: Answer) -> dict[str, object]:
    """Return the answer as JSON has it; times in UTC."""
    from delivery.instants import iso

    following = answer.next_plan
    return {
        "region": answer.region.name,
        "at": iso(answer.at),
        **_plan(answer.plan),
        "demand": {
            workload: {
                "rate": sum(market.rate for market in markets),
                "markets": [
                    {
                        "market": market.market,
                        "rate": market.rate,
                        "factors": [
                            {"name": factor.name, "value": factor.value, "source": factor.source}
                            for factor in market.factors
                        ],
                    }
                    for market in markets
                ],
            }
            for workload, markets in answer.demand.items()
        },
        "next_change": following and {"at": iso(following.during.start), **_plan(following)},
    }


def _plan(plan: Plan) -> dict[str, object]:
    from dataclasses import asdict

    from delivery.instants import iso

    return {
        "during": {"start": iso(plan.during.start), "end": iso(plan.during.end)},
        "phase": plan.phase,
        "level": plan.level.name,
        "wedding_day": plan.wedding_day,
        "emergency": plan.emergency,
        "workloads": {name: asdict(bounds) for name, bounds in plan.workloads.items()},
        "nodes": dict(plan.nodes),
        "min_acu": plan.min_acu,
        "acu_shortfall": plan.acu_shortfall,
        "metrics_interval_seconds": plan.metrics_interval_seconds,
        "reasons": list(plan.reasons),
    }
