"""A row of the timetable in sentences, for a tired engineer: the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from regions.model import Region, Workloads
from seasons.sizing import Sizing
from seasons.timetable import Replicas, Row


def reasons(workloads: Workloads, sizings: Sequence[Sizing], region: Region, row: Row) -> tuple[str, ...]:
    """Return the level and why, what is missing, what is on, and what each floor is for.

    Args:
        sizings: of each of `WORKLOADS`, in their order.
    """
    of_workloads = list(zip(sizings, row.replicas, strict=True))
    return (
        f"Level {row.cause.level.name}: {row.cause.reason}.",
        *[_short(sizing, replicas) for sizing, replicas in of_workloads if replicas.wanted > replicas.ceiling],
        *_databases_short(region, row),
        *_wedding_day(workloads, row),
        *[_floor(sizing, replicas, row) for sizing, replicas in of_workloads],
    )


def _short(sizing: Sizing, replicas: Replicas) -> str:
    return (
        f"{sizing.name} is {replicas.wanted - replicas.ceiling} replicas short: {replicas.rate:,.0f} requests/s want"
        f" {replicas.wanted}, its ceiling is {replicas.ceiling}."
    )


def _databases_short(region: Region, row: Row) -> Iterator[str]:
    if (missing := row.acu - region.database.max_acu) > 0:
        yield (
            f"The databases' floor is {missing:g} ACU short: {row.acu:g} wanted, max_acu is"
            f" {region.database.max_acu:g}."
        )


def _wedding_day(workloads: Workloads, row: Row) -> Iterator[str]:
    if row.wedding_day:
        mode = workloads.wedding_day_mode
        yield (
            f"Wedding-day mode: floors {mode.floor_increase_percent} % higher, CPU target {mode.cpu_percent} %,"
            f" metrics every {mode.metrics_interval_seconds} s."
        )


def _floor(sizing: Sizing, replicas: Replicas, row: Row) -> str:
    floor, ceiling, wanted, rate = replicas
    served = sizing.replicas_for(rate)
    expected = f"{rate:,.0f} requests/s with headroom take {served}"
    bounds = f"{sizing.name}: {floor} to {ceiling} replicas"
    if floor > sizing.raised(wanted, ceiling, wedding_day=row.wedding_day):
        return f"{bounds}: kept, for as many are needed again soon; {expected}."
    if served >= wanted:
        return f"{bounds}: {expected}."
    here = sizing.floors[row.cause.level][row.phase]
    if here == wanted:
        phase = row.phase.replace("_", " ")
        return f"{bounds}: {here} is the floor of the {phase} at level {row.cause.level.name}; {expected}."
    return f"{bounds}: {wanted} is the floor of a rush that is near; {expected}."
