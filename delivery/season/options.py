"""What several of the commands are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from seasons.calendar import Workload

WorkloadOption = Annotated[
    str, typer.Option("--workload", help="Whose requests these are: performance_monitor or wedding_api.")
]


def workload_of(name: str) -> Workload:
    """Return the workload of this name.

    Raises:
        InputError: there is none.
    """
    from delivery.steps import InputError
    from regions.model.base import suggestion
    from seasons.calendar import WORKLOADS

    for workload in WORKLOADS:
        if workload == name:
            return workload
    raise InputError(f"--workload {name}: no such workload{suggestion(name, WORKLOADS)}")
