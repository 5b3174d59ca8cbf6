"""Which program a stack is, by its name: `<environment>` or `<environment>-<region>`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pulumi

from guard.target import target_of
from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.model import Region
from regions.problems import FleetError
from stacks.audit import trail_in
from stacks.environment import Environment, SettingsError, check_canary, check_regions, load_environment
from stacks.freeze_lock import check_freeze
from stacks.global_stack import global_stack
from stacks.region_stack import region_stack

_PROJECT = PACKAGE_DIRECTORY.parent


class _Program(NamedTuple):
    """What a stack's program is made from; `region` is None for the global stack's."""

    environment: Environment
    fleet: Fleet
    region: Region | None


def run(stack: str, at: datetime, project: Path = _PROJECT) -> None:
    """Register the resources of `stack`, where it may be changed now.

    Args:
        stack: its name.
        at: when; has an offset from UTC.
        project: the directory with `regions/*.yaml` and `Pulumi.<environment>.yaml`, and with `overrides/`.
    Raises:
        pulumi.RunError: the settings, the region files or the stack's name are wrong, or it is an update in a freeze
            window that no override opens; nothing was registered.
    """
    program = _load(stack, project)
    environment, fleet, region = program
    trail = trail_in(region.aws_region if region else fleet.home, environment.account_id)
    check_freeze(environment, fleet, stack, at, project, trail)
    _register(program)


def register(stack: str, project: Path = _PROJECT) -> None:
    """Register the resources of `stack`, without asking whether it may be changed.

    Args:
        stack: its name.
        project: the directory with `regions/*.yaml` and `Pulumi.<environment>.yaml`.
    Raises:
        pulumi.RunError: the settings, the region files or the stack's name are wrong; nothing was registered.
    """
    _register(_load(stack, project))


def _load(stack: str, project: Path) -> _Program:
    target = target_of(stack)
    try:
        environment = load_environment(target.environment, project)
        fleet = load_fleet(project / PACKAGE_DIRECTORY.name)
        check_regions(environment, fleet)
        check_canary(environment, fleet.workloads)
        fleet = fleet.restricted(environment.regions)
    except (SettingsError, FleetError) as error:
        raise pulumi.RunError(str(error)) from error
    if target.region is None:
        return _Program(environment, fleet, None)
    if target.region in environment.regions:
        return _Program(environment, fleet, fleet.region(target.region))
    raise pulumi.RunError(
        f"Stack {stack}: {target.region!r} is not a region of environment {environment.name}. "
        f"Its regions are {', '.join(environment.regions)} (Pulumi.{environment.name}.yaml); "
        f"each needs a file in regions/."
    )


def _register(program: _Program) -> None:
    environment, fleet, region = program
    if region is None:
        global_stack(environment, fleet)
    else:
        region_stack(environment, fleet, region)
