"""A plan for people: what runs, what is expected and why, and when that changes by every market's clock."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from delivery.freeze.local_times import aligned, duration, market_clocks, times
from delivery.season.number_table import number_table
from delivery.season.plan_command import Answer
from seasons.plan import Plan

_COLOURS = {"NORMAL": "green", "HIGH": "yellow", "MAXIMUM": "red"}


def show(answer: Answer) -> None:
    """Print the answer."""
    console, plan = Console(highlight=False, markup=False), answer.plan
    console.print(f"{answer.region.name}: level {plan.level.name}", style=f"bold {_COLOURS[plan.level.name]}")
    for reason in plan.reasons:
        console.print(f"  {reason}", soft_wrap=True)
    console.print()
    console.print(_bounds(plan))
    nodes = ", ".join(f"{count} {pool}" for pool, count in plan.nodes.items())
    console.print(f"Floors besides: nodes {nodes}; each database {plan.min_acu:g} ACU.", soft_wrap=True)
    console.print(f"Metrics are taken every {plan.metrics_interval_seconds} s.")
    console.print()
    console.print(aligned(list(_demand(answer))), soft_wrap=True)
    console.print()
    following = answer.next_plan
    if following is None:
        console.print("Nothing changes in the next weeks.")
        return
    changes = "; ".join(_changes(plan, following))
    when = duration(following.during.start - answer.at)
    console.print(f"Changes in {when}: {changes}.", style="bold", soft_wrap=True)
    clocks = market_clocks([answer.region])
    rows = [["", "asked for", "next change"], *times((answer.at, following.during.start), clocks)]
    console.print(aligned(rows), soft_wrap=True)


def _bounds(plan: Plan) -> Table:
    table = number_table("workload", "floor", "ceiling", "short", "CPU target", "expected requests/s")
    for workload, bounds in plan.workloads.items():
        table.add_row(
            workload,
            str(bounds.floor),
            str(bounds.ceiling),
            str(bounds.shortfall or "-"),
            f"{bounds.cpu_percent} %",
            f"{bounds.rate:,.0f}",
        )
    return table


def _demand(answer: Answer) -> Iterator[list[str]]:
    """At the instant, market by market; the plan's own rate is that of the busiest hour that it is for."""
    yield ["expected then", "requests/s", "factors, but those of 1"]
    for workload, markets in answer.demand.items():
        yield [workload, f"{math.fsum(market.rate for market in markets):,.0f}", ""]
        for market in markets:
            factors = " x ".join(f"{each.value:,.3g} {each.name}" for each in market.factors if each.value != 1)
            yield [f"  {market.market}", f"{market.rate:,.0f}", factors]


def _changes(plan: Plan, following: Plan) -> list[str]:
    """What becomes other, in words."""
    words = [f"level {following.level.name}"] if following.level != plan.level else []
    if following.wedding_day != plan.wedding_day:
        words.append(f"wedding-day mode {'on' if following.wedding_day else 'off'}")
    for workload, bounds in following.workloads.items():
        before = plan.workloads[workload]
        if (before.floor, before.ceiling) != (bounds.floor, bounds.ceiling):
            words.append(f"{workload} {bounds.floor} to {bounds.ceiling} replicas")
    words += [f"{count} {pool} nodes" for pool, count in following.nodes.items() if plan.nodes[pool] != count]
    if following.min_acu != plan.min_acu:
        words.append(f"databases {following.min_acu:g} ACU")
    return words
