"""Cases of a rule: known-good resources, and one field of them broken at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from policies.context import Context
from policies.rule import Finding, Rule, StackRule
from policies.subject import Subject


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""Takes a field away."""


@dataclass(frozen=True)
class Bad:
    """One field broken, and what is said of it.

    `path` is of keys and positions with ">" between them, or "@protect" for a field of the subject itself; `of` is
    which of the good resources is broken. `known_later` is whether the rule waits where the value is not known yet.
    """

    path: str
    value: Any
    sentence: str
    of: int = 0
    known_later: bool = True


@dataclass(frozen=True)
class Case:
    """Resources of a stack that a rule has nothing against, and how they are broken."""

    rule: Rule | StackRule
    good: tuple[Subject, ...]
    bad: tuple[Bad, ...] = ()
    stack: str = "prod-us-east-1"


def resource(
    type_token: str, props: dict[str, Any], *, protect: bool = False, aws_region: str | None = "us-east-1"
) -> Subject:
    """A resource of the name "it"."""
    return Subject(type_token, "it", f"urn:pulumi:s::p::{type_token}::it", props, protect, aws_region)


def told(rule: Rule | StackRule, subjects: tuple[Subject, ...], context: Context) -> list[str]:
    """What a rule says of resources; one that is not about a resource's type is not asked about it."""
    found: list[str | Finding] = []
    if isinstance(rule, StackRule):
        found.extend(rule.check(subjects, context))
    else:
        for subject in subjects:
            assert not rule.types or subject.type in rule.types, f"{rule.id} is not asked about {subject.type}"
            found.extend(rule.check(subject, context))
    return [each.sentence if isinstance(each, Finding) else each for each in found]


def broken(case: Case, path: str, value: Any, of: int = 0) -> tuple[Subject, ...]:
    """The good resources of a case with another value at a path of one of them."""
    subject = case.good[of]
    if path.startswith("@"):
        changed = replace(subject, **{path[1:]: value})
    else:
        changed = replace(subject, props=with_value(subject.props, path.split(">"), value))
    assert changed != subject, f"{path} is already {value!r}"
    return (*case.good[:of], changed, *case.good[of + 1 :])


def prefixes(path: str) -> Iterator[str]:
    """The path itself and all that it leads through; none of a field of the subject."""
    steps = [] if path.startswith("@") else path.split(">")
    return (">".join(steps[:length]) for length in range(1, len(steps) + 1))


def with_value(content: Any, steps: list[str], value: Any) -> Any:
    """A copy of nested mappings and lists with another value, or none, at the end of the steps."""
    step, *further = steps
    if isinstance(content, list):
        place = int(step)
        new = with_value(content[place], further, value) if further else value
        return [*content[:place], *([] if new is ABSENT else [new]), *content[place + 1 :]]
    new = with_value(content.get(step, {}), further, value) if further else value
    rest = {key: item for key, item in content.items() if key != step}
    return rest if new is ABSENT else {**rest, step: new}
