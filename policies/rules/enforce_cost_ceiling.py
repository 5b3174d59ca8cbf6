"""No stack that costs more in any of the next twelve months than its ceiling, and none that cannot be priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from costs import resources
from costs.ceiling import judge
from costs.months import Month
from costs.resources import Resource
from costs.tariff import Tariff, load_tariff
from costs.year import MonthlyBill, bills
from policies.context import Context
from policies.rule import Finding, StackRule
from policies.subject import UNKNOWN, Subject
from stacks.environment import GLOBAL


def _check(subjects: Sequence[Subject], context: Context) -> Iterator[Finding]:
    priced = [Resource(each.type, each.name, _marked(each.props), each.aws_region) for each in subjects]
    ceiling = context.environment.monthly_ceilings_usd[context.region.name if context.region else GLOBAL]
    verdict = judge(_year(priced, context), ceiling, context.stack)
    if verdict.level != "within":
        yield Finding("advisory" if verdict.level == "near" else "mandatory", " ".join(verdict.sentences))


def _year(priced: Sequence[Resource], context: Context) -> Sequence[MonthlyBill]:
    """The bills from the month of the change on."""
    return bills(priced, context.fleet, context.region, Month(context.at.year, context.at.month), _tariff())


def _prepare(context: Context) -> None:
    """Prices are read, and the year's season plan is made, which is most of the work."""
    _year((), context)


@cache
def _tariff() -> Tariff:
    return load_tariff()


def _marked(value: Any) -> Any:
    """The value as costs/ has it, where a text stands for what is not known yet."""
    if value is UNKNOWN:
        return resources.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[Any]", value)]
    return value


RULE = StackRule(
    id="enforce-cost-ceiling",
    why="A month's ceiling is what the business agreed to pay; the bill comes too late to say no.",
    fix="Make it smaller, or have the ceiling raised: monthly_ceilings_usd in Pulumi.<environment>.yaml.",
    check=_check,
    prepare=_prepare,
)
