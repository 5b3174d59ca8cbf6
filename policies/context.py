"""What rules know besides the resource: the environment, the fleet, the stack, and when it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from guard.target import target_of
from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.model import Region
from seasons.local_days import utc
from stacks.environment import Environment, SettingsError, check_regions, load_environment

PROJECT = PACKAGE_DIRECTORY.parent


@dataclass(frozen=True, slots=True)
class Context:
    """One preview or update of one stack."""

    environment: Environment
    fleet: Fleet
    """Of the environment's regions."""
    region: Region | None
    """Whose stack it is; None: the environment's global one."""
    stack: str
    at: datetime
    """When, in UTC."""
    dry_run: bool
    """Whether it is a preview."""
    project: Path = PROJECT
    """The checkout."""


def context_of(stack: str, at: datetime, *, dry_run: bool, project: Path = PROJECT) -> Context:
    """Read what rules know of a stack.

    Args:
        stack: its name.
        at: when; has an offset from UTC.
        dry_run: whether it is a preview.
        project: the checkout.
    Raises:
        SettingsError: the settings or the stack's name are wrong.
        FleetError: a region's file is wrong.
        NaiveInstantError: `at` has no offset from UTC.
    """
    target = target_of(stack)
    environment = load_environment(target.environment, project)
    fleet = load_fleet(project / PACKAGE_DIRECTORY.name)
    check_regions(environment, fleet)
    fleet = fleet.restricted(environment.regions)
    if target.region is not None and target.region not in environment.regions:
        raise SettingsError(
            f"Stack {stack}: {target.region!r} is not a region of environment {environment.name}. "
            f"Its regions are {', '.join(environment.regions)} (Pulumi.{environment.name}.yaml)."
        )
    region = fleet.region(target.region) if target.region is not None else None
    return Context(environment, fleet, region, stack, utc(at), dry_run, project)
