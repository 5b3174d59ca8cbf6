"""What the commands are given, checked: an environment's stacks with what they are made of, and a month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pulumi

from costs.advice import Stack
from costs.errors import CostDataError
from costs.months import Month, parse_month
from costs.prices import WORLDWIDE, PriceBooks
from costs.resources import Resource
from costs.tariff import Tariff, load_tariff
from delivery.instants import YEARS
from delivery.steps import InputError
from regions.fleet import Fleet
from regions.load import load_fleet
from regions.model.base import suggestion
from stacks.environment import GLOBAL, Environment, check_regions, load_environment
from stacks.offline import aws_regions, run_stacks
from stacks.recording import Registered


@dataclass(frozen=True, slots=True)
class Subject:
    """What is priced, and by what. `fleet` is of the environment's regions, though `stacks` may be one alone."""

    environment: Environment
    fleet: Fleet
    stacks: Sequence[Stack]
    tariff: Tariff

    def ceiling(self, stack: Stack) -> int:
        """Return the most that a month of a stack may cost, US dollars."""
        return self.environment.monthly_ceilings_usd[stack.region.name if stack.region else GLOBAL]

    def stale(self, on: date) -> Iterator[str]:
        """Yield a sentence for each price book of these stacks that has old prices."""
        if any(stack.region is None for stack in self.stacks):
            used = {WORLDWIDE, *self.fleet.aws_regions}
        else:
            used = {stack.region.aws_region for stack in self.stacks if stack.region}
        books = self.tariff.books.books
        return PriceBooks({name: book for name, book in books.items() if name in used}).stale(on)


def subject(environment: str, region: str | None = None) -> Subject:
    """Run the environment's programs in this process and return what their stacks are made of.

    Args:
        environment: as in Pulumi.<environment>.yaml.
        region: the stack of this one alone, or the global one's by "global"; None: all stacks, the global one first.
    Raises:
        InputError: it has no such region, its programs refuse its settings, or a file of costs/ holds mistakes.
        SettingsError: there is no such environment, or its file is wrong.
        FleetError: a region's file is wrong.
    """
    settings, fleet = load_environment(environment), load_fleet()
    check_regions(settings, fleet)
    among = (GLOBAL, *settings.regions)
    if region is not None and region not in among:
        raise InputError(f"--region {region}: {environment} has no such stack{suggestion(region, among)}")
    own = [name for name in settings.regions if region in (None, name)]
    try:
        tariff, runs = load_tariff(), run_stacks(environment, own)
    except (CostDataError, pulumi.RunError) as error:
        raise InputError(str(error)) from error
    stacks = [Stack(environment, None, resources(runs[environment].registered))] if region in (None, GLOBAL) else []
    for name in own:
        stack = f"{environment}-{name}"
        stacks.append(Stack(stack, fleet.region(name), resources(runs[stack].registered)))
    return Subject(settings, fleet.restricted(settings.regions), stacks, tariff)


def resources(registered: Sequence[Registered]) -> list[Resource]:
    """Return what a program registers as what can be priced, each where its provider is.

    By URN: a program registers in no certain order, and the same stack has the same bill.
    """
    where = aws_regions(registered)
    ordered = sorted(registered, key=lambda each: each.urn)
    return [Resource(each.type, each.name, each.inputs, where[each.urn]) for each in ordered]


def month_of(option: str, text: str | None) -> Month:
    """Return the month of an option; the current one, by UTC, where it is not given.

    Raises:
        InputError: it is none, or no calendar is known for it.
    """
    if text is None:
        now = datetime.now(UTC)
        return Month(now.year, now.month)
    try:
        month = parse_month(text)
    except ValueError as error:
        raise InputError(f"{option}: {error}.") from None
    if month.year not in YEARS[:-1]:  # twelve months from it end in the year after
        raise InputError(
            f"{option} {text}: is outside of the years {YEARS[0]} to {YEARS[-2]} that calendars are known for."
        )
    return month
