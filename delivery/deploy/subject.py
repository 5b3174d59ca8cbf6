"""What is deployed: a stack of a checkout, with the settings that say how; and the clock that says when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from costs.errors import CostDataError
from costs.tariff import Tariff, load_tariff
from delivery.steps import InputError
from guard.answer import answer
from guard.repository import PROJECT
from guard.target import Target, target_of
from guard.verdict import Verdict
from regions.fleet import Fleet
from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.model import Region
from regions.model.base import suggestion
from stacks.environment import Environment, check_canary, check_regions, load_environment


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command finds, besides its options: the checkout, and the clock."""

    project: Path = PROJECT
    now: Callable[[], datetime] = _utc_now


@dataclass(frozen=True, slots=True)
class Subject:
    """A stack; `fleet` is of the environment's regions, `region` is None for the global stack."""

    target: Target
    environment: Environment
    fleet: Fleet
    region: Region | None
    tariff: Tariff
    around: Surroundings

    @property
    def stack(self) -> str:
        """Its name."""
        return self.target.stack

    @property
    def home(self) -> str:
        """The AWS region that its own records go to."""
        return self.region.aws_region if self.region else self.fleet.home

    def verdict(self) -> Verdict:
        """Return whether it may be changed now."""
        at = self.around.now()
        return answer(self.fleet, self.target, at, freezes=self.environment.freeze, project=self.around.project)


def subject_of(stack: str, around: Surroundings) -> Subject:
    """Return the stack of this name, its settings checked.

    Raises:
        InputError: the environment has no such stack, or what costs are estimated with is wrong.
        SettingsError, FleetError: a file of the checkout is wrong.
    """
    target = target_of(stack)
    environment = load_environment(target.environment, around.project)
    fleet = load_fleet(around.project / PACKAGE_DIRECTORY.name)
    check_regions(environment, fleet)
    check_canary(environment, fleet.workloads)
    fleet = fleet.restricted(environment.regions)
    if target.region is not None and target.region not in fleet.regions:
        known = tuple(Target(environment.name, name).stack for name in (None, *fleet.regions))
        raise InputError(f"--stack {stack}: no stack of {environment.name}{suggestion(stack, known)}")
    region = fleet.region(target.region) if target.region else None
    return Subject(target, environment, fleet, region, _tariff(), around)


def _tariff() -> Tariff:
    """Read here, not when costs are told: by then somebody has waited for a preview."""
    try:
        return load_tariff()
    except CostDataError as error:
        raise InputError(str(error)) from error
