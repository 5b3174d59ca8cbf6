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


class Answer(NamedTuple):
    """The plan at an instant, what is expected then, and the next plan with other numbers, if one is near."""

    region: Region
    at: datetime
    plan: Plan
    demand: Mapping[Workload, tuple[MarketDemand, ...]]
    next_plan: Plan | None


def plan(
    region: RegionOption, at: AtOption = None, emergency: EmergencyOption = False, json_output: JsonOption = False
) -> None:
    """Tell the protection level, floors and ceilings, demand with every factor, and the next change."""
    with errors():
        from delivery.inputs import instant_of, region_of
        from regions.load import load_fleet

        instant = instant_of(at)
        fleet = load_fleet()
        answer = _answer(fleet, region_of(fleet, region), instant, emergency=emergency)
        if json_output:
            typer.echo(json.dumps(document(answer), indent=2))
        else:
            from delivery.season.plan_tables import show

            show(answer)


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
        "reasons": list(plan.reasons),
    }
