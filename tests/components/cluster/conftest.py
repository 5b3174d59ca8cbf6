"""Components of the cluster in programs of their own, and a reader of IAM policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from components.place import Place
from components.scope import Scope
from regions.load import load_fleet

if TYPE_CHECKING:
    from stacks.recording import Registered

WORKLOADS = load_fleet().workloads
SCOPE = Scope("prod", "eu-central-1")
LONGEST = Scope("environments", "eu-twelvetwelv-abcdefgh1")
PLACE = Place("123456789012", "eu-central-1")

Program = Callable[[Callable[[], object]], "list[Registered]"]
Context = Mapping[str, str | Sequence[str]]


@pytest.fixture
def run(registered_by: Callable[[Callable[[], object], str], list[Registered]]) -> Program:
    """Program → what it registers."""
    return lambda program: registered_by(program, SCOPE.stack)


def one(made: list[Registered], type_token: str, name: str | None = None) -> dict[str, Any]:
    """The inputs of the only resource of this type (and name)."""
    (found,) = [each for each in made if each.type == type_token and name in (None, each.name)]
    return found.inputs


def allows(statements: Sequence[dict[str, Any]], action: str, resource: str, context: Context | None = None) -> bool:
    """Whether IAM would allow it, by these statements alone."""
    fitting = [each for each in statements if _fits(each, action, resource, context or {})]
    return bool(fitting) and all(each["Effect"] == "Allow" for each in fitting)


def _fits(statement: dict[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _matches(statement["Action"], action)
        and _matches(statement["Resource"], resource)
        and all(
            _holds(operator, key, wanted, context)
            for operator, conditions in statement.get("Condition", {}).items()
            for key, wanted in conditions.items()
        )
    )


def _holds(operator: str, key: str, wanted: str | list[str], context: Context) -> bool:
    quantifier, _, comparison = operator.rpartition(":")
    given = context.get(key)
    if comparison == "Null":
        return (given is None) == (wanted == "true")
    values = [given] if isinstance(given, str) else list(given or [])
    matching = [
        value in ([wanted] if isinstance(wanted, str) else wanted)
        if comparison == "StringEquals"
        else _matches(wanted, value)
        for value in values
    ]
    if quantifier == "ForAllValues":
        return all(matching)
    return any(matching)


def _matches(patterns: str | list[str], value: str) -> bool:
    return any(fnmatchcase(value, each) for each in ([patterns] if isinstance(patterns, str) else patterns))
