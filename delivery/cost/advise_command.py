"""`wedops cost advise`: what the business's optimisations save of this fleet's own bills."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from delivery.console import EnvironmentOption, JsonOption, errors
from delivery.cost.options import FirstMonthOption

if TYPE_CHECKING:
    from datetime import date

    from costs.advice import Advice, Difference
    from costs.months import Month
    from costs.usage import Usage
    from delivery.cost.inputs import Subject


@dataclass(frozen=True, slots=True)
class Advised:
    """All advice for an environment, the largest saving first, of the twelve months from `first`."""

    environment: str
    first: Month
    advice: Sequence[Advice]
    usage: Usage
    warnings: Sequence[str]


def advise(environment: EnvironmentOption, first: FirstMonthOption = None, json_output: JsonOption = False) -> None:
    """Tell what four optimisations save, computed from plan and bills, beside the business's own estimates."""
    with errors():
        from datetime import UTC, datetime

        from delivery.cost.inputs import month_of, subject

        start = month_of("--from", first)
        found = _advised(subject(environment), start, datetime.now(UTC).date())
        if json_output:
            typer.echo(json.dumps(document(found), indent=2, allow_nan=False))
        else:
            from delivery.cost.advise_tables import show

            show(found)


def _advised(subject: Subject, first: Month, today: date) -> Advised:
    from costs.advice import advise as advice_for

    advice = advice_for(subject.stacks, subject.fleet, first, subject.tariff)
    return Advised(subject.environment.name, first, advice, subject.tariff.usage, tuple(subject.stale(today)))


def document(advised: Advised) -> dict[str, object]:
    """Return the advice as JSON has it."""
    return {
        "environment": advised.environment,
        "from": str(advised.first),
        "advice": [_advice(each, advised.usage) for each in advised.advice],
        "warnings": list(advised.warnings),
    }


def _advice(advice: Advice, usage: Usage) -> dict[str, object]:
    from delivery.cost.money import cents

    optimisation = advice.optimisation
    return {
        "name": optimisation.name,
        "monthly_usd": cents(advice.monthly_usd),
        "in_place_usd": cents(advice.in_place_usd),
        "open_usd": cents(advice.open_usd),
        "year_usd": cents(advice.year_usd),
        "business_usd": optimisation.business_usd,
        "season_only": optimisation.season_only,
        "verdict": advice.verdict,
        "steps": list(optimisation.steps),
        "changes": list(optimisation.changes),
        "arithmetic": [
            *(_difference(each, in_place=True) for each in advice.in_place),
            *(_difference(each, in_place=False) for each in advice.open),
        ],
        "assumptions": list(optimisation.assumptions(usage)),
    }


def _difference(difference: Difference, *, in_place: bool) -> dict[str, object]:
    from delivery.cost.money import cents

    return {
        "what": difference.kind,
        "unit": difference.unit,
        "before": float(difference.before),
        "after": float(difference.after),
        "before_usd": cents(difference.before_usd),
        "after_usd": cents(difference.after_usd),
        "saved_usd": cents(difference.saved_usd),
        "in_place": in_place,
    }
